"""What the SOAP adapter spends of an institution's budget."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Booked, Cause, NotSent
from gateway.emias.guard import Guard
from simulator.running import Simulator
from tests.contract.stands import DOCTOR, VERA, free_slots, horizon, request, simulator_stand, today


class Purse:
    """A budget that writes down who spent, until it is empty; a leaky one breaks after the call."""

    def __init__(self, *, is_leaky: bool = False) -> None:
        self.spent: list[tuple[str, bool]] = []
        self.is_empty = False
        self.is_leaky = is_leaky

    @asynccontextmanager
    async def spend(self, lpu_code: str, *, for_booking: bool) -> AsyncIterator[None]:
        """Note the call, or refuse it."""
        if self.is_empty:
            raise EmiasFailure(Cause.BUDGET, retry_after=3.0)
        self.spent.append((lpu_code, for_booking))
        yield
        if self.is_leaky:
            raise EmiasFailure(Cause.BUDGET)


async def test_each_request_is_spent(simulator: Simulator, paths: dict[str, str]) -> None:
    """Thirty days at ten a call cost sync three calls; a booking and its look-up cost the bookings one each."""
    purse = Purse()
    async with simulator_stand(simulator, "seed-soap-11", paths["seed-soap-11"], Guard(purse)) as stand:
        slots = await free_slots(stand)
        assert isinstance(await stand.emias.create_appointment(request(stand, slots[0])), Booked)
        await stand.emias.find_appointments("0101", VERA, *horizon(stand))

    assert purse.spent == [("0101", False)] * 3 + [("0101", True)] * 2


async def test_an_empty_budget_sends_nothing(simulator: Simulator) -> None:
    """Writes are told as not sent and reads as failed, both with the time to wait, and EMIAS hears of neither."""
    purse = Purse()
    async with simulator_stand(simulator, "seed-soap", guard=Guard(purse)) as stand:
        slot = (await free_slots(stand))[0]
        purse.is_empty = True
        assert await stand.emias.create_appointment(request(stand, slot)) == NotSent(Cause.BUDGET, 3.0)
        assert await stand.emias.cancel_appointment("0101", "A-1", VERA, "reason") == NotSent(Cause.BUDGET, 3.0)
        with pytest.raises(EmiasFailure) as failure:
            await stand.emias.get_schedule(DOCTOR, today(), today())
        assert stand.active() == 0

    assert (failure.value.cause, failure.value.retry_after) == (Cause.BUDGET, 3.0)


async def test_a_budget_that_breaks_after_the_call_is_not_told_as_not_sent(simulator: Simulator) -> None:
    """Once EMIAS was called, no trouble with the budget may claim that it was not."""
    async with simulator_stand(simulator, "seed-soap") as stand:
        slot = (await free_slots(stand))[0]
    async with simulator_stand(simulator, "seed-soap", guard=Guard(Purse(is_leaky=True))) as stand:
        with pytest.raises(EmiasFailure):
            await stand.emias.create_appointment(request(stand, slot))
        assert stand.active() == 1
