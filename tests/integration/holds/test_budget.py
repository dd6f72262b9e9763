"""The budget that replicas share through Redis, and what happens when it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from structlog.testing import capture_logs

from demo.engines import ValkeyHandle, embedded_valkey
from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Cause
from gateway.holds.budget import RedisBudget, RedisPurse
from gateway.holds.connection import RedisLine, open_redis
from gateway.holds.memory import MemoryBudget, MemoryPurse
from gateway.holds.queueing import Patience
from gateway.holds.ration import Later, Purse, Ration
from gateway.ports import Budget

_LEASE = timedelta(seconds=60)
_SLOW = Ration(rate=0.001, burst=4, concurrency=10, booking_share=0.5)
_NARROW = Ration(rate=10_000.0, burst=10_000, concurrency=4, booking_share=0.5)


@pytest_asyncio.fixture(scope="module")
async def valkey(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ValkeyHandle]:
    """Run a Redis of this suite's own, which it may stop."""
    async with embedded_valkey(tmp_path_factory.mktemp("budget"), keep=False) as handle:
        yield handle


@pytest_asyncio.fixture
async def line(valkey: ValkeyHandle) -> AsyncIterator[RedisLine]:
    """Open the line to it."""
    async with open_redis(valkey.url) as line:
        yield line


@pytest.fixture(params=["memory", "redis"])
def kind(request: pytest.FixtureRequest) -> str:
    """Name each adapter in turn."""
    return str(request.param)


def make_purse(kind: str, line: RedisLine, ration: Ration, lease: timedelta = _LEASE) -> Purse:
    """Make the adapter's purse."""
    return MemoryPurse(ration, lease) if kind == "memory" else RedisPurse(line, ration, lease)


def make_budget(kind: str, line: RedisLine, ration: Ration) -> Budget:
    """Make the adapter's budget, whose callers lose patience soon."""
    patience = Patience(booking=0.05, sync=0.05)
    return MemoryBudget(ration, _LEASE, patience) if kind == "memory" else RedisBudget(line, ration, _LEASE, patience)


async def granted(purse: Purse, lpu: str, tries: int, *, for_booking: bool) -> int:
    """Count how many calls of so many are granted at once, none of them ending."""
    takes = [await purse.take(lpu, uuid4().hex, for_booking=for_booking) for _ in range(tries)]
    return takes.count(None)


async def test_the_burst_is_granted_once_and_sync_leaves_its_share(kind: str, line: RedisLine) -> None:
    """Sync stops at its part of the burst, bookings have the rest, then the wait until the next call is told."""
    lpu, purse = uuid4().hex, make_purse(kind, line, _SLOW)
    assert await granted(purse, lpu, 5, for_booking=False) == 2
    assert await granted(purse, lpu, 5, for_booking=True) == 2
    later = await purse.take(lpu, "late", for_booking=True)
    assert later is not None
    assert later.seconds == pytest.approx(1000, rel=0.05)


async def test_tokens_come_back_at_the_rate(kind: str, line: RedisLine) -> None:
    """Whoever waits as long as told is granted."""
    lpu, purse = uuid4().hex, make_purse(kind, line, Ration(5.0, 1, 10, 0.0))
    assert await purse.take(lpu, "first", for_booking=True) is None
    later = await purse.take(lpu, "second", for_booking=True)
    assert later is not None
    assert later.seconds is not None
    assert 0 < later.seconds <= 0.2
    await asyncio.sleep(later.seconds)
    assert await purse.take(lpu, "second", for_booking=True) is None


async def test_places_are_counted_and_sync_leaves_its_share(kind: str, line: RedisLine) -> None:
    """Of the calls under way sync has its part only; a place given back is granted again."""
    lpu, purse = uuid4().hex, make_purse(kind, line, _NARROW)
    assert await purse.take(lpu, "one", for_booking=False) is None
    assert await granted(purse, lpu, 5, for_booking=False) == 1
    assert await granted(purse, lpu, 5, for_booking=True) == 2
    assert await purse.take(lpu, "more", for_booking=True) == Later(None)
    await purse.give_back(lpu, "one")
    assert await purse.take(lpu, "more", for_booking=True) is None


async def test_a_lost_call_gives_its_place_up(kind: str, line: RedisLine) -> None:
    """The place of a call whose end nobody told is free after the lease."""
    lpu = uuid4().hex
    purse = make_purse(kind, line, Ration(10_000.0, 10_000, 1, 0.0), timedelta(milliseconds=50))
    assert await purse.take(lpu, "lost", for_booking=True) is None
    while await purse.take(lpu, "next", for_booking=True):  # noqa: ASYNC110 - no event tells that a lease ran out
        await asyncio.sleep(0.005)


