"""Visitors who book one after the other, each a slot of his own, for as long as the load lasts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from tests.faults.stage import Stage
from tests.faults.visitor import Event, Visitor

__all__ = ["Load", "under_load"]

_PAUSE = 0.05


@dataclass(slots=True)
class Load:
    """What came of the visits: each one's last event, a booking if it came so far."""

    ends: list[Event] = field(default_factory=list)

    @property
    def success(self) -> float:
        """The share of visits that ended with a booking."""
        return sum(event.status == 201 for event in self.ends) / len(self.ends)

    def counts(self) -> Counter[str]:
        """Count the ends by status and code."""
        return Counter(f"{event.call} {event.status} {event.code}".strip() for event in self.ends)

    async def served_since(self, moment: float, seconds: float) -> float:
        """Wait until a booking that was begun after a moment has succeeded; return the seconds since the moment."""
        async with asyncio.timeout(seconds):
            while True:
                ends = [event.ended for event in self.ends if event.status == 201 and event.began > moment]
                if ends:
                    return min(ends) - moment
                await asyncio.sleep(_PAUSE)


@asynccontextmanager
async def under_load(
    stage: Stage, clients: Sequence[httpx.AsyncClient], history: list[Event], visitors: int
) -> AsyncIterator[Load]:
    """Let so many visitors book at once, by turns at each gateway; visits begun are ended before this returns."""
    load, stop = Load(), asyncio.Event()

    async def visit(client: httpx.AsyncClient) -> None:
        while not stop.is_set():
            load.ends.append(await _visit(Visitor.of(stage, client, history)))
            await asyncio.sleep(_PAUSE)

    async with asyncio.TaskGroup() as group:
        for number in range(visitors):
            group.create_task(visit(clients[number % len(clients)]))
        try:
            yield load
        finally:
            stop.set()


async def _visit(visitor: Visitor) -> Event:
    [slot] = await visitor.stage.slots()
    return await visitor.try_to_book(slot)
