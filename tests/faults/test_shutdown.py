"""SIGTERM and hang-ups in the middle of a booking."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.faults.conftest import site_client
from tests.faults.figures import Figures, times
from tests.faults.stage import Stage
from tests.faults.visitor import Event, Visitor

_SETTLED_SECONDS = 60.0


@pytest.mark.quick
async def test_a_booking_under_way_is_finished_before_the_end(
    stage: Stage, client: httpx.AsyncClient, history: list[Event], figures: Figures
) -> None:
    """A gateway that is told to end answers the bookings under way, and ends with status 0."""
    count = times(quick=5, full=12)
    await stage.tell("settings", latency_ms=1000)
    slots = await stage.slots(count)
    visitors = [Visitor.of(stage, client, history) for _ in slots]
    holds = await asyncio.gather(*(visitor.held(slot) for visitor, slot in zip(visitors, slots, strict=True)))
    forms = zip(visitors, slots, holds, strict=True)
    booking = asyncio.gather(*(visitor.book(slot, hold_id) for visitor, slot, hold_id in forms))
    await _reached_emias(stage, count)
    await stage.gateway.stop()
    told = await booking
    statuses = [event.status for event in told]
    figures.add(f"SIGTERM under {count} bookings", "all answered, all booked", f"{statuses.count(201)} booked")
    assert stage.gateway.process.status == 0
    assert statuses == [201] * count
    await stage.gateway.start()


@pytest.mark.quick
async def test_a_caller_who_hangs_up_does_not_stop_the_booking(stage: Stage, history: list[Event]) -> None:
    """A booking whose caller is gone is made and written down all the same."""
    await stage.tell("settings", latency_ms=800)
    [slot] = await stage.slots()
    async with site_client(stage, stage.gateway.url) as leaving:
        visitor = Visitor.of(stage, leaving, history)
        hold_id = await visitor.held(slot)
        booking = asyncio.create_task(visitor.book(slot, hold_id))
        await _reached_emias(stage, 1)
        booking.cancel()
        await asyncio.gather(booking, return_exceptions=True)
    await stage.until_settled(_SETTLED_SECONDS)
    assert list((await stage.states()).values()) == ["booked"]
    by = await stage.database.pool.fetchval("SELECT actor FROM booking_history WHERE to_state = 'booked'")
    assert by == "gateway"


async def _reached_emias(stage: Stage, count: int) -> None:
    async with asyncio.timeout(_SETTLED_SECONDS):
        while (await stage.ask("state"))["calls"].get("CreateAppointment", 0) < count:
            await asyncio.sleep(0.02)
