"""What is true in the stand-in's world: which slots each doctor has and which of them are free."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from simulator.emias.refusals import RefusalError
from simulator.roster import Doctor, make_roster

__all__ = ["HORIZON", "MOSCOW", "SLOTS_A_DAY", "SLOT_LENGTH", "Slot", "World"]

MOSCOW = ZoneInfo("Europe/Moscow")
HORIZON = timedelta(days=31)
SLOT_LENGTH = timedelta(minutes=12)
SLOTS_A_DAY = 40
_OPENING = time(8, 0)
_BUSY_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Slot:
    """Show one slot as it is at the moment of asking."""

    id: str
    doctor: Doctor
    starts_at: datetime
    is_free: bool

    @property
    def ends_at(self) -> datetime:
        """Tell when the visit ends."""
        return self.starts_at + SLOT_LENGTH


@dataclass(slots=True)
class _Day:
    free: bytearray
    listed: bytearray = field(default_factory=lambda: bytearray(b"\x01") * SLOTS_A_DAY)
    generation: bytearray = field(default_factory=lambda: bytearray(SLOTS_A_DAY))


class World:
    """Hold every doctor's grid; a day is made when first asked for, always the same one for the same seed."""

    def __init__(self, *, seed: int, doctors: int, now: Callable[[], datetime]) -> None:
        self.seed = seed
        self.now = now
        self.doctors = {doctor.emias_id: doctor for doctor in make_roster(seed, doctors)}
        self._days: dict[tuple[int, date], _Day] = {}

    def institution(self, lpu_code: str) -> None:
        """Refuse an institution that has no doctor here."""
        if all(doctor.lpu_code != lpu_code for doctor in self.doctors.values()):
            raise RefusalError("ACCESS_DENIED", "lpuCode")

    def doctor(self, lpu_code: str, doctor_id: int) -> Doctor:
        """Find a doctor of an institution, or refuse."""
        self.institution(lpu_code)
        doctor = self.doctors.get(doctor_id)
        if doctor is None or doctor.lpu_code != lpu_code:
            raise RefusalError("VALIDATION", "doctorId")
        return doctor

    def slots(self, doctor: Doctor, first: date, last: date) -> Iterator[Slot]:
        """List a doctor's slots between two Moscow dates, both included, clipped to today and the horizon."""
        today = self.now().astimezone(MOSCOW).date()
        first, last = max(first, today), min(last, today + HORIZON)
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            for index in range(SLOTS_A_DAY):
                if slot := self._slot(doctor, day, index):
                    yield slot

    def slot(self, doctor: Doctor, slot_id: str) -> Slot:
        """Find a slot by the id it has now, or refuse."""
        try:
            owner, place, generation = slot_id.split("-")
            ordinal, index = divmod(int(place, 16), SLOTS_A_DAY)
            day = date.fromordinal(ordinal)
            slot = self._slot(doctor, day, index) if int(owner) == doctor.emias_id and int(generation) >= 0 else None
        except (ValueError, OverflowError):
            slot = None
        if slot is None or slot.id != slot_id:
            raise RefusalError("SLOT_NOT_FOUND", "slotId")
        return slot

    def slot_at(self, doctor: Doctor, starts_at: datetime) -> Slot:
        """Find a slot by the instant it starts at, or refuse."""
        local = starts_at.astimezone(MOSCOW)
        index, rest = divmod(local.replace(tzinfo=None) - datetime.combine(local.date(), _OPENING), SLOT_LENGTH)
        slot = None if rest or not 0 <= index < SLOTS_A_DAY else self._slot(doctor, local.date(), index)
        if slot is None:
            raise RefusalError("SLOT_NOT_FOUND", "slotId")
        return slot

    def mark(self, slot: Slot, *, free: bool) -> None:
        """Take or open a slot."""
        day, index = self._place(slot)
        day.free[index] = free

    def remove(self, slot: Slot) -> None:
        """Let a slot vanish from the schedule."""
        day, index = self._place(slot)
        day.listed[index] = False

    def renumber(self, slot: Slot) -> None:
        """Give a slot another id; the old one is not found any more."""
        day, index = self._place(slot)
        day.generation[index] = (day.generation[index] + 1) % 256

    def _slot(self, doctor: Doctor, day: date, index: int) -> Slot | None:
        grid = self._day(doctor, day)
        if not grid.listed[index]:
            return None
        starts_at = datetime.combine(day, _OPENING, MOSCOW) + index * SLOT_LENGTH
        place = day.toordinal() * SLOTS_A_DAY + index
        return Slot(
            id=f"{doctor.emias_id}-{place:x}-{grid.generation[index]}",
            doctor=doctor,
            starts_at=starts_at,
            is_free=bool(grid.free[index]) and starts_at > self.now(),
        )

    def _day(self, doctor: Doctor, day: date) -> _Day:
        grid = self._days.get((doctor.emias_id, day))
        if grid is None:
            chance = random.Random(f"{self.seed}/{doctor.emias_id}/{day}")  # noqa: S311 - a reproducible invention
            grid = _Day(free=bytearray(chance.random() >= _BUSY_SHARE for _ in range(SLOTS_A_DAY)))
            self._days[doctor.emias_id, day] = grid
        return grid

    def _place(self, slot: Slot) -> tuple[_Day, int]:
        day = slot.starts_at.date()
        return self._day(slot.doctor, day), (slot.starts_at - datetime.combine(day, _OPENING, MOSCOW)) // SLOT_LENGTH