async def test_never_more_calls_under_way_than_granted(kind: str, line: RedisLine) -> None:
    """With a crowd of callers of both kinds the bound holds at every instant."""
    lpu = uuid4().hex
    patience = Patience(booking=30.0, sync=30.0)
    budget: Budget = (
        MemoryBudget(_NARROW, _LEASE, patience) if kind == "memory" else RedisBudget(line, _NARROW, _LEASE, patience)
    )
    now, most = 0, 0

    async def call(*, for_booking: bool) -> None:
        nonlocal now, most
        async with budget.spend(lpu, for_booking=for_booking):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    await asyncio.gather(*(call(for_booking=bool(number % 2)) for number in range(200)))
    assert 1 <= most <= 4


async def test_a_spent_budget_is_a_failure_with_its_cause(kind: str, line: RedisLine) -> None:
    """Who loses patience is told the cause and when to come again."""
    lpu, budget = uuid4().hex, make_budget(kind, line, Ration(0.001, 1, 1, 0.0))
    async with budget.spend(lpu, for_booking=True):
        with pytest.raises(EmiasFailure) as refused:
            await budget.spend(lpu, for_booking=True).__aenter__()
    assert refused.value.cause is Cause.BUDGET
    assert refused.value.retry_after


async def test_replicas_share_the_numbers(line: RedisLine, valkey: ValkeyHandle) -> None:
    """Two processes together have one burst and one set of places."""
    lpu = uuid4().hex
    async with open_redis(valkey.url) as other_line:
        ours, theirs = make_purse("redis", line, _SLOW), make_purse("redis", other_line, _SLOW)
        assert await granted(ours, lpu, 3, for_booking=True) == 3
        assert await granted(theirs, lpu, 3, for_booking=True) == 1
        wide = uuid4().hex
        ours, theirs = make_purse("redis", line, _NARROW), make_purse("redis", other_line, _NARROW)
        assert await granted(ours, wide, 3, for_booking=True) == 3
        assert await granted(theirs, wide, 3, for_booking=True) == 1


async def test_without_redis_the_process_keeps_the_same_numbers(valkey: ValkeyHandle) -> None:
    """A stopped Redis stops no call, the process counts on by itself, one warning tells of it."""
    lpu = uuid4().hex
    async with open_redis(valkey.url) as line:
        purse = make_purse("redis", line, _NARROW)
        assert await purse.take(lpu, "before", for_booking=True) is None
        await valkey.stop()
        try:
            with capture_logs() as logs:
                assert await granted(purse, lpu, 10, for_booking=True) == 3
                await purse.give_back(lpu, "before")
                assert await granted(purse, lpu, 10, for_booking=True) == 1
        finally:
            await valkey.start()
    assert [entry["event"] for entry in logs] == ["redis_absent"]


async def test_what_ended_meanwhile_is_counted_when_redis_is_back(valkey: ValkeyHandle) -> None:
    """Calls that ended while Redis did not answer free their places with its first answer."""
    lpu = uuid4().hex
    async with open_redis(valkey.url) as line:
        purse = make_purse("redis", line, _NARROW)
        for number in range(4):
            assert await purse.take(lpu, str(number), for_booking=True) is None
        await valkey.pause()
        try:
            for number in range(4):
                await purse.give_back(lpu, str(number))
        finally:
            await valkey.resume()
        await _until_back(line)
        assert await granted(purse, lpu, 5, for_booking=True) == 4


async def test_redis_holds_no_more_than_codes_and_numbers(line: RedisLine, valkey: ValkeyHandle) -> None:
    """Keys name the institution, values are numbers and random names, and all of it runs out."""
    lpu = "0777"
    await granted(make_purse("redis", line, _SLOW), lpu, 2, for_booking=True)
    client: Any = Redis.from_url(valkey.url, decode_responses=True)
    try:
        keys = await client.keys(f"*:{lpu}")
        assert sorted(keys) == [f"egw:budget:{lpu}", f"egw:calls:{lpu}"]
        assert set(await client.hgetall(f"egw:budget:{lpu}")) == {"tokens", "sync", "at"}
        assert all([await client.pttl(key) > 0 for key in keys])
    finally:
        await client.aclose()


async def _until_back(line: RedisLine) -> None:
    while not await line.answers():  # noqa: ASYNC110 - only asking tells that it is back
        await asyncio.sleep(0.02)
