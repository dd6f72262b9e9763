"""The gateway is killed at each of eight points of a booking, and started again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
import pytest

from gateway.failpoints import POINTS
from tests.faults.figures import Figures
from tests.faults.people import digits
from tests.faults.processes import Replica
from tests.faults.stage import Slot, Stage
from tests.faults.visitor import Event, Visitor

Clients = list[httpx.AsyncClient]
_SETTLED_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class _Cut:
    """A submission whose gateway was killed under it."""

    visitor: Visitor
    slot: Slot
    hold_id: str

    async def again(self) -> Event:
        """Send the same form under the same key."""
        return await self.visitor.book(self.slot, self.hold_id, self.visitor.name)


@pytest.mark.quick
async def test_one_kill_at_each_point_books_once_and_loses_nothing(
    stage: Stage, clients: Clients, history: list[Event]
) -> None:
    """Killed once at each of the eight points and asked again, the gateways book each patient exactly once."""
    cut = await _kill(stage, clients, history, POINTS)
    await stage.pass_idempotency_leases()
    await _judge(stage, cut)


@pytest.mark.parametrize("point", POINTS)
async def test_fifty_kills_at_a_point_book_once_and_lose_nothing(
    stage: Stage, clients: Clients, history: list[Event], figures: Figures, point: str
) -> None:
    """Killed fifty times at one point and asked again, the gateways book each patient exactly once."""
    cut = await _kill(stage, clients, history, [point] * 50)
    seen = await _judge(stage, cut)
    figures.add(f"kill −9 at `{point}`, {len(cut)} times", "0 duplicates, 0 lost", seen)


async def _kill(stage: Stage, clients: Clients, history: list[Event], points: Sequence[str]) -> list[_Cut]:
    """Cut one booking short at each point, by turns at two gateways: while one comes back the other serves."""
    cut = []
    for turn, point in enumerate(points):
        replica, client = (stage.gateway, stage.other)[turn % 2], clients[turn % 2]
        await replica.ready()
        visitor = Visitor.of(stage, client, history)
        cut.append(await _cut_short(stage, replica, visitor, point))
        await replica.spawn()
    for replica in (stage.gateway, stage.other):
        await replica.ready()
    return cut


async def _cut_short(stage: Stage, replica: Replica, visitor: Visitor, point: str) -> _Cut:
    [slot] = await stage.slots()
    hold_id = await visitor.held(slot)
    replica.order(point, "kill")
    event = await visitor.book(slot, hold_id, visitor.name)
    assert event.status is None, event
    await replica.ended()
    return _Cut(visitor, slot, hold_id)


async def _judge(stage: Stage, cut: Sequence[_Cut]) -> str:
    """Ask again until each is answered for good, and compare with EMIAS's book."""
    told = [await one.visitor.until(one.again, _is_final, _SETTLED_SECONDS, 1.0) for one in cut]
    await stage.until_settled(_SETTLED_SECONDS)
    made = Counter(row["patient"]["snils"] for row in await stage.appointments(active=False))
    people = [digits(one.visitor.person) for one in cut]
    twice = [person for person in people if made[person] > 1]
    lost = [
        event
        for person, event in zip(people, told, strict=True)
        if (event.status == 201) != bool(made[person]) or (event.status != 201 and event.code != "booking_failed")
    ]
    assert (twice, lost) == ([], [])
    states = Counter((await stage.states()).values())
    assert states["booked"] == made.total()
    booked = sum(event.status == 201 for event in told)
    return f"{len(twice)} duplicates, {len(lost)} lost; {booked} booked, {len(told) - booked} proved not made"


def _is_final(event: Event) -> bool:
    return event.status not in {None, 202} and event.code not in {"idempotency_in_progress", "emias_unavailable"}
