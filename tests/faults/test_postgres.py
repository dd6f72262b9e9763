"""PostgreSQL restarts, dies, ends connections or has none left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.faults.figures import Figures, p95, times
from tests.faults.history import violations
from tests.faults.load import under_load
from tests.faults.stage import Stage
from tests.faults.visitor import Event, Visitor

Clients = list[httpx.AsyncClient]
_SETTLED_SECONDS = 120.0
_BACKENDS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'emias-gateway'
"""
_KNOWN = {"", "temporarily_unavailable", "idempotency_in_progress", "hold_expired", "slot_held", "emias_unavailable"}


async def _restarts(stage: Stage) -> None:
    await stage.postgres.restart()


async def _dies(stage: Stage) -> None:
    await stage.postgres.kill()
    await stage.postgres.start()


@pytest.mark.parametrize("trouble", [pytest.param(_restarts, marks=pytest.mark.quick), _dies])
async def test_the_gateway_serves_again_within_ten_seconds(
    stage: Stage, clients: Clients, history: list[Event], figures: Figures, trouble: Callable[[Stage], Awaitable[None]]
) -> None:
    """After PostgreSQL is back bookings succeed within ten seconds, and none was lost or made twice."""
    gaps = []
    async with under_load(stage, clients, history, 6) as load:
        for _ in range(times(quick=1, full=10)):
            await asyncio.sleep(1.0)
            await trouble(stage)
            gaps.append(await load.served_since(time.time(), 30))
    await stage.until_settled(_SETTLED_SECONDS)
    what = f"PostgreSQL {trouble.__name__.strip('_')} {len(gaps)} times"
    figures.add(what, "serving again < 10 s", f"{max(gaps):.1f} s at the longest, {len(load.ends)} visits")
    assert max(gaps) < 10
    assert {event.code for event in load.ends} <= _KNOWN
    await _agree(stage, load.ends)


async def test_ended_connections_lose_no_booking(
    stage: Stage, clients: Clients, history: list[Event], figures: Figures
) -> None:
    """When every connection is ended again and again, each booking that was told stands, and others are told so."""
    async with under_load(stage, clients, history, 6) as load:
        for _ in range(100):
            await asyncio.sleep(0.25)
            await stage.database.pool.execute(_BACKENDS)
    await stage.until_settled(_SETTLED_SECONDS)
    figures.add(
        "connections ended under load, 100 times",
        "0 lost",
        ", ".join(f"{n} × {end}" for end, n in load.counts().items()),
    )
    assert {event.code for event in load.ends} <= _KNOWN
    await _agree(stage, load.ends)


async def test_a_pool_of_two_connections_serves_a_hundred_callers(
    stage: Stage, client: httpx.AsyncClient, history: list[Event]
) -> None:
    """With two connections a hundred visitors at once are all answered, and no slot is booked twice."""
    async with stage.settings_of(stage.gateway, DATABASE_POOL="2"):
        slots = await stage.slots(100)
        visitors = [Visitor.of(stage, client, history) for _ in slots]
        told = await asyncio.gather(*(visitor.try_to_book(slot) for visitor, slot in zip(visitors, slots, strict=True)))
    assert {event.code for event in told} <= _KNOWN
    assert {event.status for event in told} <= {201, 202, 503}
    assert p95([event.seconds for event in told]) < 30
    await _agree(stage, told)


async def _agree(stage: Stage, ends: list[Event]) -> None:
    """Compare what was told with EMIAS's book: a told booking stands, and nobody has two."""
    assert violations(ends) == []
    standing = {row["client_ref"] for row in await stage.appointments()}
    told = {event.answer["id"] for event in ends if event.status == 201}
    assert told <= standing
