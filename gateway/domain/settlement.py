"""What an outcome means for the booking, its hold and its slot: decided here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from gateway.domain.booking import BookingState
from gateway.domain.outcomes import (
    Booked,
    Cancelled,
    CancelOutcome,
    CreateOutcome,
    NotSent,
    Refusal,
    Rejected,
    Unknown,
)

__all__ = ["HoldFate", "LookEvidence", "Settlement", "settle_cancel", "settle_create"]


class HoldFate(StrEnum):
    """What becomes of the hold under a booking."""

    SPENT = "spent"
    RELEASED = "released"
    KEPT = "held"


@dataclass(frozen=True, slots=True)
class LookEvidence:
    """What the operator is told of a doubt: what was seen last, in how many looks, over how many seconds."""

    seen: str
    looks: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """The next state of a booking and its traces.

    `slot_gone` takes the slot off sale until EMIAS shows it free; `read_again` makes its schedule due at once.
    """

    state: BookingState
    cause: str
    hold: HoldFate | None = None
    slot_gone: bool = False
    read_again: bool = False
    emias_appointment_id: str | None = None
    ticket: str | None = None
    refusal: Refusal | None = None
    error_code: str | None = None
    evidence: Unknown | LookEvidence | None = None


_SLOT_LOST: Final = frozenset({Refusal.SLOT_TAKEN, Refusal.SLOT_LOCKED, Refusal.SLOT_GONE, Refusal.SLOT_IN_PAST})


def settle_create(outcome: CreateOutcome) -> Settlement:
    """Decide what a create call's outcome means.

    The hold outlives a refusal of the patient's data and a call that was not sent, so that the visitor can try again.
    """
    match outcome:
        case Booked():
            return Settlement(
                BookingState.BOOKED,
                "created",
                HoldFate.SPENT,
                slot_gone=True,
                emias_appointment_id=outcome.appointment_id,
                ticket=outcome.ticket,
            )
        case Rejected():
            lost = outcome.kind in _SLOT_LOST
            return Settlement(
                BookingState.REJECTED,
                outcome.kind.value,
                HoldFate.RELEASED if lost else HoldFate.KEPT,
                slot_gone=lost,
                read_again=lost,
                refusal=outcome.kind,
                error_code=outcome.code,
            )
        case NotSent():
            return Settlement(BookingState.FAILED, "not_sent", HoldFate.KEPT, error_code=outcome.cause.value)
        case Unknown():
            return Settlement(
                BookingState.IN_DOUBT,
                "outcome_unknown",
                HoldFate.SPENT,
                error_code=outcome.cause.value,
                evidence=outcome,
            )
    assert_never(outcome)


def settle_cancel(outcome: CancelOutcome) -> Settlement:
    """Decide what a cancel call's outcome means; the slot returns to sale only when EMIAS next shows it free."""
    match outcome:
        case Cancelled():
            cause = "already_cancelled" if outcome.already else "cancelled"
            return Settlement(BookingState.CANCELLED, cause, read_again=True)
        case Rejected(kind=Refusal.ALREADY_CANCELLED):
            return Settlement(BookingState.CANCELLED, "already_cancelled", read_again=True)
        case Rejected():
            return Settlement(BookingState.BOOKED, "cancel_refused", refusal=outcome.kind, error_code=outcome.code)
        case NotSent():
            return Settlement(BookingState.BOOKED, "cancel_not_sent", error_code=outcome.cause.value)
        case Unknown():
            return Settlement(
                BookingState.CANCEL_IN_DOUBT, "cancel_outcome_unknown", error_code=outcome.cause.value, evidence=outcome
            )
    assert_never(outcome)
