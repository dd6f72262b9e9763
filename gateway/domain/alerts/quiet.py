"""Hours of the day, by Moscow, in which only what is critical is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final, Self

from gateway.domain.moscow import as_moscow

__all__ = ["QuietHours"]

_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` up to `end`, over midnight where the end comes first."""

    begin: time
    end: time

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read `22:00-08:00`; raise `ValueError`."""
        read = _HOURS.fullmatch(written.strip())
        if read is None:
            raise ValueError("not like 22:00-08:00")
        begin_hour, begin_minute, end_hour, end_minute = (int(part) for part in read.groups())
        return cls(time(begin_hour, begin_minute), time(end_hour, end_minute))

    def covers(self, instant: datetime) -> bool:
        """Tell whether it is quiet then."""
        now = as_moscow(instant).time()
        if self.begin <= self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end
