"""What each rule is told to mind: limits, least counts, how long trouble lasts before it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from gateway.domain.alerts.alert import Rule, Severity

__all__ = ["ORDERS", "Order", "Orders", "orders_from"]


@dataclass(frozen=True, slots=True)
class Order:
    """One rule's numbers; spans in seconds. What `limit`, `least` and `window` count is each rule's own."""

    severity: Severity
    limit: float = 0.0
    least: float = 0.0
    window: float = 0.0
    opens_after: float = 0.0
    closes_after: float = 120.0
    steps: tuple[float, ...] = ()
    on: bool = True

    @property
    def lasting(self) -> timedelta:
        """How long trouble lasts before an alert opens."""
        return timedelta(seconds=self.opens_after)

    @property
    def calm(self) -> timedelta:
        """How long all is well before it closes."""
        return timedelta(seconds=self.closes_after)


Orders = Mapping[Rule, Order]
_CRITICAL, _WARNING = Severity.CRITICAL, Severity.WARNING
ORDERS: Final[Orders] = MappingProxyType(
    {
        Rule.WORKER_SILENT: Order(_CRITICAL, limit=60, opens_after=60, closes_after=60),
        Rule.GATEWAY_SILENT: Order(_CRITICAL, limit=60, opens_after=60, closes_after=60),
        Rule.BREAKER_OPEN: Order(_CRITICAL, opens_after=300),
        Rule.SUCCESS_LOW: Order(_CRITICAL, limit=0.99, least=2, window=900, closes_after=300),
        Rule.IN_DOUBT: Order(_CRITICAL, limit=600),
        Rule.MANUAL_WAITING: Order(_CRITICAL, limit=0, opens_after=60),
        Rule.CERTIFICATE: Order(_WARNING, steps=(60, 30, 14, 7, 1, 0)),
        Rule.TAKEN_AFTER_HOLD: Order(_WARNING, limit=0.05, least=3, window=3600, closes_after=900),
        Rule.SYNC_LAG: Order(_WARNING, limit=3, least=0.1, opens_after=300, closes_after=300),
        Rule.QUARANTINE: Order(_WARNING, limit=0, closes_after=300),
        Rule.LIST_REFUSED: Order(_WARNING),
        Rule.RETENTION_OVERDUE: Order(_WARNING, limit=0, closes_after=300),
        Rule.ERRORS: Order(_WARNING, least=5, window=600, closes_after=1800),
    }
)
"""The defaults.

`limit`: seconds of silence; share of bookings that come through; seconds in doubt; bookings, schedules or overdue rows
tolerated; share taken after a hold; intervals without a read. `least`: lost, taken or equal errors that
make it trouble; the share of an institution's schedules that lag. `window`: the seconds looked back. `steps`: days.
"""
_NAMES: Final = frozenset(each.name for each in fields(Order))


def orders_from(given: Mapping[str, Any]) -> Orders:
    """Return the defaults with what is given for some rules; raise `ValueError` that names what is wrong."""
    orders = dict(ORDERS)
    for name, changes in given.items():
        if name not in set(Rule) or not isinstance(changes, Mapping):
            raise ValueError(f"[{name}] is no rule; rules are {', '.join(Rule)}")
        rule = Rule(name)
        orders[rule] = replace(orders[rule], **{key: _read(rule, key, value) for key, value in changes.items()})
    return MappingProxyType(orders)


def _read(rule: Rule, key: str, value: Any) -> Any:
    if key not in _NAMES:
        raise ValueError(f"[{rule}] {key}: no such number; there are {', '.join(sorted(_NAMES))}")
    if key == "on" and isinstance(value, bool):
        return value
    if key == "severity" and value in set(Severity):
        return Severity(value)
    if key == "steps" and isinstance(value, list) and value and all(_is_number(each) for each in value):
        return tuple(sorted({float(each) for each in value}, reverse=True))
    if key not in {"on", "severity", "steps"} and _is_number(value):
        return float(value)
    raise ValueError(f"[{rule}] {key}: cannot be {value!r}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
