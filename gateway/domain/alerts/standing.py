"""How an alert stands: it opens once when trouble has lasted, and closes once when all has been well for long enough.

```
(none) ──bad──► pending ──bad for `opens_after`──► open ──good for `closes_after`──► closed
                   └──────good──► dropped           └─worse by a step─► overtaken, and the next one opens
```
A stretch through which nobody could tell does not count toward either span.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from gateway.domain.alerts.alert import Alert, AlertState, Finding
from gateway.domain.alerts.orders import Order, Orders
from gateway.domain.alerts.words import said_of

__all__ = ["judge"]

_GAP: Final = timedelta(minutes=3)
"""Longer than this without a word, and nobody can say what was in between."""


def judge(live: Sequence[Alert], findings: Sequence[Finding], orders: Orders, now: datetime) -> list[Alert]:
    """Return the alerts that begin, move or end; `live` are those pending or open, one for a rule and subject."""
    standing = {(alert.rule, alert.subject): alert for alert in live}
    told = {(finding.rule, finding.subject) for finding in findings}
    gone = [Finding(*key, is_bad=False) for key in standing if key not in told]
    moved: list[Alert] = []
    for finding in [*findings, *gone]:
        alert = standing.get((finding.rule, finding.subject))
        moved += _advance(alert, finding, orders[finding.rule], now)
    return moved


def _advance(alert: Alert | None, finding: Finding, order: Order, now: datetime) -> Iterator[Alert]:
    if finding.is_bad is None:
        return
    if alert is None:
        if finding.is_bad:
            yield _bad(_began(finding, order, now), finding, order, now)
    elif not finding.is_bad:
        yield _good(alert, order, now)
    elif alert.state is AlertState.OPEN and finding.step > alert.step:
        yield replace(alert, state=AlertState.CLOSED, closed_at=now, judged_at=now, is_overtaken=True)
        yield _opened(_began(finding, order, now), finding, now)
    else:
        yield _bad(alert, finding, order, now)


def _began(finding: Finding, order: Order, now: datetime) -> Alert:
    severity = finding.severity or order.severity
    return Alert(finding.rule, finding.subject, severity, AlertState.PENDING, now, now, now, finding.step)


def _bad(alert: Alert, finding: Finding, order: Order, now: datetime) -> Alert:
    match alert.state:
        case AlertState.PENDING:
            since = now if now - alert.judged_at > _GAP else alert.bad_since
            severity = finding.severity or order.severity
            seen = replace(alert, bad_since=since, last_seen=now, judged_at=now, step=finding.step, severity=severity)
            return _opened(seen, finding, now) if now - since >= order.lasting else seen
        case AlertState.OPEN:
            return replace(alert, good_since=None, last_seen=now, judged_at=now)
        case AlertState.CLOSED | AlertState.DROPPED:
            raise ValueError("an alert that has ended does not go on")
        case _:
            assert_never(alert.state)


def _opened(alert: Alert, finding: Finding, now: datetime) -> Alert:
    said = said_of(finding)
    return replace(alert, state=AlertState.OPEN, opened_at=now, what=said.what, advice=said.advice, panel=said.panel)


def _good(alert: Alert, order: Order, now: datetime) -> Alert:
    if alert.state is AlertState.PENDING:
        return replace(alert, state=AlertState.DROPPED, judged_at=now)
    broken = alert.good_since is None or now - alert.judged_at > _GAP
    since = now if broken or alert.good_since is None else alert.good_since
    well = replace(alert, good_since=since, judged_at=now)
    return replace(well, state=AlertState.CLOSED, closed_at=now) if now - since >= order.calm else well
