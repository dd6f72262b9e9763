"""What the tests of alerts share: people who listen, a watch, and a database in which all is well."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from gateway.alerting.sender import make_messenger
from gateway.domain.alerts.orders import Orders, orders_from
from gateway.domain.alerts.quiet import QuietHours
from gateway.services.watch import Watch
from gateway.store.alerts import AlertBook
from gateway.store.engine import Database
from tests.integration.alerts.people import People, listening

LPU = "0101"


@dataclass
class Scene:
    """A database whose facts a test changes, and its clock, which only goes on when the test says so."""

    database: Database

    async def pass_time(self, span: timedelta) -> None:
        """Let all that alerts remember be so much older, as if time had passed; judged all the while."""
        await self.database.pool.execute(
            "UPDATE alerts SET bad_since = bad_since - $1::interval, good_since = good_since - $1::interval,"
            " opened_at = opened_at - $1::interval, closed_at = closed_at - $1::interval,"
            " muted_until = muted_until - $1::interval",
            span,
        )
        await self.database.pool.execute(
            "UPDATE alert_messages SET made_at = made_at - $1::interval, next_try_at = next_try_at - $1::interval", span
        )

    async def alive(self, *processes: str) -> None:
        """Let these processes have spoken just now, and the breakers be closed."""
        for process in processes:
            await self.say(process, "alive", 1)
        for lane in ("bookings", "reads"):
            await self.say("sync", f"breaker_{lane}", 0, LPU)

    async def say(self, process: str, what: str, value: float, lpu_code: str = "", note: str = "") -> None:
        """Let a process say something."""
        await self.database.pool.execute(
            "INSERT INTO beats (process, instance, what, lpu_code, value, note) VALUES ($1, 'scene:1', $2, $3, $4, $5)"
            " ON CONFLICT (process, instance, what, lpu_code)"
            " DO UPDATE SET value = excluded.value, note = excluded.note, at = now()",
            *(process, what, lpu_code, value, note),
        )

    async def rows(self, columns: str = "rule, state") -> list[tuple[Any, ...]]:
        """Read the alerts."""
        found = await self.database.pool.fetch(f"SELECT {columns} FROM alerts ORDER BY id")  # noqa: S608 - our columns
        return [tuple(row) for row in found]


@pytest_asyncio.fixture
async def scene(database: Database) -> Scene:
    """Give a database in which all is well."""
    await database.pool.execute("UPDATE alert_watch SET judged_at = '-infinity'")
    await database.pool.execute("INSERT INTO institutions (lpu_code, name) VALUES ($1, 'Поликлиника')", LPU)
    scene = Scene(database)
    await scene.alive("gateway", "sync")
    return scene


@pytest_asyncio.fixture
async def people() -> AsyncIterator[People]:
    """Give somebody who is told."""
    async with listening() as people:
        yield people


MakeWatch = Callable[..., Watch]


@pytest.fixture
def make_watch(database: Database, people: People) -> MakeWatch:
    """Make the watch of a replica."""

    def make(
        rules: Mapping[str, Any] | None = None,
        urls: str | None = None,
        quiet: str | None = None,
        instance: str = "sync a:1",
    ) -> Watch:
        orders: Orders = orders_from(rules or {})
        hours = QuietHours.parse(quiet) if quiet else None
        with warnings.catch_warnings():
            # Apprise's plugins import modules that Python is about to drop.
            warnings.simplefilter("ignore", DeprecationWarning)
            messenger = make_messenger(people.url if urls is None else urls)
        return Watch(AlertBook(database, instance), messenger, orders, hours, "https://admin.example")

    return make
