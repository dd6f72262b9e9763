"""One doctor of a clinic: real tables, the SOAP adapter, the services, and the worker's loop of doubts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from prometheus_client import CollectorRegistry

from gateway.domain.booking import Booking, BookingState
from gateway.domain.directory import FreeSlot
from gateway.domain.doubt import LookPlan
from gateway.domain.hold import Hold, Holder
from gateway.domain.moscow import MOSCOW
from gateway.domain.pace import Pace
from gateway.domain.patient import Patient
from gateway.domain.retry import RetryRules
from gateway.domain.schedule import EmiasDoctorRef
from gateway.holds.memory import MemoryGate
from gateway.ports import Emias, HoldLimits, Intent
from gateway.services.book import Book
from gateway.services.cancel import Cancel
from gateway.services.offer import Offer
from gateway.services.refresh import Refresh
from gateway.services.resend import Resend
from gateway.services.resolve import Resolve
from gateway.services.under_way import UnderWay
from gateway.store.bookings import BookingLedger
from gateway.store.cipher import Cipher
from gateway.store.directory import Directory
from gateway.store.doubts import DoubtLedger
from gateway.store.engine import Database
from gateway.store.holds import HoldLedger
from gateway.store.sync_book import SyncBook
from simulator.emias.installation import Installation
from simulator.emias.ledger import Appointment
from sync.doubts import ResolveDoubts
from sync.signs import Signs
from tests.integration.builders import PATIENT, MadeSite

__all__ = ["DOCTOR", "FAST", "Clinic", "MoscowClock", "eventually"]

DOCTOR = EmiasDoctorRef("0101", "41001")
FAST = LookPlan(
    tuple(timedelta(seconds=seconds) for seconds in (0.05, 0.2, 0.6, 1.2)),
    every=timedelta(seconds=0.2),
    blind=timedelta(seconds=0.05),
    give_up=timedelta(minutes=5),
)
"""The plan of looks five hundred times as fast."""
_LOOK = 0.02


async def eventually(is_true: Callable[[], bool]) -> None:
    """Wait until it is true, which nobody announces."""
    while not is_true():  # noqa: ASYNC110 - what the stand-in counts sets no event
        await asyncio.sleep(_LOOK)


class MoscowClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Tell the time."""
        return datetime.now(MOSCOW)


@dataclass
class Clinic:
    """What a test does with the clinic; `installation` is what EMIAS knows."""

    database: Database
    emias: Emias
    installation: Installation
    site: MadeSite
    cipher: Cipher
    plan: LookPlan = FAST
    lease: timedelta = timedelta(seconds=5)
    under_way: UnderWay = field(default_factory=UnderWay)

    def __post_init__(self) -> None:
        self.ledger = BookingLedger(self.database, self.cipher, self.plan.first)
        self.doubts = DoubtLedger(self.database, self.cipher, self.plan.first)
        self.resolve = self.a_resolve(self.emias)
        resend = Resend(self.ledger, RetryRules(locked=0.01))
        directory = Directory(self.database)
        self.book = Book(self.ledger, self.emias, MemoryGate(), Offer(directory), self.under_way, resend, self.resolve)
        self.cancel = Cancel(self.ledger, self.emias, self.under_way, resend)
        pace = Pace(timedelta(minutes=5), timedelta(minutes=15))
        self.refresh = Refresh(
            self.emias, SyncBook(self.database), MoscowClock(), pace, timedelta(minutes=1), self.under_way
        )

    def a_resolve(self, emias: Emias) -> Resolve:
        """Make the service of one replica."""
        return Resolve(self.doubts, self.ledger, emias, self.plan, self.lease, timedelta(seconds=5), self.under_way)

    async def read(self) -> None:
        """Bring the doctor's schedule into the table."""
        assert await self.refresh.one(DOCTOR, within=timedelta(seconds=20))

    async def hold(self, number: int = 0, holder: Holder | None = None) -> tuple[Holder, Hold]:
        """Hold one of tomorrow's free slots."""
        slot = await self._free_slot(number)
        holder = holder or self.site.holder()
        limits = HoldLimits(per_visitor=100, per_key=1000)
        return holder, await HoldLedger(self.database).take(uuid4(), holder, slot, limits, verified=True)

    async def _free_slot(self, number: int) -> FreeSlot:
        rows = await self.database.pool.fetch(
            "SELECT id FROM slots_for_sale WHERE slot_date > (now() AT TIME ZONE 'Europe/Moscow')::date"
            " ORDER BY starts_at OFFSET $1 LIMIT 1",
            number,
        )
        sighting = await Directory(self.database).sight(self.site.id, rows[0]["id"], None)
        assert sighting is not None
        return sighting.slot

    async def submit(self, number: int = 0, patient: Patient = PATIENT) -> Booking:
        """Hold a slot and book it."""
        holder, hold = await self.hold(number)
        return await self.book.submit(Intent(uuid4(), holder, hold.id, patient, None, None, None))

    @asynccontextmanager
    async def worker(self, emias: Emias | None = None) -> AsyncIterator[CollectorRegistry]:
        """Run the loop of doubts as one worker does."""
        registry, stop = CollectorRegistry(), asyncio.Event()
        loop = ResolveDoubts(self.a_resolve(emias or self.emias), 8, 4, Signs(registry), turn=0.05)
        task = asyncio.create_task(loop.run(stop))
        try:
            yield registry
        finally:
            stop.set()
            await task

    async def until(self, booking_id: UUID, *states: BookingState) -> Booking:
        """Wait until the booking has come to one of the states."""
        while True:
            booking = await self.ledger.get(self.site.id, booking_id)
            if booking.state in states:
                return booking
            await asyncio.sleep(_LOOK)

    def spoil(self, operation: str, kind: str, times: int = 1, **params: Any) -> None:
        """Plan a fault of EMIAS."""
        self.installation.faults.add({"operation": operation, "kind": kind, "times": times, "params": params})

    def made_for(self, booking: Booking) -> Sequence[Appointment]:
        """List what EMIAS made under the booking's reference."""
        return [row for row in self.installation.ledger if row.client_ref == str(booking.id)]

    async def history(self, booking: Booking) -> list[str]:
        """List the states through which the booking went, with their causes."""
        rows = await self.database.pool.fetch(
            "SELECT to_state, cause FROM booking_history WHERE booking_id = $1 ORDER BY id", booking.id
        )
        return [f"{row['to_state']}:{row['cause']}" for row in rows]

    async def is_for_sale(self, booking: Booking) -> bool:
        """Tell whether the booking's slot is offered."""
        found = await self.database.pool.fetchval("SELECT count(*) FROM slots_for_sale WHERE id = $1", booking.slot_id)
        return bool(found)
