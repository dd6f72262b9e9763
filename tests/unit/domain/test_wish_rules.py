"""Which wishes about a booking are refused, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.booking import MOVES, BookingState
from gateway.domain.moscow import MOSCOW
from gateway.domain.wish import DECISIONS, Ending, Said, WishKind, WishState, about
from gateway.domain.wish_rules import DOUBTFUL, RETRIED_CAUSES, Standing, objection, pace_of_bulk

K, S = WishKind, BookingState
OTHER = UUID("6f0e3c5a-3a2d-4f5e-9f61-0d7c7b1c2a33")
UNSENT = Standing(
    state=S.FAILED,
    cause="not_sent",
    actor="gateway",
    since=datetime(2026, 11, 23, 10, tzinfo=MOSCOW),
    was_cancel=False,
    appointment_id=None,
    has_patient=True,
    is_ahead=True,
    retried_by=None,
    booked_since=False,
    calls_stopped=False,
)
BOOKED = replace(UNSENT, state=S.BOOKED, cause="created", appointment_id="A-1")
STANDINGS = st.builds(
    Standing,
    state=st.sampled_from(S),
    cause=st.sampled_from(["not_sent", "proved_absent", "absent_by_word", "found_cancelled", "created", ""]),
    actor=st.just("gateway"),
    since=st.just(UNSENT.since),
    was_cancel=st.booleans(),
    appointment_id=st.sampled_from([None, "A-1"]),
    has_patient=st.booleans(),
    is_ahead=st.booleans(),
    retried_by=st.sampled_from([None, OTHER]),
    booked_since=st.booleans(),
    calls_stopped=st.booleans(),
)


@given(standing=STANDINGS)
def test_a_retry_never_touches_what_may_have_been_made(standing: Standing) -> None:
    """Only a failed booking that is proved not to be in EMIAS, and has no retry, may be retried."""
    if objection(K.RETRY_BOOKING, standing) is None:
        assert standing.state is S.FAILED
        assert standing.cause in RETRIED_CAUSES
        assert standing.retried_by is None
        assert not standing.booked_since
        assert standing.has_patient
        assert standing.is_ahead


@given(standing=STANDINGS, kind=st.sampled_from(sorted(DECISIONS)))
def test_what_is_allowed_is_a_legal_move(standing: Standing, kind: WishKind) -> None:
    """No rule lets a wish lead a booking where the states do not."""
    if objection(kind, standing) is None:
        wanted = {
            K.CANCEL_BOOKING: {S.CANCELLING},
            K.RESOLVE_BOOKED: {S.BOOKED},
            K.RESOLVE_ABSENT: {S.FAILED, S.CANCELLED},
        }
        assert kind is K.RETRY_BOOKING or MOVES[standing.state] & wanted[kind]


@given(standing=STANDINGS, kind=st.sampled_from(sorted(DECISIONS)))
def test_every_refusal_speaks_both_languages(standing: Standing, kind: WishKind) -> None:
    """A refusal is a sentence in Russian with the English beside it."""
    said = objection(kind, standing)
    if said is not None:
        assert said.russian
        assert said.english.isascii()
        assert str(said).count(" · ") == 1


@pytest.mark.parametrize("state", sorted(DOUBTFUL))
def test_doubt_is_resolved_and_nothing_else(state: BookingState) -> None:
    """A doubtful booking may be resolved both ways; it is neither cancelled nor retried."""
    standing = replace(UNSENT, state=state)
    allowed = {kind for kind in DECISIONS if objection(kind, standing) is None}
    assert allowed == {K.RESOLVE_BOOKED, K.RESOLVE_ABSENT}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"cause": "absent_by_word"}, "доказательства"),
        ({"cause": "found_cancelled"}, "доказательства"),
        ({"retried_by": OTHER}, "повторили"),
        ({"booked_since": True}, "сам"),
        ({"is_ahead": False}, "прошло"),
        ({"has_patient": False}, "стёрты"),
        ({"calls_stopped": True}, "остановлен"),
    ],
)
def test_each_obstacle_of_a_retry_is_named(changes: dict[str, object], told: str) -> None:
    """The first thing that stands against a retry is what the person reads."""
    assert objection(K.RETRY_BOOKING, UNSENT) is None
    said = objection(K.RETRY_BOOKING, replace(UNSENT, **changes))  # type: ignore[arg-type]  # one table for all fields
    assert said is not None
    assert told in said.russian


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"appointment_id": None}, "номер"), ({"has_patient": False}, "стёрты"), ({"calls_stopped": True}, "остановлен")],
)
def test_each_obstacle_of_a_cancel_is_named(changes: dict[str, object], told: str) -> None:
    """A booked booking is cancelled unless something that EMIAS needs is missing."""
    assert objection(K.CANCEL_BOOKING, BOOKED) is None
    said = objection(K.CANCEL_BOOKING, replace(BOOKED, **changes))  # type: ignore[arg-type]  # one table for all fields
    assert said is not None
    assert told in said.russian


@given(failed=st.integers(0, 1000))
def test_a_bulk_slows_down_within_bounds(failed: int) -> None:
    """Failures in a row make the steps rarer, never slower than one a minute and never faster than one a second."""
    pace = pace_of_bulk(failed)
    assert timedelta(seconds=1) <= pace <= timedelta(minutes=1)
    assert pace <= pace_of_bulk(failed + 1)


def test_a_subject_is_named_as_logs_do() -> None:
    """Each kind's subject has its noun."""
    nouns = {about(kind, "7").partition(":")[0] for kind in WishKind}
    assert nouns == {"booking", "emias_doctor", "mapping", "institution"}


def test_an_ending_keeps_what_was_found() -> None:
    """What was said and found goes with the state."""
    made = Ending.failed(Said("нет", "no"), cause="timeout")
    assert (made.state, str(made.said), made.data) == (WishState.FAILED, "нет · no", {"cause": "timeout"})
