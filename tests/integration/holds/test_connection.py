"""The line to Redis under many callers and many troubles."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from demo.engines import ValkeyHandle, embedded_valkey
from gateway.holds.connection import RedisAbsent, RedisLine, open_redis
from gateway.holds.gate import RedisGate
from gateway.ports import GateAnswer

_LONG = timedelta(minutes=5)


@pytest_asyncio.fixture(scope="module")
async def valkey(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ValkeyHandle]:
    """Run a Redis of this suite's own, which it may stop."""
    async with embedded_valkey(tmp_path_factory.mktemp("line"), keep=False) as handle:
        yield handle


@pytest_asyncio.fixture
async def line(valkey: ValkeyHandle) -> AsyncIterator[RedisLine]:
    """Open the line to it."""
    async with open_redis(valkey.url) as line:
        yield line


async def test_ten_thousand_callers_at_once_are_all_answered(line: RedisLine) -> None:
    """Any number of callers share the few connections, none of them fails."""
    gate, slot_id = RedisGate(line), uuid4()
    answers = await asyncio.gather(*(gate.enter(slot_id, uuid4(), _LONG) for _ in range(10_000)))
    assert Counter(answers) == {GateAnswer.ENTERED: 1, GateAnswer.OCCUPIED: 9_999}


async def test_callers_that_come_one_after_another_are_all_answered(line: RedisLine) -> None:
    """Whoever asks just when the others have been answered does not wait in vain."""

    async def ask_again_and_again() -> int:
        return sum([await line.run("return 1", [], []) for _ in range(200)])

    assert sum(await asyncio.gather(*(ask_again_and_again() for _ in range(10)))) == 2_000


async def test_each_caller_gets_its_own_answer(line: RedisLine) -> None:
    """Commands that travel together do not mix up their answers."""
    numbers = range(1_000)
    answers = await asyncio.gather(*(line.run("return tonumber(ARGV[1])", [], [number]) for number in numbers))
    assert answers == list(numbers)


async def test_an_error_of_redis_counts_as_absence(line: RedisLine) -> None:
    """A command that Redis refuses raises nothing but absence, and the next good answer ends it."""
    with capture_logs() as logs:
        with pytest.raises(RedisAbsent):
            await line.run("return redis.error_reply('NO')", [], [])
        while not await line.answers():  # noqa: ASYNC110 - only asking tells that it is back
            await asyncio.sleep(0.02)
    assert [entry["event"] for entry in logs] == ["redis_absent", "redis_back"]


async def test_a_restarted_redis_is_found_again(valkey: ValkeyHandle, line: RedisLine) -> None:
    """Connections that a restart broke are replaced."""
    assert await line.answers()
    await valkey.restart()
    while not await line.answers():  # noqa: ASYNC110 - only asking tells that it is back
        await asyncio.sleep(0.02)


async def test_while_redis_is_gone_callers_are_turned_away_at_once_and_one_warning_is_written(
    valkey: ValkeyHandle,
) -> None:
    """Of a crowd during an outage hardly anybody reaches for the server."""
    async with open_redis(valkey.url) as line:
        await valkey.stop()
        try:
            with capture_logs() as logs:
                for _ in range(20):
                    answers = await asyncio.gather(*(line.answers() for _ in range(500)))
                    assert not any(answers)
        finally:
            await valkey.start()
    assert [entry["event"] for entry in logs] == ["redis_absent"]


async def test_a_caller_that_gave_up_leaves_no_gate_shut(valkey: ValkeyHandle) -> None:
    """Cancelled while it enters, a caller's gate is opened with the next one's asking."""
    slot_id = uuid4()
    async with open_redis(valkey.url) as line:
        gate = RedisGate(line)
        await line.answers()
        await valkey.pause()
        try:
            entering = asyncio.create_task(gate.enter(slot_id, uuid4(), _LONG))
            await asyncio.sleep(0.05)
            entering.cancel()
            await asyncio.gather(entering, return_exceptions=True)
        finally:
            await valkey.resume()
        while (answer := await gate.enter(slot_id, uuid4(), _LONG)) is GateAnswer.ABSENT:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
        assert answer is GateAnswer.ENTERED


async def test_closing_turns_away_those_who_wait(valkey: ValkeyHandle) -> None:
    """Nobody hangs on a closed line."""
    async with open_redis(valkey.url) as line:
        await line.answers()
        await valkey.pause()
        waiting = [asyncio.create_task(line.answers()) for _ in range(2_000)]
        await asyncio.sleep(0)
    try:
        assert not any(await asyncio.gather(*waiting))
    finally:
        await valkey.resume()
