"""Stand-ins of the ports: they keep in memory what the adapters keep elsewhere, and fail or wait when told to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from gateway.domain.booking import Booking, BookingState, may_move
from gateway.domain.directory import Alternative, Doctor, DoctorSlots, FreeSlot, Specialty
from gateway.domain.errors import SlotHeld
from gateway.domain.hold import HOLD_FOR, MAX_RENEWALS, Hold, Holder
from gateway.domain.outcomes import CancelOutcome, Capabilities, CreateOutcome, RemoteAppointment
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow, Unchanged
from gateway.domain.settlement import Settlement
from gateway.ports import (
    AppointmentRequest,
    DoctorFilter,
    GateAnswer,
    HoldLimits,
    IdempotencyKey,
    Intent,
    SlotSighting,
    SyncFigures,
)
from tests.unit.services.samples import DOCTOR, HOLDER, LIMITS, NOW, PATIENT, SLOT, a_booking

__all__ = [
    "Bookings",
    "Emias",
    "Gate",
    "Holds",
    "Pause",
    "SiteDirectory",
]


class Pause:
    """A place where a call waits, so that a test sees it come and lets it go."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.over = asyncio.Event()

    async def wait(self) -> None:
        """Tell that the call is here and wait until it may go on."""
        self.reached.set()
        await self.over.wait()


