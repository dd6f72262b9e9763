"""Where alerts are kept, and how people are reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from gateway.domain.alerts.alert import Alert, Severity
from gateway.domain.alerts.orders import Orders
from gateway.domain.alerts.snapshot import Snapshot
from gateway.domain.alerts.telling import AlertMessage

__all__ = ["AlertBook", "AlertFigures", "Compose", "Judge", "Messenger", "Place", "Waiting"]

Judge = Callable[[Snapshot, Sequence[Alert]], Sequence[Alert]]
"""From what is and the alerts that live to those that begin, move or end."""
Compose = Callable[[Snapshot, Sequence[Alert]], Sequence[AlertMessage]]
"""From the alerts of which something may have to be told to messages."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address by a name without its secret; None of `severities` is left out where it has none."""

    name: str
    severities: frozenset[Severity]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message taken for delivery, under a token; `delivered` names the places that have it."""

    id: int
    token: UUID
    is_test: bool
    severity: Severity
    title: str
    body: str
    delivered: frozenset[str]
    tries: int


@dataclass(frozen=True, slots=True)
class AlertFigures:
    """Open alerts by severity, messages not delivered everywhere yet, the age in seconds of the oldest of these.

    `judged_at` is when anybody last judged, in seconds since 1970; 0 is never.
    """

    open: dict[Severity, int]
    waiting: int
    oldest_waiting: float
    judged_at: float


class AlertBook(Protocol):
    """The alerts and their messages, shared by all processes."""

    async def judge(self, orders: Orders, judge: Judge, compose: Compose, every: timedelta) -> bool:
        """Judge the present and write what follows, all at once; False when somebody has within `every`."""

    async def figures(self) -> AlertFigures:
        """Count what is open and what waits."""

    async def take(self, lease: timedelta) -> Waiting | None:
        """Take the oldest message whose time has come; nobody else gets it for so long."""

    async def reached(self, waiting: Waiting, place: str) -> None:
        """Note that a place has the message."""

    async def finished(self, waiting: Waiting) -> None:
        """Note that every place has it."""

    async def put_off(self, waiting: Waiting, wait: timedelta, why: str) -> None:
        """Note that some place has not, and try again after `wait`."""


class Messenger(Protocol):
    """How people are reached."""

    @property
    def places(self) -> Sequence[Place]:
        """List the addresses."""

    async def send(self, place: Place, severity: Severity, title: str, body: str) -> str | None:
        """Send to one address; return None when it took the message, else why not, in a word without secrets."""
