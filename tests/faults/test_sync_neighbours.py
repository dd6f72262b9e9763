"""One doctor hangs, one is garbage, one is empty, one has changed slot ids: the others are read as ever."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.faults.conftest import site_client
from tests.faults.figures import Figures
from tests.faults.stage import Stage, open_stage
from tests.faults.visitor import Event, Visitor

_PASS_SECONDS = 600.0
_ROWS = """
SELECT e.emias_doctor_id, s.starts_at, s.id, s.emias_slot_id, s.state, s.xmin::text
FROM local_emias_slots s JOIN emias_doctors e ON e.id = s.doctor_id
"""
_TRIED = "SELECT count(*) FROM emias_doctors WHERE attempted_at > $1 AND lease_token IS NULL"


@pytest.mark.quick
async def test_bad_doctors_disturb_no_others_among_eight(
    stage: Stage, client: httpx.AsyncClient, history: list[Event], figures: Figures
) -> None:
    """A pass over eight doctors, half of them broken, changes only the rows that EMIAS changed."""
    await _judge_a_pass(stage, client, history, figures)


async def test_bad_doctors_disturb_no_others_among_five_hundred(
    tmp_path_factory: pytest.TempPathFactory, history: list[Event], figures: Figures
) -> None:
    """A pass over five hundred doctors, four of them broken, changes only the rows that EMIAS changed."""
    async with open_stage(tmp_path_factory.mktemp("neighbours"), doctors=500) as stage:
        await stage.begin()
        async with site_client(stage, stage.gateway.url) as client:
            await _judge_a_pass(stage, client, history, figures)
        assert await stage.broken() == {}


async def _judge_a_pass(stage: Stage, client: httpx.AsyncClient, history: list[Event], figures: Figures) -> None:
    await stage.read_well()  # what earlier scenarios sold is free again in an EMIAS that was reset
    hanging, garbage, empty, cut, renumbered, moved = await stage.slots_of_doctors(6)
    for slot, kind in ((hanging, "hang"), (garbage, "garbage_schedule"), (empty, "empty_schedule"), (cut, "truncated")):
        await stage.fault("GetSchedule", kind, doctor_id=int(slot.emias_doctor_id), times=0)
    visitor = Visitor.of(stage, client, history)
    hold_id = await visitor.held(renumbered)
    named = {name: value for name, value in renumbered.named().items() if name != "starts_at"}
    await stage.tell("slots/renumber", **named, all=True)
    stage.is_outdated = True
    await stage.tell("slots/take", **moved.named())
    before = await _rows(stage)
    count = await _pass(stage)
    after = await _rows(stage)
    assert before.keys() == after.keys()
    changed = {doctor for (doctor, starts_at), row in after.items() if row != before[doctor, starts_at]}
    assert changed == {renumbered.emias_doctor_id, moved.emias_doctor_id}
    assert after[moved.emias_doctor_id, moved.starts_at][2] == "busy"
    assert after[renumbered.emias_doctor_id, renumbered.starts_at][0] == renumbered.id
    seen = f"rows of {len(changed)} doctors changed, as in EMIAS"
    figures.add(f"4 broken doctors among {count}", "no other row changed, none deleted", seen)
    assert (await visitor.book(renumbered, hold_id)).status == 201


async def _pass(stage: Stage) -> int:
    """Let the worker read every doctor once more and count them."""
    began: datetime = await stage.database.pool.fetchval("SELECT clock_timestamp()")
    await stage.database.pool.execute("UPDATE emias_doctors SET next_sync_at = now()")
    count = int(await stage.database.pool.fetchval("SELECT count(*) FROM emias_doctors"))
    async with asyncio.timeout(_PASS_SECONDS):
        while await stage.database.pool.fetchval(_TRIED, began) < count:
            await asyncio.sleep(0.2)
    return count


async def _rows(stage: Stage) -> dict[tuple[str, datetime], Sequence[Any]]:
    return {(row[0], row[1]): tuple(row[2:]) for row in await stage.database.pool.fetch(_ROWS)}
