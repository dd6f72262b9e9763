"""Show the site its doctors and their free slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from gateway.domain.directory import Doctor, DoctorSlots, Specialty
from gateway.domain.errors import FieldError
from gateway.ports import Clock, Directory, DoctorFilter

__all__ = ["LONGEST_RANGE", "Browse"]

LONGEST_RANGE: Final = timedelta(days=62)
_MIDNIGHT_GRACE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Browse:
    """Reads of the mirror; EMIAS is never asked."""

    directory: Directory
    clock: Clock
    horizon: timedelta

    async def specialties(self, site_id: int) -> list[Specialty]:
        """List the specialties that have bookable doctors."""
        return await self.directory.specialties(site_id)

    async def doctors(self, site_id: int, wanted: DoctorFilter) -> tuple[list[Doctor], str | None]:
        """List a page of doctors and the cursor of the next."""
        return await self.directory.doctors(site_id, wanted)

    async def slots(self, site_id: int, doctor_id: str, first: date | None, last: date | None) -> DoctorSlots:
        """List a doctor's free slots, by default from today to the horizon; raise `FieldError` or `NotFound`."""
        first, last = self.days(first, last)
        return await self.directory.doctor_slots(site_id, doctor_id, first, last)

    def days(self, first: date | None, last: date | None) -> tuple[date, date]:
        """Complete and check a range of days; yesterday is forgiven to those who ask at midnight."""
        today = self.clock.now().date()
        begin = max(first or today, today)
        end = last or max(today + self.horizon, begin)
        if first and first < today - _MIDNIGHT_GRACE:
            raise FieldError("from", "date_in_past")
        if end < today:
            raise FieldError("to", "date_in_past")
        if end < begin:
            raise FieldError("to", "range_reversed")
        if end - begin > LONGEST_RANGE:
            raise FieldError("to", "range_too_long")
        return begin, end
