"""What EMIAS's look-up makes of an operator's word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.booking import BookingState, may_move
from gateway.domain.outcomes import RemoteAppointment
from gateway.domain.settlement import Settlement
from gateway.domain.wish import Said
from gateway.domain.wish_proof import judge_absent, judge_booked
from tests.unit.domain.test_doubt import ID, OTHER_REF, START, a_doubt

S = BookingState
OURS = RemoteAppointment("A1", "700", START, active=True, ticket="T-1", client_ref=str(ID))
PROOF = timedelta(minutes=10)
APPOINTMENTS = st.builds(
    RemoteAppointment,
    appointment_id=st.sampled_from(["A1", "A2"]),
    emias_doctor_id=st.sampled_from(["700", "701"]),
    starts_at=st.sampled_from([START, START + timedelta(hours=1)]),
    active=st.booleans(),
    client_ref=st.sampled_from([None, str(ID), OTHER_REF]),
)


def _booked(
    listed: Sequence[RemoteAppointment] | None, wanted: str = "A1", *, was_cancel: bool = False
) -> Settlement | Said:
    doubt = a_doubt(S.CANCEL_IN_DOUBT if was_cancel else S.MANUAL)
    return judge_booked(doubt, was_cancel=was_cancel, wanted=wanted, listed=listed, echoes=True, proof_after=PROOF)


def _absent(
    listed: Sequence[RemoteAppointment] | None, *, was_cancel: bool = False, age: timedelta = timedelta(minutes=11)
) -> Settlement | Said:
    doubt = a_doubt(S.CANCEL_IN_DOUBT if was_cancel else S.MANUAL, age)
    return judge_absent(doubt, was_cancel=was_cancel, listed=listed, echoes=True, proof_after=PROOF)


@given(listed=st.lists(APPOINTMENTS, max_size=4), wanted=st.sampled_from(["", "A1", "A2"]))
def test_only_a_standing_appointment_of_this_booking_books(listed: list[RemoteAppointment], wanted: str) -> None:
    """Whatever EMIAS lists, a booking is booked only by an active appointment at its place that is no other's."""
    verdict = _booked(listed, wanted)
    if isinstance(verdict, Settlement):
        proofs = [row for row in listed if row.appointment_id == verdict.emias_appointment_id and row.active]
        assert any(
            (row.emias_doctor_id, row.starts_at) == ("700", START) and row.client_ref in {None, str(ID)}
            for row in proofs
        )
        assert may_move(S.MANUAL, verdict.state)


@given(listed=st.lists(APPOINTMENTS, max_size=4))
def test_what_may_stand_is_never_absent(listed: list[RemoteAppointment]) -> None:
    """A booking never fails while EMIAS lists an active appointment that carries its reference."""
    verdict = _absent(listed)
    if isinstance(verdict, Settlement):
        assert not any(row.active and row.client_ref == str(ID) for row in listed)
        assert may_move(S.MANUAL, verdict.state)


@given(listed=st.none() | st.lists(APPOINTMENTS, max_size=4), seconds=st.integers(0, 599))
def test_nothing_is_absent_while_emias_may_still_commit(listed: list[RemoteAppointment] | None, seconds: int) -> None:
    """Before the doubt is as old as the last look of the plan no word frees the booking."""
    verdict = _absent(listed, age=timedelta(seconds=seconds))
    assert isinstance(verdict, Said)
    assert "мин" in verdict.russian


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (RemoteAppointment("A1", "700", START, active=False), "отменена"),
        (RemoteAppointment("A1", "701", START, active=True), "другому врачу"),
        (RemoteAppointment("A1", "700", START, active=True, client_ref=OTHER_REF), "не этим"),
        (RemoteAppointment("A9", "700", START, active=True), "нет"),
    ],
)
def test_a_wrong_id_is_refused_with_the_reason(row: RemoteAppointment, told: str) -> None:
    """The operator reads in what EMIAS and the word differ."""
    verdict = _booked([row])
    assert isinstance(verdict, Said)
    assert told in verdict.russian


def test_a_word_without_a_look_up_needs_the_id() -> None:
    """Where nothing can be looked up the id is asked for, and taken as it is."""
    assert isinstance(_booked(None, ""), Said)
    verdict = _booked(None, "A7")
    assert isinstance(verdict, Settlement)
    assert (verdict.cause, verdict.emias_appointment_id) == ("operator_word", "A7")


def test_a_cancel_in_doubt_ends_as_emias_shows_it() -> None:
    """An appointment that stands is booked and not absent; a cancelled one is cancelled and not booked."""
    gone = RemoteAppointment("A1", "700", START, active=False)
    doubt = a_doubt(S.CANCEL_IN_DOUBT)
    assert doubt.booking.emias_appointment_id in {None, "A1"}
    verdicts = [_absent([gone], was_cancel=True), _absent(None, was_cancel=True), _booked(None, was_cancel=True)]
    states = [verdict.state for verdict in verdicts if isinstance(verdict, Settlement)]
    assert states == [S.CANCELLED, S.CANCELLED, S.BOOKED]


def test_one_that_carries_our_reference_is_found_without_an_id() -> None:
    """The look-up finds the appointment by our own reference and brings its ticket."""
    verdict = _booked([OURS], "")
    assert isinstance(verdict, Settlement)
    assert (verdict.cause, verdict.emias_appointment_id, verdict.ticket) == ("operator_proved", "A1", "T-1")
