"""The rules of the breaker, without a clock of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.domain.circuit import (
    FAILURES,
    UNREACHABLE,
    Admitted,
    CircuitRecord,
    CircuitRules,
    CircuitState,
    Kept,
)
from gateway.domain.outcomes import Cause

RULES = CircuitRules()


def _tripped(now: float = 0.0, chance: float = 1.0) -> CircuitRecord:
    record = CircuitRecord()
    for number in range(RULES.failures):
        record = record.failed(now, RULES, str(number), None, chance)
    return record


def _recovered(now: float) -> CircuitRecord:
    record, answer = _tripped().enter(now, RULES, "probe", 30)
    assert answer == Admitted(CircuitState.HALF_OPEN)
    return record.answered(now, RULES, "probe")


def test_our_own_causes_and_refusals_are_no_failures() -> None:
    """Budget, pool, breaker, switch and our own bugs are ours; a refusal is an answer; all else counts."""
    ours = {Cause.POOL, Cause.BUDGET, Cause.BREAKER, Cause.STOPPED, Cause.REFUSED, Cause.INTERNAL}
    assert set(Cause) - FAILURES == ours
    assert UNREACHABLE < FAILURES


def test_failures_in_a_row_open_it() -> None:
    """The fifth failure in a row opens the circuit, an answer between them begins the count anew."""
    record = CircuitRecord()
    for number in range(RULES.failures - 1):
        record = record.failed(number, RULES, str(number), None, 1)
    assert record.state(4) is CircuitState.CLOSED
    assert record.failed(4, RULES, "x", None, 1).state(4) is CircuitState.OPEN
    assert record.answered(4, RULES, "y").failed(4, RULES, "x", None, 1).state(4) is CircuitState.CLOSED


def test_old_failures_are_forgotten() -> None:
    """Failures far apart are no row."""
    record = CircuitRecord()
    for number in range(20):
        record = record.failed(number * (RULES.memory + 1), RULES, str(number), None, 1)
    assert record.state(0) is CircuitState.CLOSED


def test_an_open_circuit_keeps_calls_back_until_its_time() -> None:
    """Who asks is told how long; then one caller is the probe and the others come a little later."""
    record = _tripped()
    assert record.ask(0.5, RULES) == Kept(CircuitState.OPEN, 1.5)
    record, answer = record.enter(2.0, RULES, "one", 30)
    assert answer == Admitted(CircuitState.HALF_OPEN)
    assert record.enter(2.0, RULES, "two", 30) == (record, Kept(CircuitState.HALF_OPEN, 1.0))
    assert record.enter(32.0, RULES, "two", 30)[1] == Admitted(CircuitState.HALF_OPEN)
    assert record.abandoned("one").enter(2.1, RULES, "two", 30)[1] == Admitted(CircuitState.HALF_OPEN)
    assert record.abandoned("two") == record


def test_only_the_probe_decides() -> None:
    """Answers and failures of calls from before the opening change nothing; the probe's do."""
    record, _ = _tripped().enter(2.0, RULES, "probe", 30)
    assert record.answered(3, RULES, "late") == record
    assert record.failed(3, RULES, "late", None, 1) == record
    assert record.answered(3, RULES, "probe").state(3) is CircuitState.EASING
    again = record.failed(3, RULES, "probe", None, 1)
    assert (again.state(3), again.open_until) == (CircuitState.OPEN, 3 + 2 * RULES.shortest)


def test_it_stays_open_longer_each_time_within_a_cap() -> None:
    """The bound doubles with each failed probe up to the cap, and is never less than the least."""
    record, now, bounds = _tripped(), 0.0, []
    for _ in range(8):
        assert record.open_until is not None
        bounds.append(record.open_until - now)
        now = record.open_until
        record = record.enter(now, RULES, "p", 30)[0].failed(now, RULES, "p", None, 1)
    assert bounds == [2, 4, 8, 16, 20, 20, 20, 20]
    assert _tripped(chance=0).open_until == RULES.least_open == 1


