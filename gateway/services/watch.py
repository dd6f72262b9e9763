"""Watch over the installation: judge what is trouble, and tell people of it.

Gateway and worker both watch, so that each can tell of the other's silence; the book lets one of them judge at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from gateway.domain.alerts.alert import Alert
from gateway.domain.alerts.orders import Orders
from gateway.domain.alerts.quiet import QuietHours
from gateway.domain.alerts.rules import find
from gateway.domain.alerts.snapshot import Snapshot
from gateway.domain.alerts.standing import judge
from gateway.domain.alerts.telling import AlertMessage, compose, next_try
from gateway.ports.alerting import AlertBook, AlertFigures, Messenger, Place, Waiting

__all__ = ["Watch"]

_TURN: Final = timedelta(seconds=5)
_JUDGE_EVERY: Final = timedelta(seconds=25)
_LEASE: Final = timedelta(minutes=2)
_AT_ONCE: Final = 20
_log = structlog.stdlib.get_logger("gateway.watch")


def _unheard(_told: object) -> None:
    return


async def _again(work: Callable[[], Awaitable[object]]) -> None:
    while True:
        await asyncio.sleep(_TURN.total_seconds())
        try:
            await work()
        except Exception as fault:  # noqa: BLE001 - the next turn tries again
            _log.warning("watch_failed", fault=type(fault).__name__)


@dataclass(frozen=True, slots=True)
class Watch:
    """The rules, the hours in which people want to sleep, and the way to reach them; `link` is the admin's origin."""

    book: AlertBook
    messenger: Messenger
    orders: Orders
    quiet: QuietHours | None = None
    link: str = ""
    counted: Callable[[AlertFigures], None] = _unheard
    sent: Callable[[str], None] = _unheard

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Watch in the background; what is being sent in the end is sent again by whoever watches on."""
        watching = [asyncio.create_task(_again(work)) for work in (self.judge, self.deliver)]
        try:
            yield
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)

    async def judge(self, every: timedelta = _JUDGE_EVERY) -> None:
        """Judge the present, unless somebody has within `every`, and count what is open."""
        await self.book.judge(self.orders, self._judged, self._composed, every)
        self.counted(await self.book.figures())

    async def deliver(self) -> int:
        """Send the messages whose time has come, and count them."""
        if not self.messenger.places:
            return 0
        for number in range(_AT_ONCE):
            waiting = await self.book.take(_LEASE)
            if waiting is None:
                return number
            await self._send(waiting)
        return _AT_ONCE

    def _judged(self, snapshot: Snapshot, live: Sequence[Alert]) -> Sequence[Alert]:
        moved = judge(live, find(snapshot, self.orders), self.orders, snapshot.now)
        for alert in moved:
            if snapshot.now in {alert.opened_at, alert.closed_at}:
                _log.info("alert", rule=alert.rule, subject=alert.subject, state=alert.state, severity=alert.severity)
        return moved

    def _composed(self, snapshot: Snapshot, alerts: Sequence[Alert]) -> Sequence[AlertMessage]:
        return compose(alerts, snapshot.now, self.quiet, self.link)

    async def _send(self, waiting: Waiting) -> None:
        places = [
            place
            for place in self.messenger.places
            if place.name not in waiting.delivered and (waiting.is_test or waiting.severity in place.severities)
        ]
        refusals = await asyncio.gather(*(self._send_to(place, waiting) for place in places))
        failed = [f"{place.name}: {why}" for place, why in zip(places, refusals, strict=True) if why is not None]
        if failed:
            _log.warning("alert_not_delivered", message=waiting.id, places=failed, tries=waiting.tries + 1)
            await self.book.put_off(waiting, next_try(waiting.tries), "; ".join(failed))
        else:
            await self.book.finished(waiting)

    async def _send_to(self, place: Place, waiting: Waiting) -> str | None:
        why = await self.messenger.send(place, waiting.severity, waiting.title, waiting.body)
        self.sent("delivered" if why is None else "failed")
        if why is None:
            await self.book.reached(waiting, place.name)
        return why
