"""The plan of faults: which call will be answered badly, and how."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.emias.call import OPERATIONS, Call
from simulator.emias.refusals import REFUSALS
from simulator.emias.replies import KINDS

__all__ = ["FaultPlan", "FaultRule"]

_EVERY = "*"
_FIELDS = frozenset({"operation", "kind", "nth", "times", "lpu_code", "doctor_id", "params"})


@dataclass(slots=True)
class FaultRule:
    """Spoil `times` calls (0: all) from the `nth` matching one on, counted from when the rule was made."""

    id: int
    operation: str
    kind: str
    nth: int = 1
    times: int = 1
    lpu_code: str | None = None
    doctor_id: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    seen: int = 0

    def matches(self, call: Call) -> bool:
        """Tell whether the call is of the operation, institution and doctor of this rule."""
        return (
            self.operation in {_EVERY, call.operation}
            and self.lpu_code in {None, call.arguments.get("lpuCode")}
            and (self.doctor_id is None or str(self.doctor_id) == call.arguments.get("doctorId"))
        )

    def hits(self) -> bool:
        """Count a matching call and tell whether it is one to spoil."""
        self.seen += 1
        return self.seen >= self.nth and not self.is_spent

    @property
    def is_spent(self) -> bool:
        """Tell whether the rule has run its times."""
        return bool(self.times) and self.seen >= self.nth + self.times

    def as_json(self) -> dict[str, Any]:
        """Show the rule."""
        return {name: getattr(self, name) for name in ("id", *sorted(_FIELDS), "seen")}


class FaultPlan:
    """Hold the rules in the order in which they came; the first that hits decides."""

    def __init__(self) -> None:
        self.rules: list[FaultRule] = []
        self._ids = itertools.count(1)

    def add(self, wanted: Mapping[str, Any]) -> FaultRule:
        """Add a rule from its JSON; ValueError says what does not fit."""
        _check(wanted)
        rule = FaultRule(id=next(self._ids), **wanted)
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Forget all rules."""
        self.rules.clear()

    def take(self, call: Call) -> FaultRule | None:
        """Find the rule that spoils this call; every matching rule counts the call."""
        hits = [rule for rule in self.rules if rule.matches(call) and rule.hits()]
        return hits[0] if hits else None


def _check(wanted: Mapping[str, Any]) -> None:
    if unknown := set(wanted) - _FIELDS:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    operation, kind = wanted.get("operation"), wanted.get("kind")
    if operation not in {_EVERY, *OPERATIONS}:
        raise ValueError(f"unknown operation: {operation}")
    if kind not in KINDS:
        raise ValueError(f"unknown kind: {kind}; known: {', '.join(sorted(KINDS))}")
    only = KINDS[kind].only_for
    if only and operation not in only:
        raise ValueError(f"{kind} fits only {', '.join(sorted(only))}")
    counts = (wanted.get("nth", 1), wanted.get("times", 1))
    if not all(isinstance(count, int) for count in counts) or counts[0] < 1 or counts[1] < 0:
        raise ValueError("nth must be at least 1 and times at least 0")
    params = wanted.get("params", {})
    if not isinstance(params, Mapping):
        raise TypeError("params must be an object")
    if kind == "refuse" and params.get("code") not in REFUSALS:
        raise ValueError(f"params.code must be one of {', '.join(REFUSALS)}")
