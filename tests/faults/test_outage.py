"""EMIAS says that it is busy, in every way there is, or is down for long and comes back."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from email.utils import formatdate

import httpx

from tests.faults.figures import Figures
from tests.faults.load import under_load
from tests.faults.stage import Stage
from tests.faults.visitor import Event, Visitor

_RATE, _BURST, _AT_ONCE = 20, 10, 4
_LONGEST_ADVICE = 3600
_DOWN_SECONDS = 120.0
_BACK_SECONDS = 120.0


async def test_whatever_retry_after_says_the_site_gets_whole_seconds(
    stage: Stage, client: httpx.AsyncClient, history: list[Event]
) -> None:
    """429 and 503 with seconds, a date, nonsense or absurd numbers become 202, or 503 with a sane Retry-After."""
    advices = ["2", formatdate(time.time() + 3, usegmt=True), "nonsense", "-5", "99999999999", "1e400", ""]
    for status in (429, 503):
        for advice in advices:
            params = {"status": status, "retry_after": advice, "body": "html"}
            await stage.fault("CreateAppointment", "status", params=params)
            visitor = Visitor.of(stage, client, history)
            told = await visitor.booked((await stage.slots())[0])
            assert told.status in {202, 503}, told
            if told.status == 503:
                assert 1 <= told.answer["retry_after"] <= _LONGEST_ADVICE
            await stage.forget()
            await stage.heal()
    await stage.until_settled(_BACK_SECONDS)
    assert await stage.appointments(active=False) == []


async def test_emias_comes_back_without_a_stampede(
    stage: Stage, client: httpx.AsyncClient, history: list[Event], figures: Figures
) -> None:
    """After an outage doubts, schedules and bookings share the granted rate, and all doubts end by themselves."""
    limits = {"EMIAS_RATE": f"{_RATE}", "EMIAS_BURST": f"{_BURST}", "EMIAS_CONCURRENCY": f"{_AT_ONCE}"}
    async with stage.settings_of(stage.gateway, stage.sync, **limits):
        await stage.fault("CreateAppointment", "commit_then_drop", times=0)
        slots = await stage.slots(40)
        await asyncio.gather(*(Visitor.of(stage, client, history).try_to_book(slot) for slot in slots))
        await stage.heal()
        await stage.tell("stop")
        async with under_load(stage, [client], history, 4) as load:
            await asyncio.sleep(_DOWN_SECONDS)
            assert (await client.get("/v1/specialties")).status_code == 200
            await stage.database.pool.execute("UPDATE emias_doctors SET next_sync_at = now()")
            began = time.time()
            await stage.tell("start")
            back = await load.served_since(began, _BACK_SECONDS)
            await stage.until_settled(_BACK_SECONDS)
        state, calls = await stage.ask("state"), (await stage.ask("calls"))["items"]
    seconds = Counter(int(call["at"]) for call in calls if call["at"] >= began)
    busiest = max(seconds.values())
    figures.add(
        "EMIAS back after an outage",
        f"≤ {_RATE + _BURST} calls in any second, {_AT_ONCE} at once",
        f"{busiest} calls in the busiest second, {state['most_in_flight']} at once, booking again after {back:.1f} s",
    )
    assert busiest <= _RATE + _BURST
    assert state["most_in_flight"] <= _AT_ONCE
    assert {event.code for event in load.ends} <= {"", "emias_unavailable"}