def test_what_emias_asks_for_is_kept_and_capped() -> None:
    """One failure with a time to come again opens at once for that long, or longer while it is open."""
    assert CircuitRecord().failed(0, RULES, "a", 7, 1).open_until == 7
    assert CircuitRecord().failed(0, RULES, "a", 1e9, 1).open_until == RULES.longest_asked
    assert CircuitRecord().failed(0, RULES, "a", 0, 1).open_until is None
    assert _tripped().failed(1, RULES, "late", 30, 1).open_until == 31


def test_after_the_probe_calls_keep_a_shrinking_distance() -> None:
    """A crowd that comes at once is spread out, whoever would wait too long is kept back, and later all pass."""
    record, waits = _recovered(2.0), []
    for number in range(5):
        record, answer = record.enter(2.0, RULES, str(number), 30)
        assert isinstance(answer, Admitted)
        waits.append(answer.wait)
    assert waits == [0, 0.5, 1.0, 1.5, 2.0]
    assert record.enter(2.0, RULES, "late", 30)[1] == Kept(CircuitState.EASING, 2.5)
    half, _ = record.enter(7.0, RULES, "x", 30)
    assert half.next_at == pytest.approx(7.25)
    assert record.enter(12.0, RULES, "x", 30) == (record, Admitted(CircuitState.CLOSED))


def test_a_failure_while_easing_opens_it_again_and_longer() -> None:
    """The first failure after the probe is enough, and the openings go on being counted."""
    record = _recovered(2.0).failed(3, RULES, "x", None, 1)
    assert record.open_until == 3 + 2 * RULES.shortest
    calm = _recovered(2.0).answered(2 + RULES.ease, RULES, "x")
    assert (calm.openings, _recovered(2.0).answered(3, RULES, "x").openings) == (0, 1)


class AnyHistory(RuleBasedStateMachine):
    """Calls of many replicas in any order: begun, answered, failed, given up, with time going on."""

    def __init__(self) -> None:
        super().__init__()
        self.record = CircuitRecord()
        self.now = 0.0
        self.probes: dict[str, float] = {}
        self.count = 0

    @rule(seconds=st.floats(0, 40))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    @rule(lease=st.floats(0.1, 30))
    def enter(self, lease: float) -> None:
        """Begin a call."""
        before, self.count = self.record.state(self.now), self.count + 1
        self.record, answer = self.record.enter(self.now, RULES, str(self.count), lease)
        if before is CircuitState.OPEN:
            assert isinstance(answer, Kept)
        if isinstance(answer, Admitted) and answer.state is CircuitState.HALF_OPEN:
            assert not any(until > self.now for until in self.probes.values())
            self.probes = {str(self.count): self.now + lease}
        if isinstance(answer, Kept):
            assert answer.retry_after > 0

    @rule(back=st.integers(0, 3), end=st.sampled_from(["answered", "failed", "abandoned"]), chance=st.floats(0, 1))
    def end(self, back: int, end: str, chance: float) -> None:
        """End one of the last calls."""
        token = str(max(0, self.count - back))
        match end:
            case "answered":
                self.record = self.record.answered(self.now, RULES, token)
            case "failed":
                self.record = self.record.failed(self.now, RULES, token, None, chance)
            case _:
                self.record = self.record.abandoned(token)
        self.probes.pop(token, None)

    @invariant()
    def is_never_open_for_longer_than_the_cap(self) -> None:
        """Whatever happens, a probe may be made soon."""
        until = self.record.open_until
        assert until is None or until - self.now <= RULES.longest


TestAnyHistory = AnyHistory.TestCase


@given(st.integers(1, 200))
def test_a_crowd_after_the_probe_never_passes_at_once(crowd: int) -> None:
    """Of any number that comes in the first instant, so many are let through as the patience has room for."""
    record, passed = _recovered(2.0), 0
    for number in range(crowd):
        record, answer = record.enter(2.0, RULES, str(number), 30)
        passed += isinstance(answer, Admitted)
    assert passed <= RULES.patience / RULES.gap + 1
