"""Redis forgets, restarts, freezes, is slow, is full or is gone: PostgreSQL keeps the promise without it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from tests.faults.figures import Figures, times
from tests.faults.history import violations
from tests.faults.load import under_load
from tests.faults.stage import Stage
from tests.faults.visitor import Event

Clients = list[httpx.AsyncClient]
_VISITORS = 6


async def _forgets(stage: Stage) -> None:
    for _ in range(10):
        await _ask(stage, "FLUSHALL")
        await asyncio.sleep(0.2)


async def _restarts(stage: Stage) -> None:
    await stage.valkey.restart()


async def _freezes(stage: Stage) -> None:
    await stage.valkey.pause()
    await asyncio.sleep(_seconds())
    await stage.valkey.resume()


async def _is_slow(stage: Stage) -> None:
    for _ in range(round(_seconds() * 2)):
        await _ask(stage, "CLIENT", "PAUSE", 300, "ALL")
        await asyncio.sleep(0.5)


async def _is_full(stage: Stage) -> None:
    await _ask(stage, "CONFIG", "SET", "maxmemory", "1")
    await asyncio.sleep(_seconds())
    await _ask(stage, "CONFIG", "SET", "maxmemory", "0")


async def _is_gone(stage: Stage) -> None:
    await stage.valkey.kill()
    await asyncio.sleep(_seconds())
    await stage.valkey.start()


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(_forgets, marks=pytest.mark.quick),
        _restarts,
        _freezes,
        _is_slow,
        _is_full,
        pytest.param(_is_gone, marks=pytest.mark.quick),
    ],
)
async def test_bookings_go_on_whatever_redis_does(
    stage: Stage,
    clients: Clients,
    history: list[Event],
    figures: Figures,
    trouble: Callable[[Stage], Awaitable[None]],
) -> None:
    """While Redis fails ninety-nine of a hundred visits still end with a booking, and no slot has two owners."""
    async with _redis_well_again(stage), under_load(stage, clients, history, _VISITORS) as load:
        await asyncio.sleep(0.5)
        await trouble(stage)
        await asyncio.sleep(0.5)
    name = trouble.__name__.strip("_").replace("_", " ")
    figures.add(f"Redis {name}", "≥ 99 % booked", f"{load.success:.1%} of {len(load.ends)} visits")
    assert load.success >= 0.99, load.counts()
    assert violations(history) == []


def _seconds() -> float:
    return times(quick=2, full=30)


@asynccontextmanager
async def _redis_well_again(stage: Stage) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await stage.valkey.resume()
        await stage.valkey.start()


async def _ask(stage: Stage, *words: Any) -> None:
    client: Any = Redis.from_url(stage.valkey.url)  # its types know each command but not any
    async with client as redis:
        await redis.execute_command(*words)
