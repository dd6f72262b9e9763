"""Who is told what, and when: alerts of one moment share a message, the less urgent wait for the end of quiet hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.alerts.alert import Alert, AlertState, Severity
from gateway.domain.alerts.quiet import QuietHours
from gateway.domain.alerts.words import SEVERITIES
from gateway.domain.moscow import as_moscow

__all__ = ["GIVEN_UP_AFTER", "AlertMessage", "compose", "next_try", "trial_message"]

GIVEN_UP_AFTER: Final = timedelta(hours=24)
"""A message as old as this tells nothing new: the dashboard says more."""
_MOST_LINES: Final = 15
_FIRST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """What is sent, and of which stored alerts it tells the beginning and the end."""

    severity: Severity
    title: str
    body: str
    opened: tuple[int, ...] = ()
    ended: tuple[int, ...] = ()


def compose(
    alerts: Sequence[Alert], now: datetime, quiet: QuietHours | None = None, link: str = ""
) -> list[AlertMessage]:
    """Write at most two messages: of what is critical, and of the rest unless it is quiet.

    An alert whose beginning nobody was told of is not told again when it ends; one that began and ended untold, as in
    quiet hours, is told once.
    """
    is_quiet = quiet is not None and quiet.covers(now)
    due = [alert for alert in alerts if _is_due(alert, now)]
    critical = [alert for alert in due if alert.severity is Severity.CRITICAL]
    rest = [] if is_quiet else [alert for alert in due if alert.severity is not Severity.CRITICAL]
    return [_message(group, now, link) for group in (critical, rest) if group]


def _is_due(alert: Alert, now: datetime) -> bool:
    if alert.is_overtaken or (alert.muted_until is not None and now < alert.muted_until):
        return False
    if not alert.is_open_written:
        return not (alert.closed_at and alert.muted_until and alert.closed_at <= alert.muted_until)
    return alert.state is AlertState.CLOSED and alert.is_told_open and not alert.is_close_written


def _message(alerts: Sequence[Alert], now: datetime, link: str) -> AlertMessage:
    ordered = sorted(alerts, key=lambda alert: (alert.state is AlertState.CLOSED, -alert.severity.rank))
    beginning = [alert for alert in ordered if alert.state is AlertState.OPEN]
    severity = max((alert.severity for alert in ordered), key=lambda each: each.rank)
    lines = [line for alert in ordered[:_MOST_LINES] for line in _lines(alert, now, link)]
    if len(ordered) > _MOST_LINES:
        lines.append(f"… ещё · more: {len(ordered) - _MOST_LINES}")
    return AlertMessage(
        severity,
        _title(beginning, ordered, severity),
        "\n".join(lines).strip(),
        tuple(alert.id for alert in ordered if alert.id is not None and not alert.is_open_written),
        tuple(alert.id for alert in ordered if alert.id is not None and alert.state is AlertState.CLOSED),
    )


def _title(beginning: Sequence[Alert], alerts: Sequence[Alert], severity: Severity) -> str:
    if not beginning:
        return f"Шлюз ЕМИАС: закончилось ({len(alerts)}) · EMIAS gateway: over ({len(alerts)})"
    russian, _, english = SEVERITIES[severity].partition(" · ")
    return f"Шлюз ЕМИАС: {russian} ({len(beginning)}) · EMIAS gateway: {english} ({len(beginning)})"


def _lines(alert: Alert, now: datetime, link: str) -> Iterator[str]:
    russian, _, english = alert.what.partition(" · ")
    begun = alert.opened_at or now
    if alert.state is AlertState.CLOSED:
        lasted = max(1, round(((alert.closed_at or now) - begun).total_seconds() / 60))
        yield f"✔ Закончилось за {lasted} мин: {russian}"
        yield f"✔ Over after {lasted} min: {english}"
    else:
        advice, _, advice_english = alert.advice.partition(" · ")
        yield f"● {russian} (с {as_moscow(begun):%H:%M} МСК)"
        yield f"   → {advice}"
        yield f"● {english} (since {as_moscow(begun):%H:%M} Moscow)"
        yield f"   → {advice_english}"
        if link:
            yield f"   {link}/dashboard#{alert.panel}"
    yield ""


def trial_message(now: datetime) -> AlertMessage:
    """Write the message by which people see that alerts reach them."""
    return AlertMessage(
        Severity.INFO,
        "Шлюз ЕМИАС: проверка связи · EMIAS gateway: a test",
        f"Тревоги дойдут сюда. Отправлено в {as_moscow(now):%H:%M:%S} МСК, делать ничего не надо.\n"
        f"Alerts will reach this place. Sent at {as_moscow(now):%H:%M:%S} Moscow, nothing to do.",
    )


def next_try(tries: int) -> timedelta:
    """How long to wait after so many failed tries."""
    return min(_FIRST_WAIT * (1 << min(tries, 10)), _LONGEST_WAIT)
