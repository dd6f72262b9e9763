"""The plan of faults: which request will be answered badly, and how."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.esia.refusals import REFUSALS

__all__ = ["KINDS", "OPERATIONS", "FaultPlan", "FaultRule"]

OPERATIONS = ("authorise", "token", "person", "documents", "kids", "logout", "broker", "broker_token")
_EVERY = "*"
_READS = frozenset({"person", "documents", "kids"})
_TOKENS = frozenset({"token", "broker_token"})
_TOKEN = frozenset({"token"})
_LISTS = frozenset({"documents", "kids"})

# Each kind, what it does, and the operations that it fits (none named: any).
KINDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "slow": ("answer after params.seconds (5)", frozenset()),
    "status": ("answer params.status (500), with params.retry_after when given", frozenset()),
    "cut": ("close the connection without an answer", frozenset()),
    "html": ("answer a maintenance page with status 200", frozenset()),
    "refuse": ("refuse by params.code, one of ESIA's", frozenset({"authorise", "token"})),
    "forbidden": ("answer 403: the scope was not granted", _READS),
    "off_origin": ("list elements by addresses on another origin", _LISTS),
    "wrong_iss": ("tokens of another issuer", _TOKENS),
    "wrong_aud": ("tokens for another system", _TOKENS),
    "wrong_alg": ("tokens truly signed, by another algorithm", _TOKENS),
    "none_alg": ("tokens without a signature, alg none", _TOKENS),
    "hmac_alg": ("tokens signed by HS256 with the public certificate as the key", _TOKENS),
    "foreign_key": ("tokens signed by a key that nobody has published", _TOKENS),
    "broken_signature": ("tokens whose claims were changed after they had been signed", _TOKENS),
    "expired": ("tokens that have ended an hour ago", _TOKENS),
    "future_nbf": ("tokens that begin in an hour", _TOKENS),
    "swapped_sub": ("an id_token about somebody else", _TOKENS),
    "swapped_sbt": ("access token and id_token in each other's place", _TOKEN),
    "wrong_state": ("another state than the token request's", _TOKEN),
    "wrong_nonce": ("another nonce than the first request's", frozenset({"broker_token"})),
    "without_id_token": ("no id_token", _TOKENS),
}
_FIELDS = frozenset({"operation", "kind", "nth", "times", "params"})


@dataclass(slots=True)
class FaultRule:
    """Spoil `times` requests (0: all) from the `nth` matching one on, counted from when the rule was made."""

    id: int
    operation: str
    kind: str
    nth: int = 1
    times: int = 1
    params: Mapping[str, Any] = field(default_factory=dict)
    seen: int = 0

    def hits(self, operation: str) -> bool:
        """Count a matching request and tell whether it is one to spoil."""
        if self.operation not in {_EVERY, operation}:
            return False
        self.seen += 1
        return self.seen >= self.nth and (not self.times or self.seen < self.nth + self.times)

    def as_json(self) -> dict[str, Any]:
        """Show the rule."""
        return {name: getattr(self, name) for name in ("id", *sorted(_FIELDS), "seen")}


class FaultPlan:
    """Hold the rules in the order in which they came; the first that hits decides."""

    def __init__(self) -> None:
        self.rules: list[FaultRule] = []
        self._ids = itertools.count(1)

    def add(self, wanted: Mapping[str, Any]) -> FaultRule:
        """Add a rule from its JSON; ValueError or TypeError says what does not fit."""
        _check(wanted)
        rule = FaultRule(id=next(self._ids), **wanted)
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Forget all rules."""
        self.rules.clear()

    def take(self, operation: str) -> FaultRule | None:
        """Find the rule that spoils this request; every matching rule counts the request."""
        hits = [rule for rule in self.rules if rule.hits(operation)]
        return hits[0] if hits else None


def _check(wanted: Mapping[str, Any]) -> None:
    if unknown := set(wanted) - _FIELDS:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    operation, kind = str(wanted.get("operation")), str(wanted.get("kind"))
    if operation not in {_EVERY, *OPERATIONS}:
        raise ValueError(f"unknown operation: {operation}; known: {', '.join(OPERATIONS)}")
    if kind not in KINDS:
        raise ValueError(f"unknown kind: {kind}; known: {', '.join(sorted(KINDS))}")
    only = KINDS[kind][1]
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
