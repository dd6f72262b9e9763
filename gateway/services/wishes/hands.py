"""Which hand carries out which kind of wish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.wish import WishKind
from gateway.ports import BookingLedger, CaseBook, Clock, Emias, IdempotencyBook, SwitchTurner, WishBook
from gateway.services.book import Book
from gateway.services.cancel import Cancel
from gateway.services.hold import HoldSlot
from gateway.services.refresh import Refresh
from gateway.services.wishes.bulk import RetryingMany
from gateway.services.wishes.cancelling import Cancelling
from gateway.services.wishes.carry_out import CarryOut, Hand
from gateway.services.wishes.reading import Reading
from gateway.services.wishes.resolving import Resolving
from gateway.services.wishes.retrying import Retrying
from gateway.services.wishes.switching import Switching

__all__ = ["Tools", "make_hands"]


@dataclass(frozen=True, slots=True)
class Tools:
    """What the hands work with; `proof_after` is the age of a doubt from which EMIAS commits no more."""

    wishes: WishBook
    cases: CaseBook
    ledger: BookingLedger
    idempotency: IdempotencyBook
    switches: SwitchTurner
    emias: Emias
    clock: Clock
    hold: HoldSlot
    book: Book
    cancel: Cancel
    refresh: Refresh
    proof_after: timedelta
    lease: timedelta


def make_hands(tools: Tools) -> CarryOut:
    """Join every kind of wish to its hand."""
    return CarryOut(tools.wishes, _hands(tools), tools.lease)


def _hands(tools: Tools) -> Mapping[WishKind, Hand]:
    cases, lease = tools.cases, tools.lease
    resolving = Resolving(cases, tools.ledger, tools.emias, tools.proof_after, lease)
    reading = Reading(cases, tools.emias, tools.refresh, tools.clock)
    switching = Switching(tools.switches, tools.wishes)
    return {
        WishKind.RESOLVE_BOOKED: resolving.carry,
        WishKind.RESOLVE_ABSENT: resolving.carry,
        WishKind.CANCEL_BOOKING: Cancelling(cases, tools.cancel).carry,
        WishKind.RETRY_BOOKING: Retrying(cases, tools.idempotency, tools.ledger, tools.hold, tools.book, lease).carry,
        WishKind.REFRESH_DOCTOR: reading.refresh_doctor,
        WishKind.TEST_MAPPING: reading.test_mapping,
        WishKind.SWITCH: switching.turn,
        WishKind.RETRY_FAILED: RetryingMany(cases, tools.wishes).carry,
        WishKind.PAUSE_RETRIES: switching.pause,
        WishKind.RESUME_RETRIES: switching.pause,
    }
