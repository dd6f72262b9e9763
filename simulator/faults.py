"""A plan of faults: which request will be answered badly, and how; each stand-in has a catalogue of its own."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Catalogue", "FaultPlan", "FaultRule"]

_EVERY = "*"
_FIELDS = frozenset({"operation", "kind", "nth", "times", "params"})


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a stand-in can spoil: its operations, the kinds of fault with the operations that each fits (none: any).

    `narrowing` names what else a rule may ask of a request; `refusals` are the codes that the kind `refuse` knows.
    """

    operations: Collection[str]
    kinds: Mapping[str, Collection[str]]
    refusals: Collection[str]
    narrowing: Collection[str] = ()

    def check(self, wanted: Mapping[str, Any]) -> None:
        """Raise `ValueError` or `TypeError` that says what does not fit."""
        if unknown := set(wanted) - _FIELDS - set(self.narrowing):
            raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
        operation, kind = str(wanted.get("operation")), str(wanted.get("kind"))
        if operation not in {_EVERY, *self.operations}:
            raise ValueError(f"unknown operation: {operation}; known: {', '.join(self.operations)}")
        if kind not in self.kinds:
            raise ValueError(f"unknown kind: {kind}; known: {', '.join(sorted(self.kinds))}")
        only = self.kinds[kind]
        if only and operation not in only:
            raise ValueError(f"{kind} fits only {', '.join(sorted(only))}")
        counts = (wanted.get("nth", 1), wanted.get("times", 1))
        if not all(isinstance(count, int) for count in counts) or counts[0] < 1 or counts[1] < 0:
            raise ValueError("nth must be at least 1 and times at least 0")
        params = wanted.get("params", {})
        if not isinstance(params, Mapping):
            raise TypeError("params must be an object")
        if kind == "refuse" and params.get("code") not in self.refusals:
            raise ValueError(f"params.code must be one of {', '.join(self.refusals)}")


@dataclass(slots=True)
class FaultRule:
    """Spoil `times` requests (0: all) from the `nth` matching one on, counted from when the rule was made."""

    id: int
    operation: str
    kind: str
    nth: int = 1
    times: int = 1
    params: Mapping[str, Any] = field(default_factory=dict)
    narrowed: Mapping[str, Any] = field(default_factory=dict)
    seen: int = 0

    def hits(self, operation: str, about: Mapping[str, str | None]) -> bool:
        """Count a matching request and tell whether it is one to spoil."""
        if self.operation not in {_EVERY, operation}:
            return False
        if any(about.get(name) != str(value) for name, value in self.narrowed.items() if value is not None):
            return False
        self.seen += 1
        return self.seen >= self.nth and (not self.times or self.seen < self.nth + self.times)

    def as_json(self) -> dict[str, Any]:
        """Show the rule."""
        return {name: getattr(self, name) for name in ("id", *sorted(_FIELDS), "seen")} | dict(self.narrowed)


class FaultPlan:
    """Hold the rules in the order in which they came; the first that hits decides."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.rules: list[FaultRule] = []
        self._catalogue = catalogue
        self._ids = itertools.count(1)

    def add(self, wanted: Mapping[str, Any]) -> FaultRule:
        """Add a rule from its JSON; `ValueError` or `TypeError` says what does not fit."""
        self._catalogue.check(wanted)
        plain = {name: value for name, value in wanted.items() if name in _FIELDS}
        narrowed = {name: wanted.get(name) for name in self._catalogue.narrowing}
        rule = FaultRule(id=next(self._ids), narrowed=narrowed, **plain)
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Forget all rules."""
        self.rules.clear()

    def take(self, operation: str, **about: str | None) -> FaultRule | None:
        """Find the rule that spoils this request; every matching rule counts the request."""
        hits = [rule for rule in self.rules if rule.hits(operation, about)]
        return hits[0] if hits else None
