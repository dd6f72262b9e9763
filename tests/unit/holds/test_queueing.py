"""Waiting for a call: order, patience and what is given back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Cause
from gateway.holds.queueing import Patience, QueueingBudget
from gateway.holds.ration import Later

_LPU = "0101"


@dataclass(slots=True)
class FakePurse:
    """Has so many places, answers `refusal` when there is none, and counts how often it is looked into."""

    places: int = 1
    refusal: Later = field(default_factory=lambda: Later(None))
    inside: set[str] = field(default_factory=set)
    looks: int = 0
    most: int = 0

    async def take(self, _lpu_code: str, member: str, *, for_booking: bool) -> Later | None:
        """Grant a place when there is one; bookings may use one more."""
        self.looks += 1
        if len(self.inside) >= self.places + for_booking:
            return self.refusal
        self.inside.add(member)
        self.most = max(self.most, len(self.inside))
        return None

    async def give_back(self, _lpu_code: str, member: str) -> None:
        """Free the place."""
        self.inside.discard(member)


async def test_those_who_wait_are_served_in_order() -> None:
    """Who came first calls first, and each end lets the next one begin."""
    purse = FakePurse()
    budget = QueueingBudget(purse, Patience())
    order: list[int] = []

    async def call(number: int) -> None:
        async with budget.spend(_LPU, for_booking=False):
            order.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(call(number) for number in range(50)))
    assert order == list(range(50))
    assert purse.most == 1
    assert not purse.inside


async def test_a_crowd_does_not_look_into_the_purse_all_at_once() -> None:
    """While a place is taken only the first of those who wait asks."""
    purse = FakePurse()
    budget = QueueingBudget(purse, Patience())
    async with budget.spend(_LPU, for_booking=False):
        waiting = [asyncio.create_task(_enter(budget, for_booking=False)) for _ in range(100)]
        await asyncio.sleep(0)
        assert purse.looks <= 2
    await asyncio.gather(*waiting)


async def test_bookings_do_not_stand_behind_sync() -> None:
    """A booking is granted its place while sync waits for one."""
    budget = QueueingBudget(FakePurse(), Patience())
    async with budget.spend(_LPU, for_booking=False):
        sync = asyncio.create_task(_enter(budget, for_booking=False))
        await asyncio.sleep(0)
        await _enter(budget, for_booking=True)
        assert not sync.done()
    await sync


async def test_patience_ends_with_the_budget_as_the_cause() -> None:
    """Nobody waits beyond the patience of its kind; the failure tells when to come again."""
    budget = QueueingBudget(FakePurse(places=0), Patience(booking=0.02, sync=0.02))
    ends = await asyncio.gather(*(_enter(budget, for_booking=False) for _ in range(3)), return_exceptions=True)
    for end in ends:
        assert isinstance(end, EmiasFailure)
        assert end.cause is Cause.BUDGET
        assert end.retry_after


async def test_a_wait_known_to_be_too_long_is_refused_at_once() -> None:
    """When the purse says that the next call is beyond the patience, the caller is told that very time."""
    purse = FakePurse(places=0, refusal=Later(60.0))
    with pytest.raises(EmiasFailure) as refused:
        await _enter(QueueingBudget(purse, Patience()), for_booking=False)
    assert refused.value.retry_after == 60.0
    assert purse.looks == 1


async def test_a_known_wait_is_waited_for() -> None:
    """After the told time the purse is asked again."""
    purse = FakePurse(places=0, refusal=Later(0.001))
    budget = QueueingBudget(purse, Patience())
    waiting = asyncio.create_task(_enter(budget, for_booking=False))
    await asyncio.sleep(0)
    purse.places = 1
    await waiting
    assert purse.looks >= 2


async def test_a_failed_call_gives_its_place_back() -> None:
    """Whatever happens within a call, its place is free afterwards."""
    purse = FakePurse()
    budget = QueueingBudget(purse, Patience())
    with pytest.raises(RuntimeError):
        await _fail(budget)
    assert not purse.inside
    await _enter(budget, for_booking=False)


async def test_whoever_gives_up_waiting_leaves_the_line() -> None:
    """A cancelled caller neither keeps its turn nor a place."""
    purse = FakePurse()
    budget = QueueingBudget(purse, Patience())
    async with budget.spend(_LPU, for_booking=False):
        impatient = asyncio.create_task(_enter(budget, for_booking=False))
        patient = asyncio.create_task(_enter(budget, for_booking=False))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
    await patient
    assert not purse.inside


async def _enter(budget: QueueingBudget, *, for_booking: bool) -> None:
    async with budget.spend(_LPU, for_booking=for_booking):
        pass


async def _fail(budget: QueueingBudget) -> None:
    async with budget.spend(_LPU, for_booking=False):
        raise RuntimeError
