"""The desk at which people leave wishes, and the workers behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from prometheus_client import CollectorRegistry

from gateway.commands.verify import Scope, check_invariants
from gateway.domain.booking import Booking
from gateway.domain.errors import GatewayError
from gateway.domain.outcomes import Cause, CreateOutcome, NotSent
from gateway.domain.patient import Patient
from gateway.domain.retry import RetryRules
from gateway.domain.wish import Wish, WishKind
from gateway.holds.memory import MemoryGate
from gateway.ports import AppointmentRequest, Emias, Gate, HoldLimits, IdempotencyKey, Intent
from gateway.services.hold import HoldSlot
from gateway.services.offer import Offer
from gateway.services.resend import Resend
from gateway.services.wishes.carry_out import CarryOut
from gateway.services.wishes.hands import Tools, make_hands
from gateway.settings import VerifySettings, read_settings
from gateway.store.cases import CaseBook
from gateway.store.changes import Changes
from gateway.store.directory import Directory
from gateway.store.holds import HoldLedger
from gateway.store.idempotency import IdempotencyBook
from gateway.store.switches import SwitchBoard
from gateway.store.wish_desk import WishDesk, Wished, WishSeen
from gateway.store.wishes import WishBook
from simulator.running import Simulator
from sync.signs import Signs
from sync.wishes import CarryOutWishes
from tests.integration.builders import PATIENT
from tests.integration.doubts.clinic import Clinic, MoscowClock
from tests.integration.doubts.spies import Watched

__all__ = ["Desk", "Unreached"]

_LOOK = 0.02


class Unreached(Watched):
    """An EMIAS to which no create call comes through."""

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        """Send nothing."""
        assert request.client_ref
        return NotSent(Cause.CONNECT)


@dataclass
class Desk:
    """What a test does: `clinic` is behind it, `proof_after` says from which age a doubt is proof."""

    clinic: Clinic
    simulator: Simulator
    proof_after: timedelta = timedelta()
    lease: timedelta = timedelta(seconds=30)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self.database = self.clinic.database
        self.desk = WishDesk(self.database)
        self.book = WishBook(self.database)
        self.replies = IdempotencyBook(self.database)
        self.impatient = Resend(self.clinic.ledger, RetryRules(attempts=1))

    def worker(self, emias: Emias | None = None, gate: Gate | None = None) -> CarryOut:
        """Make the service of one worker."""
        clinic = self.clinic
        directory = Directory(self.database)
        hold = HoldSlot(
            directory=directory,
            ledger=HoldLedger(self.database),
            gate=gate or MemoryGate(),
            offer=Offer(directory),
            refresh=clinic.refresh,
            clock=MoscowClock(),
            limits=HoldLimits(per_visitor=3, per_key=100),
            stale_after=timedelta(hours=1),
            patience=timedelta(seconds=5),
        )
        tools = Tools(
            wishes=self.book,
            cases=CaseBook(self.database, clinic.cipher),
            ledger=clinic.ledger,
            idempotency=self.replies,
            switches=SwitchBoard(self.database),
            emias=emias or clinic.emias,
            clock=MoscowClock(),
            hold=hold,
            book=clinic.book,
            cancel=clinic.cancel,
            refresh=clinic.refresh,
            proof_after=self.proof_after,
            lease=self.lease,
        )
        return make_hands(tools)

    @asynccontextmanager
    async def loop(self, emias: Emias | None = None) -> AsyncIterator[None]:
        """Run the loop of one worker."""
        stop = asyncio.Event()
        signs = Signs(CollectorRegistry())
        loop = CarryOutWishes(self.worker(emias), Changes(self.database), 8, signs, turn=0.1)
        task = asyncio.create_task(loop.run(stop))
        try:
            yield
        finally:
            stop.set()
            await task

    async def ask(self, kind: WishKind, subject: object, by: str = "anna", **arguments: Any) -> Wished:
        """Leave a wish."""
        return await self.desk.make(kind, str(subject), reason="звонок", wished_by=by, arguments=arguments)

    async def lease_one(self, worker: CarryOut | None = None) -> Wish:
        """Lease the one wish that is due."""
        (wish,) = await (worker or self.worker()).due(5)
        return wish

    async def carried(self, kind: WishKind, subject: object, **arguments: Any) -> WishSeen:
        """Leave a wish, carry it out at once, and see what came of it."""
        wished = await self.ask(kind, subject, **arguments)
        worker = self.worker()
        await worker.one(await self.lease_one(worker))
        return await self.seen(wished.wish)

    async def carried_only(self, kind: WishKind, subject: object) -> WishSeen:
        """Leave a wish and carry out that kind alone."""
        wished, worker = await self.ask(kind, subject), self.worker()
        (wish,) = await self.book.claim([kind], 5, self.lease)
        await worker.one(wish)
        return await self.seen(wished.wish)

    async def seen(self, wish: WishSeen) -> WishSeen:
        """Look at a wish again."""
        row = await self.desk.about(wish.subject, [WishKind(wish.kind)], 50)
        return next(each for each in row if each.id == wish.id)

    async def ended(self, wish: WishSeen) -> WishSeen:
        """Wait until a wish has ended."""
        while (seen := await self.seen(wish)).is_open:  # noqa: ASYNC110 - what another connection writes sets no event
            await asyncio.sleep(_LOOK)
        return seen

    async def lapse(self) -> None:
        """Let every lease of a wish and of a key be over, as after a worker's death."""
        await self.database.pool.execute("ALTER TABLE wishes DISABLE TRIGGER guard_wish")
        await self.database.pool.execute("UPDATE wishes SET lease_until = now() WHERE state = 'running'")
        await self.database.pool.execute("ALTER TABLE wishes ENABLE TRIGGER guard_wish")
        await self.database.pool.execute("UPDATE idempotency_keys SET lease_until = now() WHERE state = 'running'")

    async def book_slot(self, number: int = 0, patient: Patient = PATIENT, emias: Emias | None = None) -> Booking:
        """Book a slot as the site does, under a key; whatever comes of it, return the booking."""
        clinic = self.clinic
        holder, hold = await clinic.hold(number)
        key = IdempotencyKey(clinic.site.key_id, "book", uuid4().hex)
        await self.replies.begin(key, b"form", timedelta(minutes=1))
        intent = Intent(uuid4(), holder, hold.id, patient, None, "+7 900 000-00-00", key)
        try:
            await replace(clinic.book, emias=emias or clinic.emias, resend=self.impatient).submit(intent)
        except GatewayError:
            await HoldLedger(self.database).release(holder, hold.id)
        await self.replies.leave_open(key)
        return await clinic.ledger.get(clinic.site.id, intent.booking_id)

    async def failed(self, number: int = 0, patient: Patient = PATIENT) -> Booking:
        """Make a booking that surely was not sent."""
        return await self.book_slot(number, patient, Unreached(self.clinic.emias))

    async def state(self, booking_id: UUID | str) -> str:
        """Tell where a booking stands."""
        found: str = await self.database.pool.fetchval(
            "SELECT state FROM bookings WHERE id = $1", UUID(str(booking_id))
        )
        return found

    async def breaches(self) -> list[str]:
        """Check every invariant, EMIAS's own book included; name what is broken."""
        settings = read_settings(VerifySettings, {"DATABASE_URL": self.database.url})
        scope = Scope(ledger=f"{self.simulator.control_url}/control/ledger")
        verdicts = await check_invariants(settings, scope)
        return [f"{one.invariant}: {', '.join(one.rows)}" for one in verdicts if one.state == "broken"]
