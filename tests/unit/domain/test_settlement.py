"""What each outcome means for the booking, its hold and its slot."""

from __future__ import annotations

import pytest

from gateway.domain.booking import BookingState, may_move
from gateway.domain.outcomes import (
    Booked,
    Cancelled,
    CancelOutcome,
    Cause,
    CreateOutcome,
    NotSent,
    Refusal,
    Rejected,
    Unknown,
)
from gateway.domain.settlement import HoldFate, Settlement, settle_cancel, settle_create

SLOT_LOST = {Refusal.SLOT_TAKEN, Refusal.SLOT_LOCKED, Refusal.SLOT_GONE, Refusal.SLOT_IN_PAST}
REFUSALS = [Rejected(kind, "E42") for kind in Refusal]
FAILURES = [outcome for cause in Cause for outcome in (NotSent(cause), Unknown(cause, 502, "x"))]
CREATED: list[CreateOutcome] = [Booked("A1", "T1"), Booked(None), *REFUSALS, *FAILURES]
CANCELLED: list[CancelOutcome] = [Cancelled(), Cancelled(already=True), *REFUSALS, *FAILURES]


@pytest.mark.parametrize("outcome", CREATED, ids=repr)
def test_every_create_outcome_is_a_legal_move(outcome: CreateOutcome) -> None:
    """From `submitting` each outcome leads where the table allows, and decides the hold's fate."""
    settlement = settle_create(outcome)
    assert may_move(BookingState.SUBMITTING, settlement.state)
    assert settlement.cause
    assert settlement.hold is not None


@pytest.mark.parametrize("outcome", CANCELLED, ids=repr)
def test_every_cancel_outcome_is_a_legal_move(outcome: CancelOutcome) -> None:
    """From `cancelling` each outcome leads where the table allows, and touches neither hold nor slot."""
    settlement = settle_cancel(outcome)
    assert may_move(BookingState.CANCELLING, settlement.state)
    assert settlement.cause
    assert (settlement.hold, settlement.slot_gone) == (None, False)


def test_a_made_appointment_spends_the_hold() -> None:
    """An appointment keeps its id and ticket, and its slot leaves the sale."""
    assert settle_create(Booked("A1", "T1")) == Settlement(
        BookingState.BOOKED, "created", HoldFate.SPENT, slot_gone=True, emias_appointment_id="A1", ticket="T1"
    )


def test_an_appointment_without_an_id_is_booked_too() -> None:
    """A contract that names no id at once still made the appointment."""
    settlement = settle_create(Booked(None))
    assert (settlement.state, settlement.emias_appointment_id) == (BookingState.BOOKED, None)


@pytest.mark.parametrize("kind", sorted(SLOT_LOST))
def test_a_lost_slot_ends_the_hold(kind: Refusal) -> None:
    """When EMIAS has sold the slot, nothing is left to hold, and its doctor is read again soon."""
    settlement = settle_create(Rejected(kind, "E1"))
    assert settlement == Settlement(
        BookingState.REJECTED, kind, HoldFate.RELEASED, slot_gone=True, read_again=True, refusal=kind, error_code="E1"
    )


@pytest.mark.parametrize("kind", sorted(set(Refusal) - SLOT_LOST))
def test_a_refused_patient_may_try_again(kind: Refusal) -> None:
    """When EMIAS refuses the patient's data or rights, the hold stays for a corrected form."""
    settlement = settle_create(Rejected(kind, "E1"))
    assert settlement == Settlement(BookingState.REJECTED, kind, HoldFate.KEPT, refusal=kind, error_code="E1")


@pytest.mark.parametrize("cause", Cause)
def test_what_was_not_sent_has_failed(cause: Cause) -> None:
    """A request that surely was not sent fails at once and leaves the hold."""
    assert settle_create(NotSent(cause, 5)) == Settlement(
        BookingState.FAILED, "not_sent", HoldFate.KEPT, error_code=cause
    )


@pytest.mark.parametrize("cause", Cause)
def test_what_is_not_known_is_in_doubt_and_never_failed(cause: Cause) -> None:
    """An unknown outcome keeps its evidence, and no other visitor gets the slot."""
    outcome = Unknown(cause, 502, "x")
    assert settle_create(outcome) == Settlement(
        BookingState.IN_DOUBT, "outcome_unknown", HoldFate.SPENT, error_code=cause, evidence=outcome
    )
    assert settle_cancel(outcome) == Settlement(
        BookingState.CANCEL_IN_DOUBT, "cancel_outcome_unknown", error_code=cause, evidence=outcome
    )


@pytest.mark.parametrize(
    ("outcome", "cause"),
    [
        (Cancelled(), "cancelled"),
        (Cancelled(already=True), "already_cancelled"),
        (Rejected(Refusal.ALREADY_CANCELLED, "E9"), "already_cancelled"),
    ],
    ids=repr,
)
def test_cancelled_once_or_before_is_cancelled(outcome: CancelOutcome, cause: str) -> None:
    """An appointment that had been cancelled before is as cancelled as any."""
    assert settle_cancel(outcome) == Settlement(BookingState.CANCELLED, cause, read_again=True)


def test_a_refused_or_unsent_cancellation_leaves_the_booking() -> None:
    """When EMIAS will not cancel or was not asked, the appointment stands."""
    assert settle_cancel(Rejected(Refusal.CANCEL_TOO_LATE, "E7")) == Settlement(
        BookingState.BOOKED, "cancel_refused", refusal=Refusal.CANCEL_TOO_LATE, error_code="E7"
    )
    assert settle_cancel(NotSent(Cause.DNS)) == Settlement(BookingState.BOOKED, "cancel_not_sent", error_code="dns")
