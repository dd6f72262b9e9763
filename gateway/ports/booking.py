"""What a booking needs: its ledger, and the answers kept under idempotency keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from gateway.domain.booking import Booking
from gateway.domain.directory import FreeSlot
from gateway.domain.hold import Holder
from gateway.domain.identity import IdentitySource, PolicyMark
from gateway.domain.patient import Patient
from gateway.domain.settlement import Settlement

__all__ = [
    "BookingLedger",
    "IdempotencyBook",
    "IdempotencyKey",
    "Intent",
    "Replay",
    "Retold",
    "Started",
]


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A caller's key, bound to its API key and to one operation (`book` or `cancel`).

    `run` names this very request among those that bring the same key.
    """

    api_key_id: str
    operation: str
    key: str
    run: UUID = field(default_factory=uuid4, compare=False)


@dataclass(frozen=True, slots=True)
class Intent:
    """A booking about to be sent: written down before EMIAS is called.

    `retry_of` is the failed booking that it tries again, for which `actor` has asked; else the holder's key has.
    """

    booking_id: UUID
    holder: Holder
    hold_id: UUID
    patient: Patient
    referral: str | None = field(repr=False)
    contact: str | None = field(repr=False)
    idempotency: IdempotencyKey | None
    source: IdentitySource = IdentitySource.MANUAL
    policy_mark: PolicyMark = PolicyMark.TYPED
    retry_of: UUID | None = None
    actor: str | None = None


class BookingLedger(Protocol):
    """The bookings: every step of each is a row before it is an act."""

    async def open(self, intent: Intent) -> tuple[Booking, FreeSlot]:
        """Commit the intent as `submitting`; raise `NotFound`, `HoldExpired` or `SlotTaken`."""

    async def settle(self, booking_id: UUID, token: int, settlement: Settlement, *, actor: str) -> Booking | None:
        """Commit what came of it; None when the token is no longer the row's (somebody else has decided)."""

    async def name(self, booking_id: UUID, token: int, appointment_id: str, ticket: str | None) -> bool:
        """Write down which appointment a booking is that EMIAS made without naming one.

        False when the token is no longer the row's, or it has been named.
        """

    async def note_attempt(self, booking_id: UUID, token: int, cause: str, *, actor: str) -> bool:
        """Commit that a call under way is about to be sent again.

        False when the token is no longer the row's, or an operator has stopped its retries.
        """

    async def get(self, site_id: int, booking_id: UUID) -> Booking:
        """Return a booking of the site; raise `NotFound`."""

    async def look_up(self, site_id: int, ticket: str, birth_date: date) -> Booking:
        """Find a booking by what its patient knows; raise `NotFound` whichever is wrong."""

    async def open_cancel(
        self, holder: Holder, booking_id: UUID, idempotency: IdempotencyKey | None, actor: str | None = None
    ) -> tuple[Booking, Patient]:
        """Commit `cancelling`, asked for by `actor`, else by the holder's key.

        Raise `NotFound`, or `NotCancellable` from any state but `booked`.
        """


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
