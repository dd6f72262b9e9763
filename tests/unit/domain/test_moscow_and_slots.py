"""Moscow time, and the identity of a slot."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.moscow import MOSCOW, as_moscow, moscow_day
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow, SlotKey

DOCTOR = EmiasDoctorRef("0101", "700")
NINE = datetime(2026, 12, 1, 9, tzinfo=MOSCOW)


def test_a_naive_instant_is_moscow_time() -> None:
    """EMIAS's times without an offset are Moscow's."""
    assert as_moscow(datetime(2026, 12, 1, 9)) == NINE  # noqa: DTZ001 - the very case


@pytest.mark.parametrize(
    "same", [datetime(2026, 12, 1, 6, tzinfo=UTC), datetime(2026, 12, 1, 16, tzinfo=timezone(timedelta(hours=10)))]
)
def test_an_instant_keeps_its_moment(same: datetime) -> None:
    """An instant of another zone is the same moment on Moscow's clocks."""
    told = as_moscow(same)
    assert (told, told.hour, told.tzinfo) == (NINE, 9, MOSCOW)


def test_the_day_is_moscows() -> None:
    """Late in the evening UTC it is tomorrow in Moscow."""
    assert moscow_day(datetime(2026, 12, 1, 20, 59, tzinfo=UTC)) == date(2026, 12, 1)
    assert moscow_day(datetime(2026, 12, 1, 21, tzinfo=UTC)) == date(2026, 12, 2)


@settings(deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - bounds
def test_the_moment_never_moves(instant: datetime) -> None:
    """Normalising changes the clock's face, never the moment."""
    assert as_moscow(instant) == as_moscow(as_moscow(instant))
    assert as_moscow(instant).timestamp() == instant.timestamp()


def test_a_public_id_is_stable() -> None:
    """The id is a constant of the three parts: it is in sites' links, in rows, in every process."""
    assert SlotKey(DOCTOR, NINE).public_id() == UUID("54215644-ac75-55db-9bde-0fb17b5ff270")


def test_a_public_id_does_not_depend_on_the_zone() -> None:
    """One moment is one slot, whatever zone it is written in."""
    assert SlotKey(DOCTOR, NINE).public_id() == SlotKey(DOCTOR, NINE.astimezone(UTC)).public_id()


def test_different_slots_have_different_ids() -> None:
    """Institution, doctor and start each make another slot, and no two parts run together."""
    keys = [
        SlotKey(DOCTOR, NINE),
        SlotKey(DOCTOR, NINE + timedelta(minutes=1)),
        SlotKey(EmiasDoctorRef("0202", "700"), NINE),
        SlotKey(EmiasDoctorRef("0101", "701"), NINE),
        SlotKey(EmiasDoctorRef("01017", "00"), NINE),
    ]
    assert len({key.public_id() for key in keys}) == len(keys)


def test_a_window_covers_its_days_in_moscow() -> None:
    """Both border days belong to a window, from midnight to midnight in Moscow."""
    window = ScheduleWindow(DOCTOR, (), date(2026, 12, 1), date(2026, 12, 2), "d")
    midnight = datetime(2026, 12, 1, tzinfo=MOSCOW)
    assert window.covers(midnight)
    assert not window.covers(midnight - timedelta(seconds=1))
    assert window.covers(midnight + timedelta(days=2, seconds=-1))
    assert not window.covers(midnight + timedelta(days=2))
