"""What the services need of the outside, each by the need and not by the vendor.

Adapters: `gateway.emias` (Emias), `gateway.bitrix` (DoctorSource), `gateway.holds` (Gate, Budget), `gateway.store` (all
the rest).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Protocol
from uuid import UUID

from gateway.domain.booking import Booking
from gateway.domain.diff import KnownSlot, SlotDiff
from gateway.domain.directory import Alternative, Doctor, DoctorSlots, FeedDoctor, FreeSlot, Specialty
from gateway.domain.hold import Hold, Holder
from gateway.domain.outcomes import CancelOutcome, Capabilities, Cause, CreateOutcome, RemoteAppointment
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow, Unchanged
from gateway.domain.settlement import Settlement

__all__ = [
    "ApiKey",
    "AppointmentRequest",
    "BookingLedger",
    "Budget",
    "Changes",
    "Clock",
    "Directory",
    "DoctorFilter",
    "DoctorMirror",
    "DoctorSnapshot",
    "DoctorSource",
    "DueDoctor",
    "Emias",
    "Gate",
    "GateAnswer",
    "HoldLedger",
    "HoldLimits",
    "Housekeeping",
    "IdempotencyBook",
    "IdempotencyKey",
    "Intent",
    "KeyRing",
    "MirrorSummary",
    "Replay",
    "Retold",
    "SlotSighting",
    "Started",
    "SyncBook",
    "SyncFigures",
    "Written",
]


class Clock(Protocol):
    """The time of day for dates and display; expiry is judged by the database's clock only."""

    def now(self) -> datetime:
        """Return the present instant in Moscow."""


# --- EMIAS ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AppointmentRequest:
    """What the create call needs; `client_ref` is our booking id, for contracts that carry one."""

    doctor: EmiasDoctorRef
    emias_slot_id: str
    starts_at: datetime
    patient: Patient
    client_ref: str
    referral: str | None = None


class Emias(Protocol):
    """An electronic registry of appointments. Reads raise `EmiasFailure`; writes answer an outcome and never raise."""

    def capabilities(self, lpu_code: str) -> Capabilities:
        """Tell what the institution's contract can do."""

    async def probe(self, lpu_code: str) -> str:
        """Make the cheapest read-only call and return the version that EMIAS names."""

    async def get_schedule(
        self, doctor: EmiasDoctorRef, first: date, last: date, *, known_digest: str | None = None
    ) -> ScheduleWindow | Unchanged:
        """Read a doctor's slots over a range of days, both included; `Unchanged` when the digest is the known one."""

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        """Ask EMIAS for the appointment, once."""

    async def find_appointments(
        self, lpu_code: str, patient: Patient, first: date, last: date
    ) -> tuple[RemoteAppointment, ...]:
        """List the patient's appointments in the institution over a range of days, cancelled ones too."""

    async def cancel_appointment(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str
    ) -> CancelOutcome:
        """Ask EMIAS to cancel the appointment, once."""


class Budget(Protocol):
    """The calls that an institution's EMIAS grants us, shared by every replica."""

    def spend(self, lpu_code: str, *, for_booking: bool) -> AbstractAsyncContextManager[None]:
        """Wait for a place among the calls, within bounds; raise `EmiasFailure(Cause.BUDGET)` when none comes free."""


# --- Bitrix --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DoctorSnapshot:
    """The whole of the site's list; `illegible` names the elements that are there but cannot be read.

    An illegible element changes nothing: neither is a doctor made of it, nor does a known one count as missing.
    """

    doctors: tuple[FeedDoctor, ...]
    illegible: frozenset[str] = frozenset()


class DoctorSource(Protocol):
    """The site's own list of doctors."""

    async def snapshot(self) -> DoctorSnapshot:
        """Read every doctor, complete or not at all; raise `MirrorRefused` otherwise."""


@dataclass(frozen=True, slots=True)
class MirrorSummary:
    """What a mirror pass changed, in doctors."""

    added: int = 0
    changed: int = 0
    missing: int = 0
    removed: int = 0
    unmapped: int = 0


