"""Hours and announced works in which EMIAS is not called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.domain.outcomes import Cause
from gateway.emias.errors import CallFailed
from gateway.emias.profiles.profile import Blackout, Profile, Weekday

__all__ = ["Calendar"]

_DAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOST_IN_A_ROW = 32


@dataclass(frozen=True, slots=True)
class Calendar:
    """The times of one profile."""

    profile: Profile

    def check(self, now: datetime) -> None:
        """Raise `CallFailed`, surely not sent, with the seconds to the end of the time in which no calls are made."""
        if not (self.profile.blackouts or self.profile.closures):
            return
        local = now.astimezone(ZoneInfo(self.profile.formats.time_zone))
        ends = self._end(local)
        if ends > local:
            raise CallFailed(
                Cause.STOPPED,
                is_sent=False,
                code="blackout",
                retry_after=(ends.astimezone(now.tzinfo) - now).total_seconds(),
            )

    def _end(self, moment: datetime) -> datetime:
        """Follow times that begin where others end."""
        for _ in range(_MOST_IN_A_ROW):
            later = max((ends for starts, ends in self._around(moment) if starts <= moment < ends), default=moment)
            if later == moment:
                break
            moment = later
        return moment

    def _around(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        zone = moment.tzinfo
        for closure in self.profile.closures:
            yield closure.starts.replace(tzinfo=zone), closure.ends.replace(tzinfo=zone)
        for hours in self.profile.blackouts:
            for day in (moment - timedelta(days=1), moment):
                if _DAYS[day.weekday()] in hours.days:
                    yield _of_day(hours, day)


def _of_day(hours: Blackout, day: datetime) -> tuple[datetime, datetime]:
    starts = datetime.combine(day.date(), hours.starts, day.tzinfo)
    ends = datetime.combine(day.date(), hours.ends, day.tzinfo)
    return starts, ends if ends > starts else ends + timedelta(days=1)
