"""One behaviour of the breaker, whether its circuits stand in the process or in Redis."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from demo.engines import ValkeyHandle, embedded_valkey
from gateway.domain.circuit import Admitted, Circuit, CircuitRules, CircuitState, Kept, Lane
from gateway.holds.breaker import RedisBreaker
from gateway.holds.connection import RedisLine, open_redis
from gateway.holds.memory_breaker import MemoryBreaker
from gateway.ports import Breaker

_LEASE = 30.0
_RULES = CircuitRules(failures=3, shortest=0.1, longest=0.2, longest_asked=600, ease=60, gap=0.5, patience=1.0)
_CALM = CircuitRules(failures=3, shortest=0.1, longest=0.2, ease=0.05, gap=0.01)


@pytest_asyncio.fixture(scope="module")
async def valkey(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ValkeyHandle]:
    """Run a Redis of this suite's own, which it may stop."""
    async with embedded_valkey(tmp_path_factory.mktemp("breaker"), keep=False) as handle:
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


@pytest.fixture
def breaker(kind: str, line: RedisLine) -> Breaker:
    """Give the adapter with a long easing."""
    return _made(kind, line, _RULES)


@pytest.fixture
def circuit() -> Circuit:
    """Name a circuit that nobody else uses."""
    return Circuit(uuid4().hex, Lane.BOOKINGS)


def _made(kind: str, line: RedisLine, rules: CircuitRules) -> Breaker:
    if kind == "memory":
        return MemoryBreaker(rules, chance=_longest)
    return RedisBreaker(line, rules, chance=_longest)


def _longest() -> float:
    return 1.0


async def _trip(breaker: Breaker, circuit: Circuit, asked: float | None = None) -> None:
    for number in range(1 if asked else _RULES.failures):
        await breaker.failed(circuit, f"call-{number}", asked)


async def _half_open(breaker: Breaker, circuit: Circuit) -> None:
    while await breaker.state(circuit) is not CircuitState.HALF_OPEN:
        answer = await breaker.ask(circuit)
        assert isinstance(answer, Kept)
        await asyncio.sleep(answer.retry_after)


async def test_it_is_closed_until_failures_come_in_a_row(breaker: Breaker, circuit: Circuit) -> None:
    """Calls pass, and an answer between failures begins the count anew."""
    assert await breaker.enter(circuit, "a", _LEASE) == Admitted(CircuitState.CLOSED)
    for end in ("failed", "failed", "answered", "failed", "failed"):
        await (breaker.failed(circuit, "a", None) if end == "failed" else breaker.answered(circuit, "a"))
    assert await breaker.ask(circuit) == Admitted(CircuitState.CLOSED)
    await breaker.failed(circuit, "a", None)
    assert await breaker.state(circuit) is CircuitState.OPEN


async def test_an_open_circuit_is_its_own(breaker: Breaker, circuit: Circuit) -> None:
    """Neither the other lane nor another institution is kept back."""
    await _trip(breaker, circuit, asked=60)
    kept = await breaker.enter(circuit, "a", _LEASE)
    assert isinstance(kept, Kept)
    assert 59 < kept.retry_after <= 60
    for other in (circuit._replace(lane=Lane.READS), circuit._replace(lpu_code="other")):
        assert await breaker.enter(other, "a", _LEASE) == Admitted(CircuitState.CLOSED)


async def test_one_of_a_crowd_is_the_probe(breaker: Breaker, circuit: Circuit) -> None:
    """When the time is over one caller passes, all others come back within a second."""
    await _trip(breaker, circuit)
    await _half_open(breaker, circuit)
    answers = await asyncio.gather(*(breaker.enter(circuit, f"p{number}", _LEASE) for number in range(500)))
    assert Counter(type(answer) for answer in answers) == {Admitted: 1, Kept: 499}
    assert all(answer.retry_after <= 1 for answer in answers if isinstance(answer, Kept))


