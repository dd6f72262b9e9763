"""What counts as trouble, what as well, and what cannot be told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.alerts.alert import Finding, Rule, Severity
from gateway.domain.alerts.orders import ORDERS, orders_from
from gateway.domain.alerts.rules import find
from gateway.domain.alerts.snapshot import (
    Certificate,
    Circuits,
    Clinic,
    ErrorCount,
    OverdueKind,
    RefusedList,
    Snapshot,
    Voice,
)
from gateway.domain.alerts.words import said_of
from gateway.domain.circuit import Lane
from gateway.domain.moscow import MOSCOW

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=MOSCOW)


def found(rule: Rule, snapshot: Snapshot) -> list[Finding]:
    """What one rule says."""
    return [finding for finding in find(snapshot, ORDERS) if finding.rule is rule]


def of_clinic(rule: Rule, **facts: float) -> bool | None:
    """What a rule says of one institution."""
    [finding] = found(rule, Snapshot(NOW, clinics=(Clinic("0101", **facts),)))  # type: ignore[arg-type]  # whole numbers
    return finding.is_bad


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        (Rule.IN_DOUBT, {"in_doubt": 1, "oldest_doubt": 600.0}, False),
        (Rule.IN_DOUBT, {"in_doubt": 1, "oldest_doubt": 601.0}, True),
        (Rule.MANUAL_WAITING, {"manual": 1}, True),
        (Rule.SUCCESS_LOW, {}, None),
        (Rule.SUCCESS_LOW, {"came_through": 5}, False),
        (Rule.SUCCESS_LOW, {"came_through": 50, "lost": 1}, None),
        (Rule.SUCCESS_LOW, {"came_through": 50, "lost": 2}, True),
        (Rule.SUCCESS_LOW, {"came_through": 198, "lost": 2}, None),
        (Rule.SUCCESS_LOW, {"came_through": 998, "lost": 2}, False),
        (Rule.SUCCESS_LOW, {"lost": 2}, True),
        (Rule.TAKEN_AFTER_HOLD, {}, None),
        (Rule.TAKEN_AFTER_HOLD, {"submitted": 10, "taken": 2}, None),
        (Rule.TAKEN_AFTER_HOLD, {"submitted": 50, "taken": 3}, True),
        (Rule.TAKEN_AFTER_HOLD, {"submitted": 66, "taken": 3}, None),
        (Rule.TAKEN_AFTER_HOLD, {"submitted": 100, "taken": 3}, False),
        (Rule.SYNC_LAG, {"schedules": 100, "lagging": 11}, True),
        (Rule.SYNC_LAG, {"schedules": 100, "lagging": 9}, None),
        (Rule.SYNC_LAG, {"schedules": 100, "lagging": 8}, False),
        (Rule.SYNC_LAG, {"schedules": 0}, False),
        (Rule.SYNC_LAG, {"schedules": 10, "lagging": 10, "is_stopped": True}, None),
        (Rule.QUARANTINE, {"quarantined": 1}, True),
    ],
)
def test_institutions(
    rule: Rule,
    facts: dict[str, float],
    expected: bool | None,  # noqa: FBT001 - the expectation
) -> None:
    """Each figure of an institution is trouble past its limit, well below it, and undecided on the edge."""
    assert of_clinic(rule, **facts) is expected


@pytest.mark.parametrize(
    ("days", "step", "severity"),
    [
        (60.5, 0, Severity.WARNING),
        (60, 1, Severity.WARNING),
        (29, 2, Severity.WARNING),
        (13.9, 3, Severity.WARNING),
        (7, 4, Severity.CRITICAL),
        (0.5, 5, Severity.CRITICAL),
        (-1, 6, Severity.CRITICAL),
    ],
)
def test_certificates(days: float, step: int, severity: Severity) -> None:
    """Each threshold of days is a step of its own, urgent from a week on."""
    [finding] = found(Rule.CERTIFICATE, Snapshot(NOW, certificates=(Certificate("main", NOW + timedelta(days=days)),)))
    assert (finding.step, finding.is_bad, finding.severity) == (step, step > 0, severity)
    assert ("истёк" in said_of(finding).what) is (days < 0)


def test_breakers() -> None:
    """A tripped breaker is trouble of its lane; one that nobody has seen says nothing."""
    circuits = tuple(Circuits("0101", lane, stands) for lane, stands in ((Lane.READS, True), (Lane.BOOKINGS, None)))
    told = found(Rule.BREAKER_OPEN, Snapshot(NOW, circuits=circuits))
    assert [(each.subject, each.is_bad) for each in told] == [("0101 reads", True), ("0101 bookings", None)]


@pytest.mark.parametrize(
    ("voice", "expected"),
    [
        (Voice("sync", 3.0), False),
        (Voice("sync", 61.0), True),
        (Voice("sync", None), True),
        (Voice("sync", 3.0, "doubts"), True),
    ],
)
def test_a_silent_worker(voice: Voice, expected: bool) -> None:  # noqa: FBT001 - the parameter is the expectation
    """A worker that has not spoken for a minute, or never, or whose loops stand, is silent."""
    [finding] = found(Rule.WORKER_SILENT, Snapshot(NOW, voices=(voice,)))
    assert finding.is_bad is expected
    assert found(Rule.GATEWAY_SILENT, Snapshot(NOW, voices=(voice,))) == []


def _errors(times: int, age: float, *, is_known: bool = False) -> ErrorCount:
    return ErrorCount("g", "failed", "timeout", "get_schedule", "0101", times, 3, age, is_known)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (_errors(4, 1), None),
        (_errors(5, 1), True),
        (_errors(10_000, 1), True),
        (_errors(10_000, 601), False),
        (_errors(10_000, 1, is_known=True), False),
    ],
)
def test_error_groups(group: ErrorCount, expected: bool | None) -> None:  # noqa: FBT001 - the expectation
    """Equal errors are trouble from the fifth on, until they stop or a person has marked them."""
    [finding] = found(Rule.ERRORS, Snapshot(NOW, errors=(group,)))
    assert finding.is_bad is expected


def test_lists_and_deadlines() -> None:
    """A refused list and rows past their deadline are trouble by themselves."""
    snapshot = Snapshot(
        NOW,
        refused_lists=(RefusedList("main", 30),),
        overdue=(OverdueKind("visited", 2, 3), OverdueKind("holds", 0)),
    )
    assert [each.is_bad for each in found(Rule.LIST_REFUSED, snapshot)] == [True]
    assert [(each.subject, each.is_bad) for each in found(Rule.RETENTION_OVERDUE, snapshot)] == [
        ("visited", True),
        ("holds", False),
    ]


def test_a_rule_that_is_off_says_nothing() -> None:
    """Turned off in the file, a rule finds nothing."""
    snapshot = Snapshot(NOW, clinics=(Clinic("0101", manual=3),))
    orders = orders_from({"manual_waiting": {"on": False}})
    assert [finding for finding in find(snapshot, orders) if finding.rule is Rule.MANUAL_WAITING] == []


def test_orders_may_be_changed_one_by_one() -> None:
    """What the file says of a rule stands in the place of the default, the rest stays."""
    orders = orders_from({"in_doubt": {"limit": 300, "severity": "info"}, "certificate": {"steps": [7, 21]}})
    assert (orders[Rule.IN_DOUBT].limit, orders[Rule.IN_DOUBT].severity) == (300, Severity.INFO)
    assert orders[Rule.CERTIFICATE].steps == (21, 7)
    assert orders[Rule.SYNC_LAG] == ORDERS[Rule.SYNC_LAG]


@pytest.mark.parametrize(
    "given_orders",
    [
        {"in_dout": {"limit": 1}},
        {"in_doubt": 5},
        {"in_doubt": {"limits": 1}},
        {"in_doubt": {"limit": "600"}},
        {"in_doubt": {"limit": -1}},
        {"in_doubt": {"limit": True}},
        {"in_doubt": {"severity": "loud"}},
        {"certificate": {"steps": []}},
    ],
)
def test_wrong_orders_are_refused(given_orders: dict[str, object]) -> None:
    """A rule, a number or a value that is not there is refused by name."""
    with pytest.raises(ValueError, match=r"in_do|certificate"):
        orders_from(given_orders)


@given(st.integers(0, 400), st.integers(0, 40), st.floats(0, 1e6), st.text(alphabet="0123456789", max_size=6))
def test_every_rule_has_words_for_its_figures(came: int, lost: int, seconds: float, code: str) -> None:
    """Whatever the figures, each finding can be said in Russian and in English, with what to do and where to look."""
    clinic = Clinic(code, lost, seconds, lost, came, lost, came, lost, came, lost, lost)
    snapshot = Snapshot(
        NOW,
        clinics=(clinic,),
        circuits=(Circuits(code, Lane.READS, is_tripped=True),),
        certificates=(Certificate("main", NOW + timedelta(days=lost)),),
        refused_lists=(RefusedList("main", lost),),
        overdue=(OverdueKind("visited", lost, came),),
        voices=(Voice("sync", seconds, "doubts"), Voice("gateway", None)),
        errors=(_errors(came, seconds),),
    )
    findings = find(snapshot, ORDERS)
    assert {finding.rule for finding in findings} == set(Rule)
    for finding in findings:
        if finding.is_bad is None:
            continue
        said = said_of(finding)
        for words in (said.what, said.advice):
            assert words.count(" · ") == 1
            assert "{" not in words
