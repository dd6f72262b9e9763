"""The internal listener's app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from gateway.http.internal import Readiness, create_internal_app
from gateway.ports import GateAnswer
from tests.fakes import World
from tests.served import serving


@pytest_asyncio.fixture
async def probe(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of the internal app."""
    async with serving(create_internal_app(world.house())) as opened:
        yield opened


async def test_a_process_that_answers_is_live(probe: httpx.AsyncClient, world: World) -> None:
    """Liveness asks nothing of the engines."""
    world.keys.broken = True

    assert (await probe.get("/health/live")).status_code == 200


async def test_ready_names_what_answers(probe: httpx.AsyncClient) -> None:
    """With both engines the gateway is ready."""
    answer = await probe.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "database": "ok", "redis": "ok"}


async def test_without_its_database_the_gateway_is_not_ready(probe: httpx.AsyncClient, world: World) -> None:
    """A lost database is 503 by name."""
    world.keys.broken = True

    answer = await probe.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "database": "no answer", "redis": "ok"}


async def test_without_redis_the_gateway_goes_on(probe: httpx.AsyncClient, world: World) -> None:
    """A lost Redis is told, but the table alone can decide."""
    world.gate.answer = GateAnswer.ABSENT

    answer = await probe.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "database": "ok", "redis": "no answer"}


async def test_many_probes_cost_one_question(world: World) -> None:
    """Engines are asked at most once a second."""
    seconds = 100.0
    readiness = Readiness(world.house(), lambda: seconds)
    await asyncio.gather(*(readiness.answers() for _ in range(10)))
    assert world.keys.asked == 1

    seconds += 1
    await readiness.answers()

    assert world.keys.asked == 2


async def test_figures_are_shown(probe: httpx.AsyncClient, world: World) -> None:
    """Prometheus reads what the door has counted."""
    world.metrics.problem_told("slot_taken")

    answer = await probe.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    assert 'emias_gateway_problems_total{code="slot_taken"} 1.0' in answer.text
    assert "process_cpu_seconds_total" in answer.text
