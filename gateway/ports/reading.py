"""What the pages need of the tables, and the news that they changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from gateway.domain.directory import Alternative, Doctor, DoctorSlots, FreeSlot, Specialty

__all__ = [
    "Changes",
    "Clock",
    "Directory",
    "DoctorFilter",
    "SlotSighting",
    "SyncFigures",
]


class Clock(Protocol):
    """The time of day for dates and display; expiry is judged by the database's clock only."""

    def now(self) -> datetime:
        """Return the present instant in Moscow."""


@dataclass(frozen=True, slots=True)
class DoctorFilter:
    """Which doctors to list: by specialty id, institution, part of the name; a page after `cursor`."""

    specialty: str | None = None
    lpu: str | None = None
    q: str | None = None
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class SlotSighting:
    """A slot as the mirror knows it: for sale or not, and how old that knowledge is."""

    slot: FreeSlot
    is_free: bool
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class SyncFigures:
    """How the mirror stands: the oldest read among bookable doctors, how many lag, how institutions answer.

    A stopped institution is one whose calls an operator has stopped.
    """

    oldest_as_of: datetime | None
    lagging: int
    doctors: int
    silent_institutions: tuple[str, ...]
    stopped_institutions: tuple[str, ...]
    institutions: tuple[str, ...]
    database_now: datetime


class Directory(Protocol):
    """The site's doctors and their free slots, read from the local tables only."""

    async def specialties(self, site_id: int) -> list[Specialty]:
        """List the specialties that have bookable doctors, by name."""

    async def doctors(self, site_id: int, wanted: DoctorFilter) -> tuple[list[Doctor], str | None]:
        """List a page of doctors and the cursor of the next page; raise `FieldError` on a cursor not ours."""

    async def doctor_slots(self, site_id: int, doctor_id: str, first: date, last: date) -> DoctorSlots:
        """List a doctor's free slots, held and live-booked ones left out; raise `NotFound`."""

    async def sight(self, site_id: int, slot_id: UUID, doctor_id: str | None) -> SlotSighting | None:
        """Find a slot of one of the site's doctors (the first bookable one when several are mapped to it)."""

    async def nearest(self, site_id: int, around: FreeSlot, limit: int) -> list[Alternative]:
        """List free slots nearest to one: same doctor, then same specialty and institution, then same specialty."""

    async def figures(self, site_id: int, lag_after: timedelta) -> SyncFigures:
        """Sum up how fresh the mirror is."""


class Changes(Protocol):
    """News of what changed in the tables, from any replica, within a second."""

    def listen(self) -> AbstractAsyncContextManager[AsyncIterator[tuple[str, str]]]:
        """Yield (`slots`, EMIAS doctor row id), (`directory`, ``), (`keys`, key id), (`wishes`, ``).

        (`lost`, ``) says that some may have been missed.
        """
