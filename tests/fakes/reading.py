"""What a door reads: time, keys, the directory, news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from gateway.domain.directory import Alternative, Doctor, DoctorSlots, FreeSlot, Specialty
from gateway.domain.errors import (
    FieldError,
    NotFound,
)
from gateway.domain.moscow import moscow_day
from gateway.ports import (
    ApiKey,
    DoctorFilter,
    SlotSighting,
    SyncFigures,
)
from tests.fakes.nouns import NOW, SITE, SOURCE

if TYPE_CHECKING:
    from tests.fakes.world import World

__all__ = ["FakeChanges", "FakeClock", "FakeDirectory", "FakeKeys"]


@dataclass
class FakeClock:
    """A clock that stands until it is moved."""

    instant: datetime = NOW

    def now(self) -> datetime:
        """Return the instant at which the clock stands."""
        return self.instant

    def move(self, by: timedelta) -> None:
        """Move the clock on."""
        self.instant += by


@dataclass
class FakeKeys:
    """Two keys of one site, and a count of look-ups."""

    keys: dict[str, ApiKey] = field(default_factory=dict)
    asked: int = 0
    broken: bool = False

    async def find(self, key_id: str) -> ApiKey | None:
        """Look a key up, or fail as told."""
        self.asked += 1
        if self.broken:
            raise ConnectionError
        return self.keys.get(key_id)


@dataclass
class FakeDirectory:
    """One doctor with slots; `reads` counts pages that were made, `gate` lets a test hold a read up."""

    world: World
    slots: list[FreeSlot]
    as_of: datetime | None = NOW - timedelta(minutes=2)
    changes_at: datetime | None = None
    reads: int = 0
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    pause: asyncio.Event | None = None
    asked_for: DoctorFilter | None = None
    silent: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    lagging: int = 0
    broken: Exception | None = None

    async def specialties(self, site_id: int) -> list[Specialty]:
        """List the one specialty."""
        self._may_break(site_id)
        return [Specialty("12", "Терапевт", 1)]

    async def doctors(self, site_id: int, wanted: DoctorFilter) -> tuple[list[Doctor], str | None]:
        """List two doctors, a page each."""
        self._may_break(site_id)
        self.asked_for = wanted
        if wanted.cursor not in {None, "page2"}:
            raise FieldError("cursor", "cursor_format")
        free = self.slots[0].starts_at if self.slots else None
        one = Doctor("57", "Иванова Анна Петровна", "12", "Терапевт", ("0101",), True, None, free, self.as_of, 100)  # noqa: FBT003 - bookable
        two = Doctor("58", "Петров Пётр", "12", "Терапевт", (), False, "unmapped", None, None, 200)  # noqa: FBT003 - bookable
        return ([two], None) if wanted.cursor else ([one, two], "page2")

    async def doctor_slots(self, site_id: int, doctor_id: str, first: date, last: date) -> DoctorSlots:
        """List what is neither held nor outside the days."""
        self._may_break(site_id)
        self.reads += 1
        self.reading.set()
        if doctor_id != "57":
            raise NotFound("doctor")
        held = {hold.slot.id for hold in self.world.holds.living()}
        found = tuple(
            slot for slot in self.slots if slot.id not in held and first <= moscow_day(slot.starts_at) <= last
        )
        if self.pause is not None:
            await self.pause.wait()
        return DoctorSlots(doctor_id, self.as_of, first, last, found, (SOURCE,), self.changes_at)

    async def sight(self, site_id: int, slot_id: UUID, doctor_id: str | None) -> SlotSighting | None:
        """Find a slot, for sale unless it was taken."""
        self._may_break(site_id)
        for slot in self.slots:
            if slot.id == slot_id and doctor_id in {None, slot.doctor_id}:
                return SlotSighting(slot, slot_id not in self.world.bookings.taken, self.as_of)
        return None

    async def nearest(self, site_id: int, around: FreeSlot, limit: int) -> list[Alternative]:
        """List the other slots."""
        assert site_id == SITE
        return [Alternative(slot, same_doctor=True) for slot in self.slots if slot.id != around.id][:limit]

    async def figures(self, site_id: int, lag_after: timedelta) -> SyncFigures:
        """Tell the figures that the test has set."""
        assert lag_after
        self._may_break(site_id)
        return SyncFigures(
            self.as_of, self.lagging, 2, self.silent, self.stopped, ("0101", "0202"), self.world.clock.now()
        )

    def _may_break(self, site_id: int) -> None:
        assert site_id == SITE
        if self.broken is not None:
            raise self.broken


@dataclass
class FakeChanges:
    """News that a test tells; `told` waits until the listener has taken them in."""

    heard_by: set[asyncio.Queue[tuple[str, str] | None]] = field(default_factory=set)
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    silent: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[tuple[str, str]]]:
        """Open a queue of news."""
        queue: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()
        self.heard_by.add(queue)
        try:
            yield self._iterate(queue)
        finally:
            self.heard_by.discard(queue)
            self.listening.clear()
            self.silent.set()

    async def _iterate(self, queue: asyncio.Queue[tuple[str, str] | None]) -> AsyncIterator[tuple[str, str]]:
        self.silent.clear()
        self.listening.set()
        while True:
            item = await queue.get()
            queue.task_done()
            if item is None:
                return
            yield item

    async def tell(self, kind: str, subject: str = "") -> None:
        """Tell news and wait until they are heard."""
        for queue in self.heard_by:
            queue.put_nowait((kind, subject))
            await queue.join()
        await asyncio.sleep(0)

    async def end(self) -> None:
        """End the listening from the database's side."""
        for queue in list(self.heard_by):
            queue.put_nowait(None)
        await self.silent.wait()
