"""One behaviour of the gate, whether it stands in the process or in Redis."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from demo.engines import ValkeyHandle, embedded_valkey
from gateway.holds.connection import RedisLine, open_redis
from gateway.holds.gate import RedisGate
from gateway.holds.memory import MemoryGate
from gateway.ports import Gate, GateAnswer

_LONG = timedelta(minutes=5)
_SHORT = timedelta(milliseconds=300)


@pytest_asyncio.fixture(scope="module")
async def valkey(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ValkeyHandle]:
    """Run a Redis of this suite's own, which it may stop."""
    async with embedded_valkey(tmp_path_factory.mktemp("gate"), keep=False) as handle:
        yield handle


@pytest_asyncio.fixture
async def line(valkey: ValkeyHandle) -> AsyncIterator[RedisLine]:
    """Open the line to it."""
    async with open_redis(valkey.url) as line:
        yield line


@pytest.fixture(params=["memory", "redis"])
def gate(request: pytest.FixtureRequest, line: RedisLine) -> Gate:
    """Give each adapter in turn."""
    return MemoryGate() if request.param == "memory" else RedisGate(line)


async def test_a_thousand_at_once_have_one_winner(gate: Gate) -> None:
    """Of all who want a slot at the same instant one enters and the others find it occupied."""
    slot_id = uuid4()
    answers = await asyncio.gather(*(gate.enter(slot_id, uuid4(), _LONG) for _ in range(1000)))
    assert Counter(answers) == {GateAnswer.ENTERED: 1, GateAnswer.OCCUPIED: 999}


async def test_slots_do_not_hinder_each_other(gate: Gate) -> None:
    """Whoever wants another slot enters there."""
    assert await gate.enter(uuid4(), uuid4(), _LONG) is GateAnswer.ENTERED
    assert await gate.enter(uuid4(), uuid4(), _LONG) is GateAnswer.ENTERED


async def test_the_gate_opens_by_itself(gate: Gate) -> None:
    """When the time is over somebody else may enter."""
    slot_id = uuid4()
    assert await gate.enter(slot_id, uuid4(), _SHORT) is GateAnswer.ENTERED
    assert await _entered_in_the_end(gate, slot_id) is GateAnswer.ENTERED


async def test_only_the_owner_opens_it(gate: Gate) -> None:
    """A stranger's leaving changes nothing; the owner's lets the next one in."""
    slot_id, owner = uuid4(), uuid4()
    await gate.enter(slot_id, owner, _LONG)
    await gate.leave(slot_id, uuid4())
    assert await gate.enter(slot_id, uuid4(), _LONG) is GateAnswer.OCCUPIED
    await gate.leave(slot_id, owner)
    assert await gate.enter(slot_id, uuid4(), _LONG) is GateAnswer.ENTERED


async def test_the_owner_keeps_it_for_longer(gate: Gate) -> None:
    """An extended gate outlives its first time, a stranger's extension does not count."""
    slot_id, owner, other_id, other = uuid4(), uuid4(), uuid4(), uuid4()
    await gate.enter(slot_id, owner, _SHORT)
    await gate.enter(other_id, other, _SHORT)
    await gate.extend(slot_id, owner, _LONG)
    await gate.extend(other_id, owner, _LONG)
    assert await _entered_in_the_end(gate, other_id) is GateAnswer.ENTERED
    assert await gate.enter(slot_id, uuid4(), _LONG) is GateAnswer.OCCUPIED


async def test_leaving_an_open_gate_is_nothing(gate: Gate) -> None:
    """Whoever leaves or extends where nobody is disturbs nobody."""
    slot_id = uuid4()
    await gate.leave(slot_id, uuid4())
    await gate.extend(slot_id, uuid4(), _LONG)
    assert await gate.enter(slot_id, uuid4(), _LONG) is GateAnswer.ENTERED


async def test_a_stopped_redis_makes_the_gate_absent_and_a_started_one_brings_it_back(valkey: ValkeyHandle) -> None:
    """Without Redis every answer is absent and nothing raises; when it is back the gate stands again."""
    slot_id, owner = uuid4(), uuid4()
    async with open_redis(valkey.url) as line:
        gate = RedisGate(line)
        assert await gate.enter(slot_id, owner, _LONG) is GateAnswer.ENTERED
        await valkey.stop()
        try:
            answers = await asyncio.gather(*(gate.enter(slot_id, uuid4(), _LONG) for _ in range(1000)))
            await gate.extend(slot_id, owner, _LONG)
            await gate.leave(slot_id, owner)
        finally:
            await valkey.start()
        assert set(answers) == {GateAnswer.ABSENT}
        assert await _present_in_the_end(gate) is GateAnswer.ENTERED


async def test_a_frozen_redis_makes_the_gate_absent_and_what_was_left_meanwhile_opens_later(
    valkey: ValkeyHandle,
) -> None:
    """A server that accepts and never answers counts as absent; the owner's leaving is made good when it is back."""
    slot_id, owner = uuid4(), uuid4()
    async with open_redis(valkey.url) as line:
        gate = RedisGate(line)
        assert await gate.enter(slot_id, owner, _LONG) is GateAnswer.ENTERED
        await valkey.pause()
        try:
            answers = await asyncio.gather(*(gate.enter(uuid4(), uuid4(), _LONG) for _ in range(1000)))
            await gate.leave(slot_id, owner)
        finally:
            await valkey.resume()
        assert set(answers) == {GateAnswer.ABSENT}
        await _present_in_the_end(gate)
        assert await gate.enter(slot_id, uuid4(), _LONG) is GateAnswer.ENTERED


async def _entered_in_the_end(gate: Gate, slot_id: UUID) -> GateAnswer:
    while (answer := await gate.enter(slot_id, uuid4(), _LONG)) is GateAnswer.OCCUPIED:  # noqa: ASYNC110 - no event tells that a key ran out
        await asyncio.sleep(0.005)
    return answer


async def _present_in_the_end(gate: Gate) -> GateAnswer:
    while (answer := await gate.enter(uuid4(), uuid4(), _LONG)) is GateAnswer.ABSENT:  # noqa: ASYNC110 - only asking tells that it is back
        await asyncio.sleep(0.02)
    return answer
