"""The observer around any EMIAS."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import MOSCOW
from gateway.domain.outcomes import Booked, Cause, Refusal
from gateway.domain.schedule import RemoteSlot, ScheduleWindow, Unchanged
from gateway.emias.memory import MemoryEmias
from gateway.emias.observed import Observation, ObservedEmias
from gateway.ports import Emias
from tests.unit.emias.pieces import DOCTOR, START, VERA, request

DAY = date(2026, 11, 24)


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


async def test_failures_are_told_by_their_cause() -> None:
    """A read that fails is told by its cause, and one that breaks is told as broken."""
    seen: list[Observation] = []

    class Broken(MemoryEmias):
        async def probe(self, lpu_code: str) -> str:
            raise EmiasFailure(Cause.CONNECT) if lpu_code else ZeroDivisionError

    emias = ObservedEmias(Broken(lambda: START), seen.append)
    with pytest.raises(EmiasFailure):
        await emias.probe("0101")
    with pytest.raises(ZeroDivisionError):
        await emias.probe("")

    assert [one.outcome for one in seen] == ["failed:connect", "broken"]
