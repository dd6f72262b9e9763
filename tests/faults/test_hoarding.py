"""One visitor, or one key, that wants more slots than it may hold."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import cycle

import httpx
import pytest

from tests.faults.stage import Stage
from tests.faults.visitor import Event, Visitor

Clients = list[httpx.AsyncClient]


@pytest.mark.quick
async def test_a_visitor_holds_no_more_than_he_may(stage: Stage, clients: Clients, history: list[Event]) -> None:
    """Of forty slots wanted at once at two gateways one visitor gets three, and another visitor is not disturbed."""
    async with stage.settings_of(stage.gateway, stage.other, HOLDS_PER_VISITOR="3"):
        first = Visitor.of(stage, clients[0], history)
        hoarders = [Visitor(stage, client, history, first.person, first.name) for client in clients]
        wanted = zip(cycle(hoarders), await stage.slots(40), strict=False)
        told = await asyncio.gather(*(hoarder.hold(slot) for hoarder, slot in wanted))
        counts = Counter((event.status, event.code) for event in told)
        assert counts == {(201, ""): 3, (429, "too_many_holds"): 37}
        assert (await Visitor.of(stage, clients[1], history).hold((await stage.slots())[0])).status == 201
        held = next(event for event in told if event.status == 201)
        assert held.slot is not None
        await first.release(held.slot, held.answer["id"])
        assert (await first.hold(held.slot)).status == 201


async def test_a_key_holds_no_more_than_it_may(stage: Stage, client: httpx.AsyncClient, history: list[Event]) -> None:
    """A key's limit stops new holds however many visitors it names."""
    async with stage.settings_of(stage.gateway, HOLDS_PER_KEY="10"):
        told = [await Visitor.of(stage, client, history).hold(slot) for slot in await stage.slots(15)]
    assert [event.status for event in told] == [201] * 10 + [429] * 5
