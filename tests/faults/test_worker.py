"""Processes that are late: a gateway frozen in the middle of a booking, a worker frozen in the middle of a look."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.faults.figures import times
from tests.faults.stage import Stage
from tests.faults.visitor import Event, Visitor

_LATE_SECONDS = 60.0
_BOOKED_BY = "SELECT actor FROM booking_history WHERE to_state = 'booked'"
_LOOKED_AT = "SELECT count(*) FROM bookings WHERE look_until > now()"


@pytest.mark.quick
async def test_a_gateway_that_wakes_late_changes_nothing(stage: Stage, visitor: Visitor) -> None:
    """A gateway that hung before it wrote the result finds its booking resolved by the worker, and lets it be."""
    [slot] = await stage.slots()
    hold_id = await visitor.held(slot)
    stage.gateway.order("reply_read", "pause")
    # The pause outlasts the call's deadline, so the process itself is frozen while it stands there.
    booking = asyncio.create_task(visitor.book(slot, hold_id))
    await stage.gateway.reached("reply_read")
    stage.gateway.freeze()
    await stage.until_settled(_LATE_SECONDS)
    stage.gateway.release("reply_read")
    stage.gateway.thaw()
    told = await booking
    assert told.status in {201, 202}
    assert (await visitor.state(told.answer["id"])).answer["state"] == "booked"
    actors = [row[0] for row in await stage.database.pool.fetch(_BOOKED_BY)]
    assert actors == ["resolve"]
    assert len(await stage.appointments(active=False)) == 1


async def test_a_worker_that_wakes_late_changes_nothing(
    stage: Stage, client: httpx.AsyncClient, history: list[Event]
) -> None:
    """Doubts that a frozen worker had claimed are resolved once by another, whatever the first does when it wakes."""
    await stage.fault("CreateAppointment", "commit_then_drop", times=0)
    for slot in await stage.slots(8):
        assert (await Visitor.of(stage, client, history).booked(slot)).status in {202, 503}
    await stage.heal()
    await stage.tell("settings", latency_ms=1000)
    async with asyncio.timeout(_LATE_SECONDS):
        while not await stage.database.pool.fetchval(_LOOKED_AT):
            await asyncio.sleep(0.02)
    stage.sync.freeze()
    try:
        async with stage.another("sync-2"):
            await stage.until_settled(_LATE_SECONDS * 3)
            settled = await stage.database.pool.fetch("SELECT id, state, token FROM bookings ORDER BY id")
            stage.sync.thaw()
            await asyncio.sleep(5)
    finally:
        stage.sync.thaw()
    assert await stage.database.pool.fetch("SELECT id, state, token FROM bookings ORDER BY id") == settled


@pytest.mark.quick
async def test_doubts_wait_for_a_stopped_worker(stage: Stage, visitor: Visitor) -> None:
    """While the worker is stopped a doubt keeps its slot, and ends soon after the worker goes on."""
    stage.sync.freeze()
    try:
        [slot] = await stage.slots()
        await stage.fault("CreateAppointment", "commit_then_drop")
        told = await visitor.booked(slot)
        await asyncio.sleep(times(quick=2, full=180))
        assert (await visitor.state(told.answer["id"])).answer["state"] == "in_doubt"
        assert (await Visitor.of(stage, visitor.client).hold(slot)).code in {"slot_taken", "slot_held"}
    finally:
        stage.sync.thaw()
    await stage.until_settled(_LATE_SECONDS)
    assert (await visitor.state(told.answer["id"])).answer["state"] == "booked"
