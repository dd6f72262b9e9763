"""Budgets and observers around any EMIAS."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime

import pytest

from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import MOSCOW
from gateway.domain.outcomes import Booked, Cancelled, Cause, NotSent, Refusal
from gateway.domain.schedule import RemoteSlot, ScheduleWindow, Unchanged
from gateway.emias.budgeted import BudgetedEmias
from gateway.emias.memory import MemoryEmias
from gateway.emias.observed import Observation, ObservedEmias
from gateway.ports import Emias
from tests.unit.emias.pieces import DOCTOR, START, VERA, request

DAY = date(2026, 11, 24)


class Purse:
    """A budget that writes down who spent, until it is empty."""

    def __init__(self) -> None:
        self.spent: list[tuple[str, bool]] = []
        self.is_empty = False

    @asynccontextmanager
    async def spend(self, lpu_code: str, *, for_booking: bool) -> AsyncIterator[None]:
        """Note the call, or refuse it."""
        if self.is_empty:
            raise EmiasFailure(Cause.BUDGET, retry_after=3.0)
        self.spent.append((lpu_code, for_booking))
        yield


@pytest.fixture
def memory() -> MemoryEmias:
    """Hold one free slot of one doctor."""
    emias = MemoryEmias(lambda: datetime(2026, 11, 20, 12, 0, tzinfo=MOSCOW))
    emias.offer(DOCTOR, [RemoteSlot(START, "slot-1", is_free=True)])
    return emias


async def _all_calls(emias: Emias) -> tuple[object, ...]:
    window = await emias.get_schedule(DOCTOR, DAY, DAY)
    booked = await emias.create_appointment(request())
    assert isinstance(booked, Booked)
    found = await emias.find_appointments("0101", VERA, DAY, DAY)
    cancelled = await emias.cancel_appointment("0101", found[0].appointment_id, VERA, "reason")
    return await emias.probe("0101"), window, booked, found, cancelled


async def test_bookings_spend_their_own_share(memory: MemoryEmias) -> None:
    """A schedule is read at the expense of the sync, everything else at that of the bookings."""
    purse = Purse()

    answers = await _all_calls(BudgetedEmias(memory, purse))

    assert purse.spent == [("0101", False), ("0101", True), ("0101", True), ("0101", True), ("0101", True)]
    assert answers[0] == "memory"
    assert isinstance(answers[1], ScheduleWindow)
    assert answers[4] == Cancelled()


async def test_an_empty_budget_sends_nothing(memory: MemoryEmias) -> None:
    """Writes are told as not sent and reads as failed, both with the time to wait."""
    purse = Purse()
    purse.is_empty = True
    emias = BudgetedEmias(memory, purse)

    assert await emias.create_appointment(request()) == NotSent(Cause.BUDGET, 3.0)
    assert await emias.cancel_appointment("0101", "memory-1", VERA, "reason") == NotSent(Cause.BUDGET, 3.0)
    with pytest.raises(EmiasFailure) as failure:
        await emias.get_schedule(DOCTOR, DAY, DAY)
    assert (failure.value.cause, failure.value.retry_after) == (Cause.BUDGET, 3.0)
    assert memory.ledger == []
    assert emias.capabilities("0101").lookup


async def test_a_budget_that_breaks_after_the_call_is_not_told_as_not_sent(memory: MemoryEmias) -> None:
    """Once EMIAS was called, no trouble with the budget may claim that it was not."""

    class Leaky:
        @asynccontextmanager
        async def spend(self, lpu_code: str, *, for_booking: bool) -> AsyncIterator[None]:
            yield
            raise EmiasFailure(Cause.BUDGET, code=f"{lpu_code} {for_booking}")

    with pytest.raises(EmiasFailure):
        await BudgetedEmias(memory, Leaky()).create_appointment(request())

    assert len(memory.ledger) == 1


async def test_every_call_is_told_without_the_patient(memory: MemoryEmias) -> None:
    """The observer learns operation, institution, outcome and time, in order."""
    seen: list[Observation] = []
    emias = ObservedEmias(memory, seen.append)

    await _all_calls(emias)
    window = await emias.get_schedule(DOCTOR, DAY, DAY)
    assert isinstance(window, ScheduleWindow)
    assert isinstance(await emias.get_schedule(DOCTOR, DAY, DAY, known_digest=window.digest), Unchanged)
    memory.refuse("create_appointment", Refusal.SLOT_TAKEN)
    await emias.create_appointment(request())

    assert [(one.operation, one.lpu_code, one.outcome) for one in seen] == [
        ("get_schedule", "0101", "ok"),
        ("create_appointment", "0101", "booked"),
        ("find_appointments", "0101", "ok"),
        ("cancel_appointment", "0101", "cancelled"),
        ("probe", "0101", "ok"),
        ("get_schedule", "0101", "ok"),
        ("get_schedule", "0101", "unchanged"),
        ("create_appointment", "0101", "rejected:slot_taken"),
    ]
    assert all(one.seconds >= 0 for one in seen)
    assert VERA.snils.digits not in repr(seen)


async def test_failures_are_told_by_their_cause(memory: MemoryEmias) -> None:
    """A read that fails and a write that is not sent are told apart by operation and cause."""
    seen: list[Observation] = []
    purse = Purse()
    purse.is_empty = True
    emias = ObservedEmias(BudgetedEmias(memory, purse), seen.append)

    with pytest.raises(EmiasFailure):
        await emias.probe("0101")
    await emias.create_appointment(request())

    assert [one.outcome for one in seen] == ["failed:budget", "not_sent:budget"]
