"""Holds: a crowd on one slot, and how fast holds come and go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

from redis.asyncio import BlockingConnectionPool, Redis

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.population import Population, insert_slots, populate
from benchmarks.rounds import take_turns, timed_wall
from benchmarks.sizes import Size
from benchmarks.stage import Stage
from gateway.domain.errors import SlotHeld
from gateway.domain.hold import HOLD_FOR, Hold
from gateway.domain.moscow import MOSCOW
from gateway.holds.connection import open_redis
from gateway.holds.gate import RedisGate
from gateway.services.hold import HoldSlot
from gateway.wiring import open_house

__all__ = ["measure"]

_CALLERS: Final = 32
_MILLISECONDS: Final = int(HOLD_FOR.total_seconds() * 1000)


async def measure(stage: Stage, size: Size) -> list[Figure]:
    """Send the crowd through the hold service, then let a few callers hold and release in turn."""
    population = await populate(stage.database, 1)
    noon = datetime.now(MOSCOW).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    slots = await insert_slots(stage.database, population, 0, [noon + timedelta(minutes=n) for n in range(_CALLERS)])
    places = BlockingConnectionPool.from_url(stage.redis_url, max_connections=_CALLERS, timeout=60)
    redis = Redis.from_pool(places)
    try:
        async with open_house(stage.settings()) as house, open_redis(stage.redis_url) as line:
            crowd = await _crowd(house.hold, redis, population, slots[0], size)
            return [*crowd, *await _throughput(house.hold, RedisGate(line), redis, population, slots, size)]
    finally:
        await redis.aclose()


async def _crowd(hold: HoldSlot, redis: Redis, population: Population, slot: UUID, size: Size) -> list[Figure]:
    winners: list[int] = []
    standing: list[Hold] = []

    async def clear() -> None:
        while standing:
            won = standing.pop()
            await _release(hold, population, won)

    async def storm() -> None:
        callers = [hold.take(population.holder(f"visitor-{number}"), slot, None) for number in range(size.crowd)]
        answers = await asyncio.gather(*callers, return_exceptions=True)
        strange = [answer for answer in answers if not isinstance(answer, Hold | SlotHeld)]
        if strange:
            raise RuntimeError(f"{len(strange)} callers were told neither yes nor held") from strange[0]
        standing.extend(answer for answer in answers if isinstance(answer, Hold))
        if not standing:
            raise RuntimeError("nobody got a free slot")
        winners.append(len(standing))

    async def pipeline() -> None:
        async with redis.pipeline(transaction=False) as pipe:
            for _ in range(size.crowd):
                pipe.set("bench:crowd", "1", nx=True, px=_MILLISECONDS)
            await pipe.execute()

    taken = await take_turns(
        size.few_rounds,
        {
            "storm": timed_wall(storm, clear),
            "pipeline": timed_wall(pipeline, lambda: redis.delete("bench:crowd")),
        },
    )
    await clear()
    what = f"{size.crowd:,} concurrent holds on one slot"
    rounds = f"each of {len(winners)} rounds; the ratio is the worst one's"
    return [
        Figure(f"{what}: winners", "exactly one", max(winners, key=lambda won: abs(won - 1)), at_most(1), rounds),
        Figure(what, f"{size.crowd:,} SET NX in one pipeline", taken.ratio("storm", "pipeline"), at_most(7)),
    ]


async def _throughput(
    hold: HoldSlot, gate: RedisGate, redis: Redis, population: Population, slots: Sequence[UUID], size: Size
) -> list[Figure]:
    names = count()

    async def bare(_slot: UUID) -> None:
        await redis.set(f"bench:{next(names) % 1000}", "1", px=_MILLISECONDS)

    async def through_gate(slot: UUID) -> None:
        owner = uuid4()
        await gate.enter(slot, owner, HOLD_FOR)
        await gate.leave(slot, owner)

    async def through_service(slot: UUID) -> None:
        taken = await hold.take(population.holder(f"visitor-{slot}"), slot, None)
        await _release(hold, population, taken)

    taken = await take_turns(
        size.few_rounds,
        {
            "bare": _per_call(bare, slots, size.holds * 5),
            "gate": _per_call(through_gate, slots, size.holds * 5),
            "service": _per_call(through_service, slots, size.holds),
        },
    )
    peer = f"bare SET by {_CALLERS} callers"
    return [
        Figure("hold + release at the gate in Redis, throughput", peer, taken.ratio("bare", "gate"), at_least(0.4)),
        Figure(
            "hold + release through the service, throughput",
            peer,
            taken.ratio("bare", "service"),
            note="two transactions in PostgreSQL, which decides; no limit was set for it",
        ),
    ]


def _per_call(
    call: Callable[[UUID], Awaitable[Any]], slots: Sequence[UUID], calls: int
) -> Callable[[], Awaitable[float]]:
    """Make a side that calls from all callers at once, each on a slot of its own; its cost is seconds a call."""

    async def caller(slot: UUID, share: int) -> None:
        for _ in range(share):
            await call(slot)

    async def turn() -> float:
        share = max(1, calls // len(slots))
        begun = time.perf_counter()
        await asyncio.gather(*(caller(slot, share) for slot in slots))
        return (time.perf_counter() - begun) / (share * len(slots))

    return turn


async def _release(hold: HoldSlot, population: Population, taken: Hold) -> None:
    await hold.release(population.holder("anybody"), taken.id)
