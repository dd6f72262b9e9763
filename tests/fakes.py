"""A house of hand-written adapters that keep everything in memory, for tests of the doors."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID, uuid4

from gateway.domain.booking import Booking, BookingState
from gateway.domain.directory import Alternative, Doctor, DoctorSlots, FreeSlot, Specialty
from gateway.domain.errors import (
    FieldError,
    HoldExpired,
    IdempotencyInProgress,
    IdempotencyReused,
    NotCancellable,
    NotFound,
    RenewalsExhausted,
    SlotHeld,
    SlotTaken,
    TooManyHolds,
)
from gateway.domain.hold import HOLD_FOR, MAX_RENEWALS, Hold, Holder
from gateway.domain.moscow import MOSCOW, moscow_day
from gateway.domain.outcomes import Booked, Cancelled, CancelOutcome, CreateOutcome
from gateway.domain.pace import Pace
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef, SlotKey
from gateway.domain.settlement import Settlement
from gateway.metrics import Metrics
from gateway.ports import (
    ApiKey,
    AppointmentRequest,
    DoctorFilter,
    Emias,
    GateAnswer,
    HoldLimits,
    Housekeeping,
    IdempotencyKey,
    Intent,
    Replay,
    Retold,
    SlotSighting,
    Started,
    SyncBook,
    SyncFigures,
)
from gateway.services.book import Book
from gateway.services.browse import Browse
from gateway.services.cancel import Cancel
from gateway.services.hold import HoldSlot
from gateway.services.offer import Offer
from gateway.services.refresh import Refresh
from gateway.services.report import Report
from gateway.services.under_way import UnderWay
from gateway.settings import Settings, read_settings
from gateway.wiring import House

__all__ = ["KEY", "READ_ONLY_KEY", "FakeClock", "World"]

SITE: Final = 1
SECRET: Final = "made-up-secret-of-more-than-thirty-two-characters"
KEY: Final = f"egw_k1_{SECRET}"
READ_ONLY_KEY: Final = f"egw_k2_{SECRET}"
NOW: Final = datetime(2026, 11, 23, 9, 15, tzinfo=MOSCOW)
SOURCE: Final = 501


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
        self.asked += 1
        if self.broken:
            raise ConnectionError
        return self.keys.get(key_id)


def make_key(key_id: str, *scopes: str) -> ApiKey:
    """Make a key whose secret is `SECRET`."""
    return ApiKey(key_id, SITE, "main", frozenset(scopes), hashlib.sha256(SECRET.encode()).digest())


def make_slot(hours: int, *, doctor_id: str = "57", emias_doctor_id: str = "E57") -> FreeSlot:
    """Make a slot that begins some hours from `NOW`."""
    ref = EmiasDoctorRef("0101", emias_doctor_id)
    starts_at = NOW.replace(minute=0) + timedelta(hours=hours)
    public_id = SlotKey(ref, starts_at).public_id()
    ends_at = starts_at + timedelta(minutes=15)
    return FreeSlot(public_id, ref, doctor_id, "Иванова Анна Петровна", f"S{hours}", starts_at, ends_at, "312")


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
    lagging: int = 0
    broken: Exception | None = None

    async def specialties(self, site_id: int) -> list[Specialty]:
        self._may_break(site_id)
        return [Specialty("12", "Терапевт", 1)]

    async def doctors(self, site_id: int, wanted: DoctorFilter) -> tuple[list[Doctor], str | None]:
        self._may_break(site_id)
        self.asked_for = wanted
        if wanted.cursor not in {None, "page2"}:
            raise FieldError("cursor", "cursor")
        free = self.slots[0].starts_at if self.slots else None
        one = Doctor("57", "Иванова Анна Петровна", "12", "Терапевт", ("0101",), True, None, free, self.as_of, 100)  # noqa: FBT003 - bookable
        two = Doctor("58", "Петров Пётр", "12", "Терапевт", (), False, "unmapped", None, None, 200)  # noqa: FBT003 - bookable
        return ([two], None) if wanted.cursor else ([one, two], "page2")

    async def doctor_slots(self, site_id: int, doctor_id: str, first: date, last: date) -> DoctorSlots:
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
        self._may_break(site_id)
        for slot in self.slots:
            if slot.id == slot_id and doctor_id in {None, slot.doctor_id}:
                return SlotSighting(slot, slot_id not in self.world.bookings.taken, self.as_of)
        return None

    async def nearest(self, site_id: int, around: FreeSlot, limit: int) -> list[Alternative]:
        assert site_id == SITE
        return [Alternative(slot, same_doctor=True) for slot in self.slots if slot.id != around.id][:limit]

    async def figures(self, site_id: int, lag_after: timedelta) -> SyncFigures:
        assert lag_after
        self._may_break(site_id)
        return SyncFigures(self.as_of, self.lagging, 2, self.silent, ("0101", "0202"), self.world.clock.now())

    def _may_break(self, site_id: int) -> None:
        assert site_id == SITE
        if self.broken is not None:
            raise self.broken


@dataclass
class FakeHolds:
    """Holds by the fake clock."""

    world: World
    holds: dict[UUID, Hold] = field(default_factory=dict)
    holders: dict[UUID, Holder] = field(default_factory=dict)

    def living(self) -> Iterator[Hold]:
        return (hold for hold in self.holds.values() if hold.expires_at > self.world.clock.now())

    async def take(self, hold_id: UUID, holder: Holder, slot: FreeSlot, limits: HoldLimits, *, verified: bool) -> Hold:
        if any(hold.slot.id == slot.id for hold in self.living()):
            raise SlotHeld
        if sum(self.holders[hold.id] == holder for hold in self.living()) >= limits.per_visitor:
            raise TooManyHolds(120)
        hold = Hold(hold_id, slot, self.world.clock.now() + HOLD_FOR, MAX_RENEWALS, verified)
        self.holds[hold_id], self.holders[hold_id] = hold, holder
        return hold

    async def renew(self, holder: Holder, hold_id: UUID) -> Hold:
        hold = self.holds.get(hold_id)
        if hold is None or self.holders[hold_id].site_id != holder.site_id:
            raise NotFound("hold")
        if hold.expires_at <= self.world.clock.now():
            raise HoldExpired
        if not hold.renewals_left:
            raise RenewalsExhausted
        renewed = replace(hold, expires_at=self.world.clock.now() + HOLD_FOR, renewals_left=hold.renewals_left - 1)
        self.holds[hold_id] = renewed
        return renewed

    async def release(self, holder: Holder, hold_id: UUID) -> UUID | None:
        hold = self.holds.get(hold_id)
        if hold is None or self.holders[hold_id].site_id != holder.site_id:
            return None
        del self.holds[hold_id]
        return hold.slot.id


@dataclass
class FakeGate:
    """A gate that is always open, or absent."""

    answer: GateAnswer = GateAnswer.ENTERED

    async def enter(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> GateAnswer:
        assert slot_id != owner
        assert lasts
        return self.answer

    async def extend(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> None: ...

    async def leave(self, slot_id: UUID, owner: UUID) -> None: ...


@dataclass
class FakeEmias:
    """EMIAS that answers as it is told; `pause` holds the answer up, `asked` is set when a call has come."""

    created: CreateOutcome = field(default_factory=lambda: Booked("A-100500", "T-77"))
    cancelled: CancelOutcome = field(default_factory=Cancelled)
    requests: list[AppointmentRequest] = field(default_factory=list)
    pause: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        self.requests.append(request)
        self.asked.set()
        if self.pause is not None:
            await self.pause.wait()
        return self.created

    async def cancel_appointment(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str
    ) -> CancelOutcome:
        assert lpu_code
        assert appointment_id
        assert patient.last_name
        assert reason
        return self.cancelled


@dataclass
class FakeBookings:
    """Bookings with their patients."""

    world: World
    rows: dict[UUID, Booking] = field(default_factory=dict)
    patients: dict[UUID, Patient] = field(default_factory=dict)
    taken: set[UUID] = field(default_factory=set)
    settle_fault: Exception | None = None
    open_fault: Exception | None = None

    async def open(self, intent: Intent) -> tuple[Booking, FreeSlot]:
        if self.open_fault is not None:
            raise self.open_fault
        hold = self.world.holds.holds.get(intent.hold_id)
        if hold is None:
            raise NotFound("hold")
        if hold.expires_at <= self.world.clock.now():
            raise HoldExpired
        slot = hold.slot
        if slot.id in self.taken:
            raise SlotTaken(slot_id=slot.id)
        booking = make_booking(slot, intent.booking_id, self.world.clock.now())
        self.rows[booking.id] = booking
        self.patients[booking.id] = intent.patient
        self.world.idempotency.link(intent.idempotency, booking.id)
        return booking, slot

    async def settle(self, booking_id: UUID, token: int, settlement: Settlement, *, actor: str) -> Booking | None:
        assert actor
        if self.settle_fault is not None:
            raise self.settle_fault
        before = self.rows[booking_id]
        if before.token != token:
            return None
        ticket = settlement.ticket or before.ticket or settlement.emias_appointment_id
        after = replace(
            before,
            state=settlement.state,
            refusal=settlement.refusal,
            error_code=settlement.error_code,
            emias_appointment_id=settlement.emias_appointment_id or before.emias_appointment_id,
            ticket=ticket,
        )
        self.rows[booking_id] = after
        if settlement.slot_gone:
            self.taken.add(before.slot_id)
        return after

    async def get(self, site_id: int, booking_id: UUID) -> Booking:
        assert site_id == SITE
        if booking_id not in self.rows:
            raise NotFound("booking")
        return self.rows[booking_id]

    async def look_up(self, site_id: int, ticket: str, birth_date: date) -> Booking:
        assert site_id == SITE
        for booking in self.rows.values():
            if booking.ticket == ticket and self.patients[booking.id].birth_date == birth_date:
                return booking
        raise NotFound("booking")

    async def open_cancel(
        self, holder: Holder, booking_id: UUID, idempotency: IdempotencyKey | None
    ) -> tuple[Booking, Patient]:
        booking = await self.get(holder.site_id, booking_id)
        if booking.state is not BookingState.BOOKED:
            raise NotCancellable(booking.state.value)
        opened = replace(booking, state=BookingState.CANCELLING)
        self.rows[booking_id] = opened
        self.world.idempotency.link(idempotency, booking_id)
        return opened, self.patients[booking_id]


def make_booking(slot: FreeSlot, booking_id: UUID | None = None, at: datetime = NOW) -> Booking:
    """Make a booking that is being submitted."""
    return Booking(
        id=booking_id or uuid4(),
        state=BookingState.SUBMITTING,
        slot_id=slot.id,
        lpu_code=slot.doctor.lpu_code,
        emias_doctor_id=slot.doctor.emias_doctor_id,
        doctor_id=slot.doctor_id,
        doctor_name=slot.doctor_name,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        room=slot.room,
        token=1,
        attempt=1,
        refusal=None,
        error_code=None,
        emias_appointment_id=None,
        ticket=None,
        updated_at=at,
    )


@dataclass
class _Run:
    fingerprint: bytes
    state: str = "running"
    answer: Replay | None = None
    booking_id: UUID | None = None


@dataclass
class FakeIdempotency:
    """Keys and what was answered under them."""

    runs: dict[IdempotencyKey, _Run] = field(default_factory=dict)
    finish_fault: Exception | None = None

    async def begin(self, key: IdempotencyKey, fingerprint: bytes, lease: timedelta) -> Started | Replay | Retold:
        run = self.runs.get(key)
        if run is not None and run.fingerprint != fingerprint:
            raise IdempotencyReused
        if run is None or (run.state == "open" and run.booking_id is None):
            self.runs[key] = _Run(fingerprint)
            return Started()
        if run.answer is not None:
            return run.answer
        if run.state == "open" and run.booking_id is not None:
            return Retold(run.booking_id)
        raise IdempotencyInProgress(int(lease.total_seconds()))

    async def finish(self, key: IdempotencyKey, status: int, body: bytes) -> None:
        if self.finish_fault is not None:
            raise self.finish_fault
        self.runs[key].state, self.runs[key].answer = "done", Replay(status, body)

    async def leave_open(self, key: IdempotencyKey) -> None:
        self.runs[key].state = "open"

    async def forget(self, key: IdempotencyKey) -> None:
        del self.runs[key]

    def link(self, key: IdempotencyKey | None, booking_id: UUID) -> None:
        if key is not None:
            self.runs[key].booking_id = booking_id


@dataclass
class FakeChanges:
    """News that a test tells; `told` waits until the listener has taken them in."""

    heard_by: set[asyncio.Queue[tuple[str, str] | None]] = field(default_factory=set)
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    silent: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[tuple[str, str]]]:
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


class World:
    """Everything behind a fake house, to be set and looked at by a test."""

    def __init__(self, **settings: str) -> None:
        self.settings = _settings(settings)
        self.clock = FakeClock()
        self.keys = FakeKeys({"k1": make_key("k1", "read", "book"), "k2": make_key("k2", "read")})
        self.directory = FakeDirectory(self, [make_slot(hours) for hours in (5, 6, 7, 30)])
        self.holds = FakeHolds(self)
        self.gate = FakeGate()
        self.emias = FakeEmias()
        self.bookings = FakeBookings(self)
        self.idempotency = FakeIdempotency()
        self.changes = FakeChanges()
        self.under_way = UnderWay()
        self.metrics = Metrics()

    @property
    def slot(self) -> FreeSlot:
        """The first slot for sale."""
        return self.directory.slots[0]

    def house(self) -> House:
        """Join the services to the fakes."""
        clock, emias = self.clock, cast("Emias", self.emias)
        offer = Offer(self.directory)
        sync_book, housekeeping = cast("SyncBook", None), cast("Housekeeping", None)
        pace = Pace(timedelta(minutes=5), timedelta(minutes=15))
        refresh = Refresh(emias, sync_book, clock, pace, timedelta(minutes=2), self.under_way)
        return House(
            settings=self.settings,
            clock=clock,
            metrics=self.metrics,
            keys=self.keys,
            changes=self.changes,
            idempotency=self.idempotency,
            sync_book=sync_book,
            housekeeping=housekeeping,
            browse=Browse(self.directory, clock, timedelta(days=30)),
            hold=HoldSlot(
                self.directory,
                self.holds,
                self.gate,
                offer,
                refresh,
                clock,
                HoldLimits(3, 500),
                timedelta(minutes=10),
                timedelta(seconds=1),
            ),
            book=Book(self.bookings, emias, self.gate, offer, self.under_way),
            cancel=Cancel(self.bookings, emias, self.under_way),
            report=Report(self.directory, clock, timedelta(minutes=30)),
            refresh=refresh,
            mirror=None,
        )

    def hold_slot(self, slot: FreeSlot | None = None) -> Hold:
        """Hold a slot without asking anybody."""
        hold = Hold(uuid4(), slot or self.slot, self.clock.now() + HOLD_FOR, MAX_RENEWALS, verified=True)
        self.holds.holds[hold.id], self.holds.holders[hold.id] = hold, Holder(SITE, "k1", None)
        return hold

    def add_booking(self, state: BookingState, **changes: Any) -> Booking:
        """Write a booking down in some state."""
        booking = replace(make_booking(self.slot), state=state, **changes)
        self.bookings.rows[booking.id] = booking
        return booking


def _settings(given: dict[str, str]) -> Settings:
    needed = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1/none",
        "REDIS_URL": "redis://127.0.0.1/0",
        "EMIAS_URL": "http://127.0.0.1:9/",
        "FIELD_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "LOOKUP_KEY": "a-made-up-lookup-key-of-more-than-32-characters",
    }
    return read_settings(Settings, needed | given)
