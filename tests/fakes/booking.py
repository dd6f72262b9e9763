"""What a door books with: holds, gate, EMIAS, bookings, idempotency keys."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from gateway.domain.booking import Booking, BookingState
from gateway.domain.directory import FreeSlot
from gateway.domain.errors import (
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
from gateway.domain.outcomes import Booked, Cancelled, CancelOutcome, CreateOutcome
from gateway.domain.patient import Patient
from gateway.domain.settlement import Settlement
from gateway.ports import (
    AppointmentRequest,
    GateAnswer,
    HoldLimits,
    IdempotencyKey,
    Intent,
    Replay,
    Retold,
    Started,
)
from tests.fakes.nouns import SITE, make_booking

if TYPE_CHECKING:
    from tests.fakes.world import World

__all__ = ["FakeBookings", "FakeEmias", "FakeGate", "FakeHolds", "FakeIdempotency"]


@dataclass
class FakeHolds:
    """Holds by the fake clock."""

    world: World
    holds: dict[UUID, Hold] = field(default_factory=dict)
    holders: dict[UUID, Holder] = field(default_factory=dict)

    def living(self) -> Iterator[Hold]:
        """Iterate over the holds that have not ended."""
        return (hold for hold in self.holds.values() if hold.expires_at > self.world.clock.now())

    async def take(self, hold_id: UUID, holder: Holder, slot: FreeSlot, limits: HoldLimits, *, verified: bool) -> Hold:
        """Write a hold down."""
        if any(hold.slot.id == slot.id for hold in self.living()):
            raise SlotHeld
        if sum(self.holders[hold.id] == holder for hold in self.living()) >= limits.per_visitor:
            raise TooManyHolds(120)
        hold = Hold(hold_id, slot, self.world.clock.now() + HOLD_FOR, MAX_RENEWALS, verified)
        self.holds[hold_id], self.holders[hold_id] = hold, holder
        return hold

    async def renew(self, holder: Holder, hold_id: UUID) -> Hold:
        """Lengthen a hold."""
        hold = self.holds.get(hold_id)
        if hold is None or self.holders[hold_id].site_id != holder.site_id:
            raise NotFound("hold")
        if hold.expires_at <= self.world.clock.now():
            raise HoldExpired
        if not hold.renewals_left:
            raise RenewalsExhausted
        if hold.slot.id in self.world.bookings.taken:
            raise SlotTaken(slot_id=hold.slot.id)
        renewed = replace(hold, expires_at=self.world.clock.now() + HOLD_FOR, renewals_left=hold.renewals_left - 1)
        self.holds[hold_id] = renewed
        return renewed

    async def get(self, holder: Holder, hold_id: UUID) -> Hold:
        """Return a living hold of the site whose slot is not taken."""
        hold = self.holds.get(hold_id)
        if hold is None or self.holders[hold_id].site_id != holder.site_id:
            raise NotFound("hold")
        if hold.expires_at <= self.world.clock.now():
            raise HoldExpired
        if hold.slot.id in self.world.bookings.taken:
            raise SlotTaken(slot_id=hold.slot.id)
        return hold

    async def release(self, holder: Holder, hold_id: UUID) -> UUID | None:
        """Remove a hold."""
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
        """Answer as told."""
        assert slot_id != owner
        assert lasts
        return self.answer

    async def extend(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> None:
        """Do nothing."""

    async def leave(self, slot_id: UUID, owner: UUID) -> None:
        """Do nothing."""


@dataclass
class FakeEmias:
    """EMIAS that answers as it is told; `pause` holds the answer up, `asked` is set when a call has come."""

    created: CreateOutcome = field(default_factory=lambda: Booked("A-100500", "T-77"))
    cancelled: CancelOutcome = field(default_factory=Cancelled)
    requests: list[AppointmentRequest] = field(default_factory=list)
    pause: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        """Answer as told, when the test lets it."""
        self.requests.append(request)
        self.asked.set()
        if self.pause is not None:
            await self.pause.wait()
        return self.created

    async def cancel_appointment(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str
    ) -> CancelOutcome:
        """Answer as told."""
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
    intents: list[Intent] = field(default_factory=list)
    taken: set[UUID] = field(default_factory=set)
    settle_fault: Exception | None = None
    open_fault: Exception | None = None

    async def open(self, intent: Intent) -> tuple[Booking, FreeSlot]:
        """Write a booking down as `submitting`."""
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
        self.intents.append(intent)
        self.world.idempotency.link(intent.idempotency, booking.id)
        return booking, slot

    async def settle(self, booking_id: UUID, token: int, settlement: Settlement, *, actor: str) -> Booking | None:
        """Write down what came of it."""
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

    async def name(self, booking_id: UUID, token: int, appointment_id: str, ticket: str | None) -> bool:
        """Write the appointment's id down."""
        before = self.rows[booking_id]
        self.rows[booking_id] = replace(before, emias_appointment_id=appointment_id, ticket=before.ticket or ticket)
        return before.token == token

    async def note_attempt(self, booking_id: UUID, token: int, cause: str, *, actor: str) -> bool:
        """Count a further attempt."""
        assert actor
        assert cause
        before = self.rows[booking_id]
        self.rows[booking_id] = replace(before, attempt=before.attempt + 1)
        return before.token == token

    async def get(self, site_id: int, booking_id: UUID) -> Booking:
        """Return a booking."""
        assert site_id == SITE
        if booking_id not in self.rows:
            raise NotFound("booking")
        return self.rows[booking_id]

    async def look_up(self, site_id: int, ticket: str, birth_date: date) -> Booking:
        """Find a booking by its guest."""
        assert site_id == SITE
        for booking in self.rows.values():
            if booking.ticket == ticket and self.patients[booking.id].birth_date == birth_date:
                return booking
        raise NotFound("booking")

    async def open_cancel(
        self,
        holder: Holder,
        booking_id: UUID,
        idempotency: IdempotencyKey | None,
        actor: str | None = None,  # noqa: ARG002 - this ledger keeps no history
    ) -> tuple[Booking, Patient]:
        """Write down that a booking is being cancelled."""
        booking = await self.get(holder.site_id, booking_id)
        if booking.state is not BookingState.BOOKED:
            raise NotCancellable(booking.state.value)
        opened = replace(booking, state=BookingState.CANCELLING)
        self.rows[booking_id] = opened
        self.world.idempotency.link(idempotency, booking_id)
        return opened, self.patients[booking_id]


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
        """Claim a key, or tell what stands under it."""
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
        """Keep an answer."""
        if self.finish_fault is not None:
            raise self.finish_fault
        self.runs[key].state, self.runs[key].answer = "done", Replay(status, body)

    async def leave_open(self, key: IdempotencyKey) -> None:
        """Leave the booking to speak."""
        self.runs[key].state = "open"

    async def forget(self, key: IdempotencyKey) -> None:
        """Free a key."""
        del self.runs[key]

    def link(self, key: IdempotencyKey | None, booking_id: UUID) -> None:
        """Note the booking of a run."""
        if key is not None:
            self.runs[key].booking_id = booking_id
