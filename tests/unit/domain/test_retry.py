"""What may be sent again, and when."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from gateway.domain.retry import (
    Again,
    RetryRules,
    class_of_read,
    class_of_write,
    full_jitter,
    pause_before_again,
    was_asked,
)

RULES = RetryRules()
MOMENTARY = (Cause.DNS, Cause.CONNECT, Cause.TLS, Cause.POOL)
chances = st.floats(0, 1)
waits = st.none() | st.floats(0, 1e6)
outcomes = st.one_of(
    st.builds(Booked, st.none()),
    st.builds(Cancelled, st.booleans()),
    st.builds(Rejected, st.sampled_from(Refusal), st.just("E1")),
    st.builds(NotSent, st.sampled_from(Cause), waits),
    st.builds(Unknown, st.sampled_from(Cause), retry_after=waits),
)


@pytest.mark.parametrize(
    ("outcome", "again"),
    [
        (Booked("A1"), Again.FINAL),
        (Cancelled(), Again.FINAL),
        (Rejected(Refusal.SLOT_TAKEN, "E1"), Again.FINAL),
        (Rejected(Refusal.SLOT_LOCKED, "E1"), Again.SAFE),
        *((NotSent(cause), Again.SAFE) for cause in Cause),
        *((Unknown(cause), Again.ONLY_AFTER_PROOF) for cause in Cause),
    ],
    ids=repr,
)
def test_each_outcome_has_one_class(outcome: CreateOutcome, again: Again) -> None:
    """Not sent is safe, unknown waits for a proof, and what EMIAS answered is final."""
    assert class_of_write(outcome) is again


def test_every_kind_of_outcome_is_classed() -> None:
    """No member of the closed sets is left out of the cases above."""
    classed = {Booked, Cancelled, Rejected, NotSent, Unknown}
    assert {*get_args(CreateOutcome), *get_args(CancelOutcome)} == classed


def test_reads_are_safe_but_for_a_refusal() -> None:
    """A read changes nothing; a refusal would only be repeated."""
    assert {cause for cause in Cause if class_of_read(cause) is Again.FINAL} == {Cause.REFUSED}


def test_our_own_restraint_says_nothing_of_emias() -> None:
    """Breaker, budget, a full pool and the operator's switch keep a call back before EMIAS is turned to."""
    assert {cause for cause in Cause if not was_asked(cause)} == {
        Cause.BREAKER,
        Cause.BUDGET,
        Cause.POOL,
        Cause.STOPPED,
    }


@given(outcomes, st.integers(1, 9), st.floats(0, 1e3), chances)
def test_only_what_is_safe_is_sent_again_and_within_bounds(
    outcome: CreateOutcome | CancelOutcome, attempt: int, elapsed: float, chance: float
) -> None:
    """A further attempt is of the safe class, within the attempts and the time, after what EMIAS asked for."""
    pause = pause_before_again(outcome, attempt, elapsed, chance, RULES)
    if pause is None:
        return
    assert class_of_write(outcome) is Again.SAFE
    assert attempt < RULES.attempts
    assert 0 <= pause <= 1.25 * max(RULES.longest, RULES.locked)
    assert elapsed + pause <= RULES.within
    if isinstance(outcome, NotSent):
        assert pause >= (outcome.retry_after or 0)


@pytest.mark.parametrize("cause", MOMENTARY)
def test_a_momentary_cause_is_tried_again(cause: Cause) -> None:
    """What may be over in a second has two more attempts."""
    pauses = [pause_before_again(NotSent(cause), attempt, 0, 1, RULES) for attempt in (1, 2, 3)]
    assert pauses == [0.2, 0.4, None]


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause not in MOMENTARY])
def test_other_causes_are_not_tried_again_without_a_word(cause: Cause) -> None:
    """A spent budget, an open breaker, a stopped institution and a limiter are not asked again at once."""
    assert pause_before_again(NotSent(cause), 1, 0, 0.5, RULES) is None


@pytest.mark.parametrize("cause", [Cause.BREAKER, Cause.RATE_LIMITED])
def test_a_short_wait_that_was_asked_for_is_kept(cause: Cause) -> None:
    """A breaker whose probe is under way and a limiter that names a second are waited for, a longer wait is told."""
    assert pause_before_again(NotSent(cause, 0.8), 1, 0, 0, RULES) == 0.8
    assert pause_before_again(NotSent(cause, 1.1), 1, 0, 0, RULES) is None


def test_a_locked_slot_is_asked_for_once_more() -> None:
    """After about a second, and not a third time."""
    locked = Rejected(Refusal.SLOT_LOCKED, "E1")
    assert [pause_before_again(locked, 1, 0, chance, RULES) for chance in (0, 0.5, 1)] == [0.75, 1.0, 1.25]
    assert pause_before_again(locked, 2, 0, 0.5, RULES) is None


@given(st.integers(1, 10_000), st.floats(0.01, 10), st.floats(0.01, 100), chances)
def test_a_jittered_delay_never_passes_its_bound(attempt: int, shortest: float, longest: float, chance: float) -> None:
    """However many attempts there were, the delay lies between nothing and the cap."""
    delay = full_jitter(attempt, shortest, longest, chance)
    assert 0 <= delay <= longest
    assert delay <= full_jitter(attempt + 1, shortest, longest, chance)
