"""Answers that trickle, never end, or are made to exhaust or trick a parser."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.faults.figures import Figures
from tests.faults.processes import Replica
from tests.faults.stage import DEADLINE, Stage
from tests.faults.visitor import Event, Visitor

_MEGABYTE = 1024 * 1024
_MOST = 64 * _MEGABYTE
_SETTLED_SECONDS = 90.0
_HOSTILE: list[tuple[str, dict[str, Any]]] = [
    ("huge", {"megabytes": 200}),
    ("gzip_bomb", {"megabytes": 200}),
    ("deep_nesting", {}),
    ("entity_bomb", {}),
    ("external_entity", {}),
    ("doctype", {}),
    ("wrong_encoding", {}),
    ("wrong_namespace", {}),
    ("two_bodies", {}),
]


@pytest.mark.parametrize("part", ["headers", pytest.param("body", marks=pytest.mark.quick)])
async def test_one_byte_a_second_is_cut_at_the_deadline(
    stage: Stage, visitor: Visitor, figures: Figures, part: str
) -> None:
    """An answer that trickles is cut at the call's deadline, and its booking found afterwards."""
    [slot] = await stage.slots()
    hold_id = await visitor.held(slot)
    await stage.fault("CreateAppointment", "dribble", params={"part": part, "interval": 1.0})
    told = await visitor.book(slot, hold_id)
    figures.add(
        f"one byte a second, {part}, deadline {DEADLINE:g} s", "cut at deadline + 0.5 s", f"{told.seconds:.2f} s"
    )
    assert (told.status, DEADLINE <= told.seconds < DEADLINE + 0.5) == (202, True)
    await stage.until_settled(_SETTLED_SECONDS)
    assert (await visitor.state(told.answer["id"])).answer["state"] == "booked"


@pytest.mark.quick
async def test_hostile_answers_to_bookings_cost_little_and_lose_nothing(
    stage: Stage, client: httpx.AsyncClient, history: list[Event], figures: Figures
) -> None:
    """Whatever EMIAS answers to a booking, memory stays low, nothing is fetched, and each booking ends rightly."""
    visitor = Visitor.of(stage, client, history)
    assert (await visitor.booked((await stage.slots())[0])).status == 201
    before = stage.gateway.memory()
    told = []
    for kind, params in _HOSTILE:
        await stage.fault("CreateAppointment", kind, params=params)
        told.append(await Visitor.of(stage, client, history).booked((await stage.slots())[0]))
        await stage.forget()
    rise = stage.gateway.memory() - before
    await _judge(stage, figures, stage.gateway, "bookings", rise)
    assert {event.status for event in told} <= {201, 202}
    await stage.until_settled(_SETTLED_SECONDS)
    states = list((await stage.states()).values())
    assert states.count("booked") == len(await stage.appointments(active=False))


async def test_hostile_schedules_cost_little_and_change_nothing(stage: Stage, figures: Figures) -> None:
    """Whatever EMIAS answers to a read, memory stays low, nothing is fetched, and no slot is closed by it."""
    before_rows = await _rows(stage)
    slots = await stage.slots_of_doctors(8)
    await _read_again(stage, [int(slot.emias_doctor_id) for slot in slots])
    before = stage.sync.memory()
    doctors = [int(slot.emias_doctor_id) for slot in slots]
    for part in (_HOSTILE[:5], _HOSTILE[5:]):
        for doctor, (kind, params) in zip(doctors, part, strict=False):
            await stage.fault("GetSchedule", kind, doctor_id=doctor, params=params)
        await _read_again(stage, doctors)
        await stage.heal()
        await stage.forget()
    await _judge(stage, figures, stage.sync, "schedules", stage.sync.memory() - before)
    assert await _rows(stage) == before_rows


async def _judge(stage: Stage, figures: Figures, replica: Replica, what: str, rise: int) -> None:
    hits = (await stage.ask("state"))["canary_hits"]
    seen = f"{rise / _MEGABYTE:.0f} MiB, {hits} fetches"
    figures.add(f"hostile answers to {what}, {len(_HOSTILE)} kinds", "memory rise < 64 MiB, no outside fetch", seen)
    assert replica.running
    assert rise < _MOST
    assert hits == 0


async def _read_again(stage: Stage, doctors: list[int]) -> None:
    """Let the worker read these doctors now and wait until it has tried each."""
    ids = [str(doctor) for doctor in doctors]
    began = await stage.database.pool.fetchval("SELECT clock_timestamp()")
    await stage.database.pool.execute(
        "UPDATE emias_doctors SET next_sync_at = now() WHERE emias_doctor_id = ANY($1)", ids
    )
    tried = "SELECT count(*) FROM emias_doctors WHERE emias_doctor_id = ANY($1) AND greatest(as_of, last_error_at) > $2"
    async with asyncio.timeout(_SETTLED_SECONDS):
        while await stage.database.pool.fetchval(tried, ids, began) < len(ids):
            await asyncio.sleep(0.1)


async def _rows(stage: Stage) -> list[Any]:
    closed = "count(*) FILTER (WHERE state = 'closed')"
    query = f"SELECT doctor_id, count(*), {closed} FROM local_emias_slots GROUP BY 1 ORDER BY 1"  # noqa: S608 - constant
    return [tuple(row) for row in await stage.database.pool.fetch(query)]
