"""A crowd on one slot, visitors who come and go on many, and forms sent in at the very end of their hold."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Coroutine
from uuid import uuid4

import httpx
import pytest

from tests.faults.crowd import Crowd
from tests.faults.figures import Figures, times
from tests.faults.history import violations
from tests.faults.stage import Slot, Stage
from tests.faults.visitor import Event, Visitor

Clients = list[httpx.AsyncClient]


@pytest.mark.quick
async def test_a_crowd_on_one_slot_has_one_winner(stage: Stage, clients: Clients, figures: Figures) -> None:
    """Of ten thousand who want one slot at once at two gateways exactly one holds it, in every round."""
    rounds, connections, each = times(quick=2, full=100), times(quick=500, full=2000), 5
    crowd = Crowd(stage)
    await crowd.come([str(client.base_url) for client in clients], connections)
    winners = []
    try:
        for slot in await stage.slots(rounds):
            answers = await crowd.want(slot, each)
            assert answers.total() == connections * each
            assert answers.keys() <= {"held", "slot_held", "slot_taken"}
            winners.append(answers["held"])
    finally:
        await crowd.go()
    wrong = sum(won != 1 for won in winners)
    figures.add(f"{rounds} rounds of {connections * each} concurrent holds", "0 violations", f"{wrong} violations")
    assert wrong == 0


@pytest.mark.quick
async def test_visitors_who_come_and_go_never_own_one_slot_together(
    stage: Stage, clients: Clients, history: list[Event], figures: Figures
) -> None:
    """Whatever fifty visitors do on two hundred slots at two gateways, no two of them own one at the same time."""
    count, seconds = times(quick=20, full=50), times(quick=5, full=300)
    slots = await stage.slots(times(quick=40, full=200))
    await stage.tell("settings", latency_ms=20, allow_repeat_patient=True)
    until = time.monotonic() + seconds
    await asyncio.gather(
        *(_come_and_go(stage, Visitor.of(stage, clients[number % 2], history), slots, until) for number in range(count))
    )
    found = violations(history)
    what = f"{count} visitors on {len(slots)} slots"
    figures.add(what, "0 violations", f"{len(found)} violations in {len(history)} requests")
    assert found == []
    assert {event.status for event in history} <= {200, 201, 202, 204, 404, 409, 410, None}


@pytest.mark.quick
async def test_a_form_sent_in_at_the_holds_end_books_or_expires(
    stage: Stage, clients: Clients, history: list[Event]
) -> None:
    """Within 50 ms around its hold's end a form is booked or told expired, and a booked slot is nobody else's."""
    for slot in await stage.slots(times(quick=20, full=200)):
        first, second = (Visitor.of(stage, client, history) for client in clients)
        hold_id = await first.held(slot)
        ends_in = 0.15
        await stage.end_hold(hold_id, ends_in)
        moment = ends_in + random.uniform(-0.05, 0.05)  # noqa: S311 - which moment is no secret
        booked, held = await asyncio.gather(
            _after(moment, first.book(slot, hold_id)), _after(moment, second.hold(slot))
        )
        assert (booked.status, booked.code) in {(201, ""), (410, "hold_expired")}
        assert not (booked.status == 201 and held.status == 201)
        if held.status == 201:
            await second.release(slot, held.answer["id"])


async def _after(seconds: float, request: Coroutine[object, object, Event]) -> Event:
    await asyncio.sleep(seconds)
    return await request


async def _come_and_go(stage: Stage, visitor: Visitor, slots: list[Slot], until: float) -> None:
    """Hold, and then renew, release, book or walk away, again and again."""
    chance = random.Random(visitor.person)  # noqa: S311 - a reproducible walk, no secret
    while time.monotonic() < until:
        slot = chance.choice(slots)
        held = await visitor.hold(slot)
        if held.status != 201:
            continue
        hold_id = held.answer["id"]
        await asyncio.sleep(chance.uniform(0, 0.05))
        match chance.randrange(6):
            case 0:
                await visitor.renew(slot, hold_id)
                await visitor.release(slot, hold_id)
            case 1:
                booked = await visitor.book(slot, hold_id)
                if booked.status == 201:
                    await visitor.cancel(slot, booked.answer["id"])
            case 2:
                visitor.history.append(Event(visitor.name, "expire", slot, time.time(), time.time(), None, None))
                await stage.end_hold(hold_id, 0.0)
            case 3:
                await asyncio.gather(visitor.release(slot, hold_id), visitor.book(slot, hold_id, uuid4().hex))
            case _:
                await visitor.release(slot, hold_id)