async def test_only_the_probe_s_end_counts(breaker: Breaker, circuit: Circuit) -> None:
    """Late answers change nothing; an abandoned probe makes room for the next; its failure opens, its answer eases."""
    await _trip(breaker, circuit)
    await _half_open(breaker, circuit)
    assert isinstance(await breaker.enter(circuit, "first", _LEASE), Admitted)
    await breaker.answered(circuit, "late")
    await breaker.failed(circuit, "late", None)
    await breaker.abandoned(circuit, "late")
    assert isinstance(await breaker.enter(circuit, "second", _LEASE), Kept)
    await breaker.abandoned(circuit, "first")
    assert await breaker.enter(circuit, "second", _LEASE) == Admitted(CircuitState.HALF_OPEN)
    await breaker.failed(circuit, "second", None)
    assert await breaker.state(circuit) is CircuitState.OPEN
    await _half_open(breaker, circuit)
    await breaker.enter(circuit, "third", _LEASE)
    await breaker.answered(circuit, "third")
    assert await breaker.state(circuit) is CircuitState.EASING


async def test_a_vanished_probe_is_followed_by_another(breaker: Breaker, circuit: Circuit) -> None:
    """A probe whose process died blocks the circuit for its lease only."""
    await _trip(breaker, circuit)
    await _half_open(breaker, circuit)
    await breaker.enter(circuit, "dead", 0.05)
    kept = await breaker.enter(circuit, "too soon", _LEASE)
    assert isinstance(kept, Kept)
    assert kept.retry_after <= 0.05
    await asyncio.sleep(kept.retry_after)
    assert await breaker.enter(circuit, "next", _LEASE) == Admitted(CircuitState.HALF_OPEN)


async def test_after_the_probe_calls_come_one_after_the_other(breaker: Breaker, circuit: Circuit) -> None:
    """A crowd in the first instant is spread over the patience, the rest is kept back; a failure opens again."""
    await _trip(breaker, circuit)
    await _half_open(breaker, circuit)
    await breaker.enter(circuit, "probe", _LEASE)
    await breaker.answered(circuit, "probe")
    answers = [await breaker.enter(circuit, f"c{number}", _LEASE) for number in range(10)]
    waits = [answer.wait for answer in answers if isinstance(answer, Admitted)]
    assert len(waits) in {3, 4}
    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(0.5 * (len(waits) - 1), abs=0.2)
    assert isinstance(await breaker.ask(circuit), Kept)
    await breaker.failed(circuit, "c0", None)
    assert await breaker.state(circuit) is CircuitState.OPEN


async def test_it_closes_when_the_easing_is_over(kind: str, line: RedisLine, circuit: Circuit) -> None:
    """Some time after the probe calls pass as if nothing had been."""
    breaker = _made(kind, line, _CALM)
    await _trip(breaker, circuit)
    await _half_open(breaker, circuit)
    await breaker.enter(circuit, "probe", _LEASE)
    await breaker.answered(circuit, "probe")
    await asyncio.sleep(_CALM.ease * 1.5)
    assert await breaker.enter(circuit, "a", _LEASE) == Admitted(CircuitState.CLOSED)


async def test_replicas_share_their_circuits(valkey: ValkeyHandle, circuit: Circuit) -> None:
    """What one replica has seen keeps the other back, and they have one probe between them."""
    seen: list[tuple[Circuit, CircuitState]] = []
    async with open_redis(valkey.url) as one, open_redis(valkey.url) as other:
        here = RedisBreaker(one, _RULES, chance=_longest)
        there = RedisBreaker(other, _RULES, watch=lambda *what: seen.append(what), chance=_longest)
        await _trip(here, circuit)
        assert isinstance(await there.ask(circuit), Kept)
        assert seen == [(circuit, CircuitState.OPEN)]
        await _half_open(there, circuit)
        answers = await asyncio.gather(*(each.enter(circuit, f"{n}", _LEASE) for n, each in enumerate((here, there))))
        assert Counter(type(answer) for answer in answers) == {Admitted: 1, Kept: 1}


async def test_without_redis_each_replica_goes_by_its_own_calls(valkey: ValkeyHandle, circuit: Circuit) -> None:
    """A stopped Redis raises nothing: what this process has seen itself goes on to count."""
    async with open_redis(valkey.url) as line:
        breaker = RedisBreaker(line, _RULES, chance=_longest)
        await breaker.failed(circuit, "a", None)
        await valkey.stop()
        try:
            assert await breaker.enter(circuit, "b", _LEASE) == Admitted(CircuitState.CLOSED)
            await breaker.failed(circuit, "b", None)
            await breaker.failed(circuit, "c", None)
            assert await breaker.state(circuit) is CircuitState.OPEN
            assert isinstance(await breaker.ask(circuit), Kept)
        finally:
            await valkey.start()
