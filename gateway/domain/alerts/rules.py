"""The rules: from a snapshot to what is trouble, what is well, and what cannot be told.

Between the limit of trouble and four fifths of it a rule cannot tell, so that a figure on the edge changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from gateway.domain.alerts.alert import Figure, Finding, Rule, Severity
from gateway.domain.alerts.orders import Order, Orders
from gateway.domain.alerts.snapshot import Clinic, Snapshot, Voice

__all__ = ["find"]

_EASED: Final = 0.8
_DAY: Final = 86_400
_URGENT_DAYS: Final = 7
Check = Callable[[Snapshot, Order], Iterator[Finding]]


def find(snapshot: Snapshot, orders: Orders) -> list[Finding]:
    """Ask every rule that is on; a subject of which nothing is said is gone."""
    return [finding for rule, check in _CHECKS.items() if orders[rule].on for finding in check(snapshot, orders[rule])]


def _of_clinics(rule: Rule, judge: Callable[[Clinic, Order], tuple[bool | None, dict[str, Figure]]]) -> Check:
    def check(snapshot: Snapshot, order: Order) -> Iterator[Finding]:
        for clinic in snapshot.clinics:
            is_bad, figures = judge(clinic, order)
            yield Finding(rule, clinic.lpu_code, is_bad, figures=figures)

    return check


def _edge(share: float, limit: float, *, is_enough: bool) -> bool | None:
    """Tell trouble above the limit, when there is enough of it, and well below four fifths of the limit."""
    if share <= limit * _EASED:
        return False
    return True if share > limit and is_enough else None


def _in_doubt(clinic: Clinic, order: Order) -> tuple[bool | None, dict[str, Figure]]:
    minutes = int(clinic.oldest_doubt // 60)
    return clinic.oldest_doubt > order.limit, {"count": clinic.in_doubt, "minutes": minutes}


def _manual(clinic: Clinic, order: Order) -> tuple[bool | None, dict[str, Figure]]:
    return clinic.manual > order.limit, {"count": clinic.manual}


def _success(clinic: Clinic, order: Order) -> tuple[bool | None, dict[str, Figure]]:
    sent = clinic.came_through + clinic.lost
    if not sent:
        return None, {}
    is_bad = _edge(clinic.lost / sent, 1 - order.limit, is_enough=clinic.lost >= order.least)
    return is_bad, {"lost": clinic.lost, "sent": sent, "minutes": int(order.window // 60)}


def _taken(clinic: Clinic, order: Order) -> tuple[bool | None, dict[str, Figure]]:
    if not clinic.submitted:
        return None, {}
    is_bad = _edge(clinic.taken / clinic.submitted, order.limit, is_enough=clinic.taken >= order.least)
    return is_bad, {"taken": clinic.taken, "sent": clinic.submitted, "minutes": int(order.window // 60)}


def _lag(clinic: Clinic, order: Order) -> tuple[bool | None, dict[str, Figure]]:
    if clinic.is_stopped:
        return None, {}
    share = clinic.lagging / clinic.schedules if clinic.schedules else 0.0
    figures: dict[str, Figure] = {"lagging": clinic.lagging, "all": clinic.schedules, "intervals": f"{order.limit:g}"}
    return _edge(share, order.least, is_enough=True), figures


def _quarantine(clinic: Clinic, order: Order) -> tuple[bool | None, dict[str, Figure]]:
    return clinic.quarantined > order.limit, {"count": clinic.quarantined}


def _breaker(snapshot: Snapshot, order: Order) -> Iterator[Finding]:
    for circuit in snapshot.circuits:
        figures: dict[str, Figure] = {
            "lpu_code": circuit.lpu_code,
            "lane": circuit.lane,
            "minutes": int(order.opens_after // 60),
        }
        yield Finding(Rule.BREAKER_OPEN, f"{circuit.lpu_code} {circuit.lane}", circuit.is_tripped, figures=figures)


def _certificate(snapshot: Snapshot, order: Order) -> Iterator[Finding]:
    for certificate in snapshot.certificates:
        left = (certificate.ends_at - snapshot.now).total_seconds() / _DAY
        passed = [step for step in order.steps if left <= step]
        severity = order.severity if not passed or passed[-1] > _URGENT_DAYS else Severity.CRITICAL
        figures: dict[str, Figure] = {"days": max(0, int(left)), "ended": int(left <= 0)}
        yield Finding(Rule.CERTIFICATE, certificate.channel, bool(passed), len(passed), severity, figures)


def _refused(snapshot: Snapshot, _order: Order) -> Iterator[Finding]:
    for refused in snapshot.refused_lists:
        yield Finding(Rule.LIST_REFUSED, refused.site, is_bad=True, figures={"missing": refused.missing})


def _retention(snapshot: Snapshot, order: Order) -> Iterator[Finding]:
    for overdue in snapshot.overdue:
        figures: dict[str, Figure] = {"rows": overdue.rows, "days": overdue.days}
        yield Finding(Rule.RETENTION_OVERDUE, overdue.kind, overdue.rows > order.limit, figures=figures)


def _silence(rule: Rule, process: str) -> Check:
    def check(snapshot: Snapshot, order: Order) -> Iterator[Finding]:
        for voice in snapshot.voices:
            if voice.process == process:
                yield Finding(rule, "", _is_silent(voice, order), figures={"loops": voice.stuck_loops})

    return check


def _is_silent(voice: Voice, order: Order) -> bool:
    return voice.silence is None or voice.silence > order.limit or bool(voice.stuck_loops)


def _errors(snapshot: Snapshot, order: Order) -> Iterator[Finding]:
    for group in snapshot.errors:
        if group.is_known or group.age > order.window:
            is_bad: bool | None = False
        else:
            is_bad = True if group.times >= order.least else None
        figures: dict[str, Figure] = {
            "cause": group.cause,
            "operation": group.operation,
            "lpu_code": group.lpu_code,
            "times": group.times,
            "doctors": group.doctors,
        }
        yield Finding(Rule.ERRORS, group.group, is_bad, figures=figures)


_CHECKS: Final[Mapping[Rule, Check]] = MappingProxyType(
    {
        Rule.WORKER_SILENT: _silence(Rule.WORKER_SILENT, "sync"),
        Rule.GATEWAY_SILENT: _silence(Rule.GATEWAY_SILENT, "gateway"),
        Rule.BREAKER_OPEN: _breaker,
        Rule.SUCCESS_LOW: _of_clinics(Rule.SUCCESS_LOW, _success),
        Rule.IN_DOUBT: _of_clinics(Rule.IN_DOUBT, _in_doubt),
        Rule.MANUAL_WAITING: _of_clinics(Rule.MANUAL_WAITING, _manual),
        Rule.CERTIFICATE: _certificate,
        Rule.TAKEN_AFTER_HOLD: _of_clinics(Rule.TAKEN_AFTER_HOLD, _taken),
        Rule.SYNC_LAG: _of_clinics(Rule.SYNC_LAG, _lag),
        Rule.QUARANTINE: _of_clinics(Rule.QUARANTINE, _quarantine),
        Rule.LIST_REFUSED: _refused,
        Rule.RETENTION_OVERDUE: _retention,
        Rule.ERRORS: _errors,
    }
)