@dataclass
class Gate:
    """The quick lock; `entries` counts who asked."""

    owners: dict[UUID, UUID] = field(default_factory=dict)
    absent: bool = False
    pause: Pause | None = None
    entries: int = 0
    extended: list[UUID] = field(default_factory=list)

    async def enter(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> GateAnswer:
        """Let the first one in; a pause comes after the lock is set, as a slow answer would."""
        assert lasts == HOLD_FOR
        self.entries += 1
        if self.absent:
            return GateAnswer.ABSENT
        mine = self.owners.setdefault(slot_id, owner) == owner
        if self.pause:
            await self.pause.wait()
        return GateAnswer.ENTERED if mine else GateAnswer.OCCUPIED

    async def extend(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> None:
        """Note the wish of the owner."""
        assert lasts == HOLD_FOR
        if self.owners.get(slot_id) == owner:
            self.extended.append(slot_id)

    async def leave(self, slot_id: UUID, owner: UUID) -> None:
        """Open the gate for its owner only."""
        if self.owners.get(slot_id) == owner:
            del self.owners[slot_id]


@dataclass
class SiteDirectory:
    """One site's doctors; `later` sightings take the place of the first after it was seen."""

    sightings: dict[UUID, SlotSighting] = field(default_factory=dict)
    later: dict[UUID, SlotSighting | None] = field(default_factory=dict)
    alternatives: list[Alternative] = field(default_factory=list)
    report: SyncFigures = field(default_factory=lambda: SyncFigures(NOW, 0, 1, (), (), ("0101",), NOW))
    pause: Pause | None = None
    error: Exception | None = None
    searches: int = 0
    asked_slots: tuple[int, str, date, date] | None = None

    async def specialties(self, site_id: int) -> list[Specialty]:
        """Name the site in the specialty."""
        return [Specialty(str(site_id), "терапевт", 1)]

    async def doctors(self, site_id: int, wanted: DoctorFilter) -> tuple[list[Doctor], str | None]:
        """Give no doctors, and the cursor back."""
        assert site_id == HOLDER.site_id
        return [], wanted.cursor

    async def doctor_slots(self, site_id: int, doctor_id: str, first: date, last: date) -> DoctorSlots:
        """Note the question."""
        self.asked_slots = (site_id, doctor_id, first, last)
        return DoctorSlots(doctor_id, NOW, first, last, (), (), None)

    async def sight(self, site_id: int, slot_id: UUID, doctor_id: str | None) -> SlotSighting | None:
        """Find the slot as the mirror has it now."""
        assert site_id == HOLDER.site_id
        assert doctor_id in {None, SLOT.doctor_id}
        seen = self.sightings.get(slot_id)
        if slot_id in self.later:
            fresh = self.later.pop(slot_id)
            self.sightings = {slot_id: fresh} if fresh else {}
        return seen

    async def nearest(self, site_id: int, around: FreeSlot, limit: int) -> list[Alternative]:
        """Search once more."""
        assert site_id == HOLDER.site_id
        assert around.id in self.sightings
        self.searches += 1
        if self.pause:
            await self.pause.wait()
        if self.error:
            raise self.error
        return self.alternatives[:limit]

    async def figures(self, site_id: int, lag_after: timedelta) -> SyncFigures:
        """Give the figures."""
        assert site_id == HOLDER.site_id
        assert lag_after
        return self.report


@dataclass
class Holds:
    """The hold table of one slot per row."""

    held: dict[UUID, Hold] = field(default_factory=dict)
    error: Exception | None = None
    pause: Pause | None = None

    async def take(self, hold_id: UUID, holder: Holder, slot: FreeSlot, limits: HoldLimits, *, verified: bool) -> Hold:
        """Write the hold unless the slot has one."""
        assert holder == HOLDER
        assert limits == LIMITS
        if self.pause:
            await self.pause.wait()
        if self.error:
            raise self.error
        if slot.id in self.held:
            raise SlotHeld
        return self.held.setdefault(slot.id, Hold(hold_id, slot, NOW + HOLD_FOR, MAX_RENEWALS, verified))

    async def renew(self, holder: Holder, hold_id: UUID) -> Hold:
        """Lengthen the hold by one renewal."""
        hold = await self.get(holder, hold_id)
        return replace(hold, expires_at=hold.expires_at + HOLD_FOR, renewals_left=hold.renewals_left - 1)

    async def get(self, holder: Holder, hold_id: UUID) -> Hold:
        """Find the hold."""
        assert holder == HOLDER
        if self.error:
            raise self.error
        return next(hold for hold in self.held.values() if hold.id == hold_id)

    async def release(self, holder: Holder, hold_id: UUID) -> UUID | None:
        """Remove the hold when it is there."""
        assert holder == HOLDER
        found = next((slot_id for slot_id, hold in self.held.items() if hold.id == hold_id), None)
        if found:
            del self.held[found]
        return found


@dataclass
class Bookings:
    """The booking table with the guard of its moves; `journal` is shared with EMIAS to show the order of things."""

    journal: list[str] = field(default_factory=list)
    rows: dict[UUID, Booking] = field(default_factory=dict)
    settlements: list[Settlement] = field(default_factory=list)
    open_error: Exception | None = None
    open_pause: Pause | None = None
    settle_error: Exception | None = None
    token_lost: bool = False

    async def open(self, intent: Intent) -> tuple[Booking, FreeSlot]:
        """Commit the intent; a pause comes after the commit."""
        if self.open_error:
            raise self.open_error
        booking = self.rows[intent.booking_id] = a_booking(intent.booking_id)
        self.journal.append("intent")
        if self.open_pause:
            await self.open_pause.wait()
        return booking, SLOT

    async def settle(self, booking_id: UUID, token: int, settlement: Settlement, *, actor: str) -> Booking | None:
        """Commit the outcome when the token is the row's."""
        assert actor in {"gateway", "resolve"}
        row = self.rows[booking_id]
        if self.settle_error:
            raise self.settle_error
        if self.token_lost or token != row.token:
            return None
        assert may_move(row.state, settlement.state)
        self.journal.append(settlement.state.value)
        self.settlements.append(settlement)
        settled = replace(
            row,
            state=settlement.state,
            emias_appointment_id=settlement.emias_appointment_id or row.emias_appointment_id,
            ticket=settlement.ticket or row.ticket,
        )
        self.rows[booking_id] = settled
        return settled

    async def name(self, booking_id: UUID, token: int, appointment_id: str, ticket: str | None) -> bool:
        """Write the appointment's id down when the token is the row's."""
        row = self.rows[booking_id]
        if not self.token_lost and token == row.token:
            self.rows[booking_id] = replace(row, emias_appointment_id=appointment_id, ticket=ticket)
        return not self.token_lost and token == row.token

    async def note_attempt(self, booking_id: UUID, token: int, cause: str, *, actor: str) -> bool:
        """Write a further attempt down when the token is the row's."""
        assert (actor, bool(cause)) == ("gateway", True)
        row = self.rows[booking_id]
        if self.token_lost or token != row.token:
            return False
        self.journal.append("again")
        self.rows[booking_id] = replace(row, attempt=row.attempt + 1)
        return True

    async def get(self, site_id: int, booking_id: UUID) -> Booking:
        """Return the row."""
        assert site_id == HOLDER.site_id
        return self.rows[booking_id]

    async def look_up(self, site_id: int, ticket: str, birth_date: date) -> Booking:
        """Find the row by its ticket."""
        assert site_id == HOLDER.site_id
        assert birth_date == PATIENT.birth_date
        return next(row for row in self.rows.values() if row.ticket == ticket)

    async def open_cancel(
        self, holder: Holder, booking_id: UUID, idempotency: IdempotencyKey | None, actor: str | None = None
    ) -> tuple[Booking, Patient]:
        """Commit the wish; a pause comes after the commit."""
        assert (holder, actor) == (HOLDER, None)
        assert idempotency is None
        if self.open_error:
            raise self.open_error
        self.journal.append("cancelling")
        row = self.rows[booking_id] = replace(self.rows[booking_id], state=BookingState.CANCELLING)
        if self.open_pause:
            await self.open_pause.wait()
        return row, PATIENT


@dataclass
class Emias:
    """A registry that answers what it is told to; `error` breaks a write as only a bug would."""

    journal: list[str] = field(default_factory=list)
    created: CreateOutcome | None = None
    cancelled: CancelOutcome | None = None
    schedules: list[ScheduleWindow | Unchanged | Exception] = field(default_factory=list)
    listed: list[tuple[RemoteAppointment, ...] | Exception] = field(default_factory=list)
    can: Capabilities = field(
        default_factory=lambda: Capabilities(
            lookup=True, cancel=True, returns_appointment_id=True, lists_busy_slots=True, echoes_client_ref=True
        )
    )
    error: Exception | None = None
    pause: Pause | None = None
    horizon_days: int = 30
    requests: list[AppointmentRequest] = field(default_factory=list)
    reads: list[tuple[EmiasDoctorRef, date, date, str | None]] = field(default_factory=list)
    searches: list[tuple[date, date]] = field(default_factory=list)

    def capabilities(self, lpu_code: str) -> Capabilities:
        """Tell that everything is possible, unless the test says otherwise."""
        assert lpu_code
        return replace(self.can, horizon_days=self.horizon_days)

    async def probe(self, lpu_code: str) -> str:
        """Answer at once."""
        return lpu_code

    async def get_schedule(
        self, doctor: EmiasDoctorRef, first: date, last: date, *, known_digest: str | None = None
    ) -> ScheduleWindow | Unchanged:
        """Give the next reply."""
        self.reads.append((doctor, first, last, known_digest))
        await self._delay()
        reply = self.schedules.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        """Act and answer."""
        self.journal.append("create")
        self.requests.append(request)
        await self._delay()
        assert self.created is not None
        return self.created

    async def find_appointments(
        self, lpu_code: str, patient: Patient, first: date, last: date
    ) -> tuple[RemoteAppointment, ...]:
        """List the next answer, by default nothing."""
        assert (lpu_code, patient, first <= last) == (DOCTOR.lpu_code, PATIENT, True)
        self.searches.append((first, last))
        await self._delay()
        listed = self.listed.pop(0) if self.listed else ()
        if isinstance(listed, Exception):
            raise listed
        return listed

    async def cancel_appointment(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str
    ) -> CancelOutcome:
        """Act and answer."""
        assert (lpu_code, patient, bool(reason)) == (DOCTOR.lpu_code, PATIENT, True)
        self.journal.append(f"cancel {appointment_id}")
        await self._delay()
        assert self.cancelled is not None
        return self.cancelled

    async def _delay(self) -> None:
        if self.pause:
            await self.pause.wait()
        if self.error:
            raise self.error
