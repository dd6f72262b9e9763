"""Hours and works without calls."""

from __future__ import annotations

from datetime import datetime, time

import msgspec
import pytest

from gateway.domain.moscow import MOSCOW
from gateway.domain.outcomes import Cause
from gateway.emias.blackout import Calendar
from gateway.emias.errors import CallFailed
from gateway.emias.profiles import Profile
from gateway.emias.profiles.profile import Blackout, Closure

NIGHT = Blackout(starts=time(23), ends=time(2), days=("fri",))
MORNING = Blackout(starts=time(2), ends=time(4))
WORKS = Closure(starts=datetime(2026, 11, 30, 12), ends=datetime(2026, 12, 1, 9, 30))  # noqa: DTZ001 - by the profile's zone


def _wait(profile: Profile, now: datetime) -> float | None:
    calendar = Calendar(msgspec.structs.replace(profile, blackouts=(NIGHT, MORNING), closures=(WORKS,)))
    try:
        calendar.check(now)
    except CallFailed as failed:
        return failed.retry_after
    return None


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 11, 27, 22, 59, tzinfo=MOSCOW), None),
        (datetime(2026, 11, 27, 23, 0, tzinfo=MOSCOW), 5),
        (datetime(2026, 11, 28, 1, 0, tzinfo=MOSCOW), 3),
        (datetime(2026, 11, 28, 3, 30, tzinfo=MOSCOW), 0.5),
        (datetime(2026, 11, 28, 4, 0, tzinfo=MOSCOW), None),
        (datetime(2026, 11, 28, 23, 30, tzinfo=MOSCOW), None),
        (datetime(2026, 11, 30, 12, 0, tzinfo=MOSCOW), 21.5),
        (datetime(2026, 12, 1, 9, 30, tzinfo=MOSCOW), None),
    ],
)
def test_a_call_waits_until_the_hours_are_over(profile: Profile, now: datetime, hours: float | None) -> None:
    """Hours over midnight belong to the day on which they begin, and hours that meet are one."""
    assert _wait(profile, now) == (None if hours is None else hours * 3600)


def test_without_a_calendar_calls_are_made(profile: Profile) -> None:
    """A profile need not name any hours."""
    Calendar(profile).check(datetime(2026, 11, 28, 3, 30, tzinfo=MOSCOW))


def test_a_call_in_such_hours_is_surely_not_sent(profile: Profile) -> None:
    """The cause is that calls are stopped, and by what."""
    calendar = Calendar(msgspec.structs.replace(profile, closures=(WORKS,)))
    with pytest.raises(CallFailed) as failed:
        calendar.check(datetime(2026, 11, 30, 13, tzinfo=MOSCOW))

    assert (failed.value.cause, failed.value.is_sent, failed.value.code) == (Cause.STOPPED, False, "blackout")
