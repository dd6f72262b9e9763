"""What a look at an unknown outcome means, and when absence is proved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.booking import Booking, BookingState, may_move
from gateway.domain.doubt import (
    CLOCK_SLACK,
    Absent,
    Doubt,
    Foreign,
    Found,
    LookPlan,
    Sight,
    SlotSeen,
    Unclear,
    conclude,
    match_cancelled,
    match_created,
    read_slot,
    see_slot,
    to_operator,
)
from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import MOSCOW
from gateway.domain.outcomes import Cause, Refusal, RemoteAppointment
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow
from gateway.domain.settlement import HoldFate, Settlement

S = BookingState
NOW = datetime(2026, 11, 23, 10, tzinfo=MOSCOW)
START = NOW + timedelta(days=1)
DOCTOR = EmiasDoctorRef("0101", "700")
ID = UUID("6f0e3c5a-3a2d-4f5e-9f61-0d7c7b1c2a33")
OTHER_REF = "9a1b7c1e-0c53-4c8b-8a57-2b8f4d9c6e10"
PLAN = LookPlan()
LAST = len(PLAN.after)
LONG = timedelta(minutes=11)
SIGHTS: list[Sight] = [
    Found(RemoteAppointment("A1", "700", START, active=True)),
    Found(RemoteAppointment("A1", "700", START, active=False)),
    Absent(),
    Foreign(),
    Unclear("slot_busy"),
]


def a_doubt(state: BookingState = S.IN_DOUBT, age: timedelta = LONG) -> Doubt:
    """Make a doubt about a booking of `DOCTOR` at `START`."""
    booking = Booking(
        id=ID,
        state=state,
        slot_id=uuid4(),
        lpu_code=DOCTOR.lpu_code,
        emias_doctor_id=DOCTOR.emias_doctor_id,
        doctor_id="17",
        doctor_name="Сидоров С. С.",
        starts_at=START,
        ends_at=None,
        room=None,
        token=9,
        attempt=1,
        refusal=None,
        error_code="timeout",
        emias_appointment_id="A1" if state is S.CANCEL_IN_DOUBT else None,
        ticket=None,
        updated_at=NOW,
    )
    return Doubt(booking, None, 0, NOW, age)


def row(**changes: object) -> RemoteAppointment:
    """Make the appointment that our create call makes, changed."""
    made = RemoteAppointment(
        "A1", "700", START, active=True, ticket="T1", created_at=NOW + timedelta(seconds=1), client_ref=str(ID)
    )
    return replace(made, **changes)  # type: ignore[arg-type] # a test names the fields itself


def test_the_plan_keeps_its_distances() -> None:
    """Looks come at 5 s, 30 s, 2 min and 10 min, later ones every ten minutes; each counts from the one before."""
    waits = [PLAN.first, *(PLAN.wait(looks) for looks in range(1, LAST))]
    assert [sum(waits[:count], timedelta()) for count in range(1, LAST + 1)] == list(PLAN.after)
    assert PLAN.wait(LAST) == PLAN.wait(LAST + 7) == PLAN.every


@given(st.lists(st.floats(0.1, 1000), min_size=1, max_size=8, unique=True), st.integers(0, 20))
def test_any_plan_waits_forward(seconds: list[float], looks: int) -> None:
    """Whatever ascending plan is set, every wait is longer than nothing."""
    after = tuple(timedelta(seconds=second) for second in sorted(seconds))
    if all(early < late for early, late in pairwise(after)):
        assert LookPlan(after).wait(looks) > timedelta()


@given(st.integers(0, 10), st.integers(0, 3600))
def test_absence_is_proved_by_the_last_look_only(looks: int, seconds: int) -> None:
    """Nothing is proved before the last planned look, nor before ten minutes have passed."""
    assert PLAN.is_proof(looks, timedelta(seconds=seconds)) == (looks >= LAST and seconds >= 600)


@pytest.mark.parametrize(
    ("failure", "seconds"),
    [
        (EmiasFailure(Cause.TIMEOUT), 5),
        (EmiasFailure(Cause.RATE_LIMITED, retry_after=17), 17),
        (EmiasFailure(Cause.RATE_LIMITED, retry_after=86_400), 60),
        (EmiasFailure(Cause.RATE_LIMITED, retry_after=-3), 5),
        (EmiasFailure(Cause.BREAKER, retry_after=40), 5),
        (EmiasFailure(Cause.BUDGET, retry_after=40), 5),
    ],
    ids=repr,
)
def test_a_look_that_was_not_answered_is_soon_tried_again(failure: EmiasFailure, seconds: int) -> None:
    """EMIAS's own wish is heard up to a minute; our own restraint is asked again at once."""
    assert PLAN.wait_blind(failure) == timedelta(seconds=seconds)


