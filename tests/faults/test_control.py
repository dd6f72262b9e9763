"""The control: with every guard off the judge and `verify` must find violations, or they find nothing ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.faults.figures import Figures
from tests.faults.history import violations
from tests.faults.stage import Stage
from tests.faults.visitor import Event, Visitor

_GUARDS = ("holds_one_per_slot", "bookings_one_live_per_slot")
_NOBODY_THERE = "redis://127.0.0.1:9/0"


@pytest.mark.quick
async def test_without_index_and_gate_slots_get_two_owners_and_are_found(
    stage: Stage, clients: list[httpx.AsyncClient], history: list[Event], figures: Figures
) -> None:
    """With the unique indexes dropped, the gate off and an EMIAS that forbids nothing, both checkers accuse."""
    replicas = (stage.gateway, stage.other)
    async with _unguarded(stage), stage.settings_of(*replicas, REDIS_URL=_NOBODY_THERE):
        await stage.tell("settings", allow_double_booking=True, allow_repeat_patient=True, latency_ms=20)
        for slot in await stage.slots(3):
            crowd = [Visitor.of(stage, clients[number % 2], history) for number in range(10)]
            await asyncio.gather(*(visitor.try_to_book(slot) for visitor in crowd))
        judged = violations(history)
        broken = await stage.broken()
        await stage.clear()
    figures.add(
        "the control: guards off", "violations found", f"{len(judged)} by the judge, verify: {', '.join(broken)}"
    )
    assert judged
    assert "I1" in broken


@asynccontextmanager
async def _unguarded(stage: Stage) -> AsyncIterator[None]:
    """Drop the unique indexes; the book is emptied before they are made again."""
    pool = stage.database.pool
    rows = await pool.fetch("SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY($1)", list(_GUARDS))
    assert len(rows) == len(_GUARDS)
    for name, _ in rows:
        await pool.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        await stage.clear()
        for _, definition in rows:
            await pool.execute(definition)