class DoctorMirror(Protocol):
    """The local copy of the site's doctors."""

    async def apply(self, site_id: int, snapshot: DoctorSnapshot) -> MirrorSummary:
        """Bring the copy up to a complete snapshot; raise `MirrorRefused` when it would remove too many."""

    async def refused(self, site_id: int, reason: str) -> None:
        """Write down that a snapshot was not believed, and why."""


# --- Reading -------------------------------------------------------------------------------------------------------


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
    """How the mirror stands: the oldest read among bookable doctors, how many lag, how institutions answer."""

    oldest_as_of: datetime | None
    lagging: int
    doctors: int
    silent_institutions: tuple[str, ...]
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
        """Yield (`slots`, EMIAS doctor row id), (`directory`, ``), (`keys`, key id).

        (`lost`, ``) says that some may have been missed.
        """


# --- Holds ---------------------------------------------------------------------------------------------------------


class GateAnswer(Enum):
    """What the gate says to one who wants a slot."""

    ENTERED = "entered"
    OCCUPIED = "occupied"
    ABSENT = "absent"


class Gate(Protocol):
    """The quick lock in front of the holds, by public slot id; when it is absent the table alone decides."""

    async def enter(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> GateAnswer:
        """Try to be the one who goes on to the table."""

    async def extend(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> None:
        """Keep the gate for longer, if it is still the owner's."""

    async def leave(self, slot_id: UUID, owner: UUID) -> None:
        """Open the gate, if it is still the owner's."""


@dataclass(frozen=True, slots=True)
class HoldLimits:
    """How many slots one visitor and one key may hold at once."""

    per_visitor: int
    per_key: int


class HoldLedger(Protocol):
    """The holds themselves, by the database's clock."""

    async def take(self, hold_id: UUID, holder: Holder, slot: FreeSlot, limits: HoldLimits, *, verified: bool) -> Hold:
        """Write the hold; raise `SlotHeld`, `SlotTaken` or `TooManyHolds`."""

    async def renew(self, holder: Holder, hold_id: UUID) -> Hold:
        """Lengthen a living hold; raise `NotFound`, `HoldExpired` or `RenewalsExhausted`."""

    async def release(self, holder: Holder, hold_id: UUID) -> UUID | None:
        """End a hold that no booking is using and return its slot id; None when there was nothing to end."""


# --- Bookings ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A caller's key, bound to its API key and to one operation (`book` or `cancel`)."""

    api_key_id: str
    operation: str
    key: str


@dataclass(frozen=True, slots=True)
class Intent:
    """A booking about to be sent: written down before EMIAS is called."""

    booking_id: UUID
    holder: Holder
    hold_id: UUID
    patient: Patient
    referral: str | None
    contact: str | None
    idempotency: IdempotencyKey | None


class BookingLedger(Protocol):
    """The bookings: every step of each is a row before it is an act."""

    async def open(self, intent: Intent) -> tuple[Booking, FreeSlot]:
        """Commit the intent as `submitting`; raise `NotFound`, `HoldExpired` or `SlotTaken`."""

    async def settle(self, booking_id: UUID, token: int, settlement: Settlement, *, actor: str) -> Booking | None:
        """Commit what came of it; None when the token is no longer the row's (somebody else has decided)."""

    async def get(self, site_id: int, booking_id: UUID) -> Booking:
        """Return a booking of the site; raise `NotFound`."""

    async def look_up(self, site_id: int, ticket: str, birth_date: date) -> Booking:
        """Find a booking by what its patient knows; raise `NotFound` whichever is wrong."""

    async def open_cancel(
        self, holder: Holder, booking_id: UUID, idempotency: IdempotencyKey | None
    ) -> tuple[Booking, Patient]:
        """Commit `cancelling`; raise `NotFound`, or `NotCancellable` from any state but `booked`."""


@dataclass(frozen=True, slots=True)
class Started:
    """The key is new (or its first run died before it did anything): go on."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The key's first run ended with this answer."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Retold:
    """The key's first run left a booking: answer with its present state."""

    booking_id: UUID


class IdempotencyBook(Protocol):
    """What was answered under each key, for a day and more."""

    async def begin(self, key: IdempotencyKey, fingerprint: bytes, lease: timedelta) -> Started | Replay | Retold:
        """Claim the key; raise `IdempotencyReused` or `IdempotencyInProgress`."""

    async def finish(self, key: IdempotencyKey, status: int, body: bytes) -> None:
        """Keep the final answer."""

    async def leave_open(self, key: IdempotencyKey) -> None:
        """End the run without a final answer: later calls are told the booking's state."""

    async def forget(self, key: IdempotencyKey) -> None:
        """Free a key whose request surely did nothing."""


# --- Keys ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A site's key without its secret."""

    id: str
    site_id: int
    site: str
    scopes: frozenset[str]
    secret_hash: bytes = field(repr=False)


class KeyRing(Protocol):
    """API keys by their public id."""

    async def find(self, key_id: str) -> ApiKey | None:
        """Return a key that is neither revoked nor unknown."""


# --- Sync ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueDoctor:
    """An EMIAS doctor whose schedule this worker has leased to read; `token` fences the lease."""

    row_id: int
    ref: EmiasDoctorRef
    token: UUID
    digest: str | None
    as_of: datetime | None
    interval: timedelta
    failures: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Written:
    """Rows of the slot table that a read changed; `kept` ones were not written."""

    inserted: int = 0
    updated: int = 0
    closed: int = 0
    kept: int = 0


class SyncBook(Protocol):
    """The due list and the slot table that it fills."""

    async def claim_due(self, limit: int, lease: timedelta) -> list[DueDoctor]:
        """Lease the doctors that are due, oldest first, skipping those that another worker has."""

    async def claim(self, doctor: EmiasDoctorRef, lease: timedelta) -> DueDoctor | None:
        """Lease one doctor now; None when another has it or EMIAS doctors do not include it."""

    async def next_due(self) -> datetime | None:
        """Return when the next doctor falls due."""

    async def all_due_now(self) -> int:
        """Make every bookable doctor due at once and count them."""

    async def known_slots(self, due: DueDoctor, first: date, last: date) -> list[KnownSlot]:
        """Read the doctor's rows over a range of days, closed ones too."""

    async def unchanged(self, due: DueDoctor, next_after: timedelta) -> bool:
        """Note a read with nothing new; False when the lease was lost (then nothing is written)."""

    async def write(
        self, due: DueDoctor, window: ScheduleWindow, diff: SlotDiff, next_after: timedelta
    ) -> Written | None:
        """Apply a diff and the new digest in one transaction; None when the lease was lost."""

    async def quarantine(self, due: DueDoctor, window: ScheduleWindow, known_free: int, next_after: timedelta) -> None:
        """Note that a reply was not believed; the slots stay as they are."""

    async def failed(self, due: DueDoctor, cause: Cause, code: str | None, next_after: timedelta) -> None:
        """Note a failed read with its cause; nobody else's rows change."""


# --- Housekeeping --------------------------------------------------------------------------------------------------


class Housekeeping(Protocol):
    """Chores of the tables that nobody waits for; several workers may do them at the same time."""

    def mirror_turn(self, site_id: int, every: timedelta) -> AbstractAsyncContextManager[bool]:
        """Keep the mirror pass of a site for one worker; False when another has it now, or had it within `every`."""

    async def make_slot_partitions(self, ahead: timedelta) -> int:
        """Make ready the months of the slot table from now on and count the new ones."""

    async def expire_holds(self) -> int:
        """Write down the holds that have run out and count them."""

    async def forget_idempotency_keys(self) -> int:
        """Remove the keys whose time is over and count them."""

    async def forget_sync_log(self, older_than: timedelta) -> int:
        """Remove the worker's old reports and count them."""