@pytest.mark.parametrize("echoes", [True, False])
@pytest.mark.parametrize(
    ("listed", "sight"),
    [
        ((), Absent()),
        ((row(),), Found(row())),
        ((row(client_ref=str(ID).upper()),), Found(row(client_ref=str(ID).upper()))),
        ((row(active=False),), Found(row(active=False))),
        ((row(active=False), row(appointment_id="A2")), Found(row(appointment_id="A2"))),
        ((row(client_ref=OTHER_REF),), Foreign()),
        ((row(client_ref=OTHER_REF, active=False),), Absent()),
        ((row(client_ref=OTHER_REF), row(appointment_id="A2")), Found(row(appointment_id="A2"))),
        ((row(client_ref=None, emias_doctor_id="701"),), Absent()),
        ((row(client_ref=None, starts_at=START + timedelta(minutes=12)),), Absent()),
        ((row(starts_at=START + timedelta(minutes=12)),), Unclear("made_elsewhere")),
        ((row(emias_doctor_id="701"),), Unclear("made_elsewhere")),
        ((row(client_ref=None, created_at=NOW - CLOCK_SLACK - timedelta(seconds=1)),), Foreign()),
    ],
    ids=repr,
)
def test_the_appointment_is_known_by_doctor_start_and_reference(
    listed: tuple[RemoteAppointment, ...], sight: Sight, *, echoes: bool
) -> None:
    """Only an appointment with our doctor, our start and no other reference than ours is credited to the booking."""
    assert match_created(a_doubt(), listed, echoes_client_ref=echoes) == sight


def test_without_references_the_time_of_making_decides() -> None:
    """Where the contract gives no references, one made since our attempt is ours; two of them are not told apart."""
    ours, undated = row(client_ref=None), row(client_ref=None, created_at=None)
    assert match_created(a_doubt(), [ours], echoes_client_ref=False) == Found(ours)
    assert match_created(a_doubt(), [undated], echoes_client_ref=False) == Found(undated)
    assert match_created(a_doubt(), [ours, undated], echoes_client_ref=False) == Unclear("several_alike")
    assert match_created(a_doubt(), [ours], echoes_client_ref=True) == Foreign()


def test_what_was_to_be_cancelled_is_known_by_its_id() -> None:
    """Another appointment of the same doctor and start says nothing of ours."""
    doubt = a_doubt(S.CANCEL_IN_DOUBT)
    gone = row(active=False)
    assert match_cancelled(doubt, [row(appointment_id="A2"), gone]) == Found(gone)
    assert match_cancelled(doubt, [row(appointment_id="A2")]) == Unclear("appointment_not_listed")


@pytest.mark.parametrize(
    ("slots", "lists_busy", "seen"),
    [
        ((RemoteSlot(START, "s", is_free=True),), True, SlotSeen.FREE),
        ((RemoteSlot(START, "s", is_free=False),), True, SlotSeen.BUSY),
        ((RemoteSlot(START, "s", is_free=False), RemoteSlot(START, "t", is_free=True)), True, SlotSeen.FREE),
        ((RemoteSlot(START + timedelta(minutes=12), "s", is_free=True),), True, SlotSeen.UNLISTED),
        ((RemoteSlot(START + timedelta(minutes=12), "s", is_free=True),), False, SlotSeen.BUSY),
    ],
)
def test_a_slot_is_seen_as_the_schedule_shows_it(
    slots: tuple[RemoteSlot, ...], seen: SlotSeen, *, lists_busy: bool
) -> None:
    """Where busy slots are not listed a missing one is busy, else it is nowhere."""
    window = ScheduleWindow(DOCTOR, slots, START.date(), START.date(), "digest")
    assert see_slot(window, START, lists_busy=lists_busy) is seen


def test_a_day_that_the_reply_does_not_cover_says_nothing() -> None:
    """Absence outside the covered days proves nothing."""
    window = ScheduleWindow(DOCTOR, (), date(2026, 1, 1), date(2026, 1, 2), "digest")
    assert see_slot(window, START, lists_busy=False) is SlotSeen.UNLISTED


@pytest.mark.parametrize("seen", SlotSeen)
def test_only_a_free_slot_says_anything(seen: SlotSeen) -> None:
    """A busy slot may be ours or another patient's."""
    assert read_slot(seen) == (Absent() if seen is SlotSeen.FREE else Unclear(seen.value))


