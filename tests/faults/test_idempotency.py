"""One form, sent more than once: at the same time, with another body, without a key, twice for one hold."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import cycle, islice

import httpx
import pytest

from tests.faults.figures import Figures, times
from tests.faults.stage import Stage
from tests.faults.visitor import Event, Visitor

Clients = list[httpx.AsyncClient]


@pytest.mark.quick
async def test_one_key_twenty_times_at_once_has_one_effect(
    stage: Stage, clients: Clients, history: list[Event], figures: Figures
) -> None:
    """Twenty equal requests at once under one key at two gateways make one appointment and one kept answer."""
    rounds = times(quick=3, full=50)
    await stage.tell("settings", latency_ms=50)
    seen: Counter[str] = Counter()
    for _ in range(rounds):
        visitors = _same_person(stage, clients, history)
        [slot] = await stage.slots()
        hold_id = await visitors[0].held(slot)
        told = await asyncio.gather(*(visitor.book(slot, hold_id, visitor.name) for visitor in visitors))
        seen.update(f"{event.status} {event.code}".strip() for event in told)
        final = [event for event in told if event.status == 201]
        assert len({event.answer["id"] for event in final}) == 1
        assert {event.code for event in told if event.status != 201} <= {"idempotency_in_progress"}
        late = await visitors[-1].book(slot, hold_id, visitors[-1].name)
        assert (late.status, late.answer) == (201, final[0].answer)
    made = len(await stage.appointments(active=False))
    figures.add(f"one key ×20 at once, {rounds} times", f"{rounds} appointments", f"{made} appointments")
    assert made == rounds


@pytest.mark.quick
async def test_the_same_key_with_another_body_or_without_a_key_does_nothing(stage: Stage, visitor: Visitor) -> None:
    """A key that was used for another form is refused, and so is a form without a key."""
    first, second, third = await stage.slots(3)
    assert (await visitor.booked(first, "reused")).status == 201
    other = await visitor.booked(second, "reused")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    bare = await visitor.client.post("/v1/bookings", json={"hold_id": await visitor.held(third)})
    assert (bare.status_code, bare.json()["code"]) == (400, "idempotency_key_missing")
    assert len(await stage.appointments(active=False)) == 1


@pytest.mark.quick
async def test_two_keys_on_one_hold_book_once(stage: Stage, clients: Clients, history: list[Event]) -> None:
    """Two forms under two keys for one hold, at two gateways at once, make one appointment."""
    await stage.tell("settings", latency_ms=100)
    for _ in range(times(quick=5, full=100)):
        one, other = (Visitor.of(stage, client, history) for client in clients)
        [slot] = await stage.slots()
        hold_id = await one.held(slot)
        told = await asyncio.gather(one.book(slot, hold_id), other.book(slot, hold_id))
        assert [event.status for event in told].count(201) == 1
        assert {event.code for event in told} - {""} <= {"slot_taken", "hold_expired", "slot_held"}
    assert len(await stage.appointments(active=False)) == times(quick=5, full=100)


@pytest.mark.quick
async def test_a_cancel_sent_ten_times_at_once_cancels_once(
    stage: Stage, clients: Clients, history: list[Event]
) -> None:
    """Ten equal cancels at once under one key ask EMIAS once."""
    visitors = _same_person(stage, clients, history)[:10]
    [slot] = await stage.slots()
    booked = await visitors[0].booked(slot)
    await stage.tell("settings", latency_ms=50)
    told = await asyncio.gather(*(each.cancel(slot, booked.answer["id"], "cancel-once") for each in visitors))
    assert Counter(event.status for event in told).keys() <= {200, 409}
    assert {event.code for event in told} <= {"", "idempotency_in_progress"}
    assert (await stage.ask("state"))["calls"]["CancelAppointment"] == 1


def _same_person(stage: Stage, clients: Clients, history: list[Event]) -> list[Visitor]:
    """Let one person press the button twenty times, at all gateways."""
    first = Visitor.of(stage, clients[0], history)
    return [Visitor(stage, client, history, first.person, first.name) for client in islice(cycle(clients), 20)]
