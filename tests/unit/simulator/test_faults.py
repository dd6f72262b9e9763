"""The plan of faults."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.emias.faults import FAULTS
from simulator.faults import FaultPlan


def _taken(plan: FaultPlan, count: int) -> list[str | None]:
    return [rule.kind if rule else None for rule in (plan.take("GetSchedule") for _ in range(count))]


def test_a_rule_begins_with_its_nth_call_and_ends_after_its_times() -> None:
    """The second and third of four calls are spoiled."""
    plan = FaultPlan(FAULTS)
    plan.add({"operation": "GetSchedule", "kind": "drop", "nth": 2, "times": 2})

    assert _taken(plan, 4) == [None, "drop", "drop", None]


def test_zero_times_means_always() -> None:
    """A rule without end spoils every call until it is cleared."""
    plan = FaultPlan(FAULTS)
    plan.add({"operation": "*", "kind": "hang", "times": 0})

    assert _taken(plan, 3) == ["hang"] * 3
    plan.clear()
    assert plan.take("GetSchedule") is None


def test_a_rule_may_be_for_one_doctor() -> None:
    """Calls about other doctors and institutions are neither spoiled nor counted."""
    plan = FaultPlan(FAULTS)
    plan.add({"operation": "GetSchedule", "kind": "drop", "lpu_code": "0101", "doctor_id": 41001})

    assert plan.take("GetSchedule", lpu_code="0101", doctor_id="41002") is None
    assert plan.take("GetSchedule", lpu_code="0202", doctor_id="41001") is None
    assert plan.take("GetSchedule", lpu_code="0101", doctor_id="41001")


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"operation": "GetSchedule", "kind": "meteor"},
        {"operation": "GetWeather", "kind": "drop"},
        {"operation": "GetSchedule", "kind": "drop", "nth": 0},
        {"operation": "GetSchedule", "kind": "drop", "speed": 3},
        {"operation": "GetSchedule", "kind": "refuse"},
        {"operation": "CreateAppointment", "kind": "refuse", "params": {"code": "NO_MOOD"}},
        {"operation": "CreateAppointment", "kind": "empty_schedule"},
    ],
)
def test_a_rule_that_cannot_work_is_refused(wanted: dict[str, Any]) -> None:
    """Unknown names and impossible counts are named at once instead of never happening."""
    with pytest.raises(ValueError, match=r"\w"):
        FaultPlan(FAULTS).add(wanted)