@pytest.mark.parametrize("looks", range(1, LAST))
@pytest.mark.parametrize("sight", [Absent(), Foreign(), Unclear("slot_busy")], ids=repr)
def test_before_the_last_look_nothing_is_decided(sight: Sight, looks: int) -> None:
    """EMIAS may commit late: whatever is not found is looked for again."""
    for has_look_up in (True, False):
        following = conclude(a_doubt(age=timedelta()), sight, PLAN, looks=looks, has_look_up=has_look_up)
        assert following == PLAN.wait(looks)


def test_what_is_found_is_booked_at_the_first_look() -> None:
    """The booking takes over the id and the ticket, spends its hold and takes the slot off sale."""
    assert conclude(a_doubt(age=timedelta()), Found(row()), PLAN, looks=1, has_look_up=True) == Settlement(
        S.BOOKED, "found", HoldFate.SPENT, slot_gone=True, emias_appointment_id="A1", ticket="T1"
    )


def test_proved_absence_frees_the_booking_and_not_the_slot() -> None:
    """The slot stays off sale until EMIAS, read again at once, shows it free."""
    assert conclude(a_doubt(), Absent(), PLAN, looks=LAST, has_look_up=True) == Settlement(
        S.FAILED, "proved_absent", HoldFate.SPENT, slot_gone=True, read_again=True
    )
    rejected = conclude(a_doubt(), Foreign(), PLAN, looks=LAST, has_look_up=True)
    assert isinstance(rejected, Settlement)
    assert (rejected.state, rejected.refusal, rejected.slot_gone) == (S.REJECTED, Refusal.SLOT_TAKEN, True)


def test_an_appointment_cancelled_by_others_is_not_booked() -> None:
    """Ours, but cancelled meanwhile: the booking has failed, and its id is kept."""
    following = conclude(a_doubt(), Found(row(active=False)), PLAN, looks=1, has_look_up=True)
    assert isinstance(following, Settlement)
    assert (following.state, following.cause, following.emias_appointment_id) == (S.FAILED, "found_cancelled", "A1")


def test_what_stays_unclear_is_the_operator_s() -> None:
    """Without a look-up after the last look, with one after a day; the evidence tells what was seen."""
    unclear = Unclear("slot_busy")
    assert conclude(a_doubt(), unclear, PLAN, looks=LAST, has_look_up=True) == PLAN.every
    without = conclude(a_doubt(), unclear, PLAN, looks=LAST, has_look_up=False)
    assert without == to_operator(a_doubt(), "slot_busy", LAST)
    day = a_doubt(age=PLAN.give_up)
    late = conclude(day, unclear, PLAN, looks=150, has_look_up=True)
    assert isinstance(late, Settlement)
    assert late.state is S.MANUAL
    assert late.evidence is not None


def test_a_cancel_is_believed_when_it_is_seen() -> None:
    """Cancelled in EMIAS, or its slot free again, is cancelled; still active after the last look is booked again."""
    doubt = a_doubt(S.CANCEL_IN_DOUBT)
    young = a_doubt(S.CANCEL_IN_DOUBT, timedelta())
    gone, kept = Found(row(active=False)), Found(row())
    assert conclude(young, gone, PLAN, looks=1, has_look_up=True) == Settlement(
        S.CANCELLED, "found_cancelled", read_again=True
    )
    assert conclude(young, Absent(), PLAN, looks=1, has_look_up=False) == Settlement(
        S.CANCELLED, "appointment_gone", read_again=True
    )
    assert conclude(young, kept, PLAN, looks=1, has_look_up=True) == PLAN.wait(1)
    assert conclude(doubt, kept, PLAN, looks=LAST, has_look_up=True) == Settlement(S.BOOKED, "cancel_absent")


@pytest.mark.parametrize("state", [S.IN_DOUBT, S.CANCEL_IN_DOUBT])
@pytest.mark.parametrize("sight", SIGHTS, ids=repr)
@pytest.mark.parametrize("has_look_up", [True, False])
@pytest.mark.parametrize("looks", [1, LAST, LAST + 200])
def test_every_end_is_a_legal_move(state: BookingState, sight: Sight, looks: int, *, has_look_up: bool) -> None:
    """Whatever is concluded leads where the table of moves allows; a doubt that lasts a day always ends."""
    doubt = a_doubt(state, timedelta(days=2))
    following = conclude(doubt, sight, PLAN, looks=looks, has_look_up=has_look_up)
    if isinstance(following, Settlement):
        assert may_move(state, following.state)
    else:
        assert looks < LAST
