"""EMIAS commits and does not say so, says so late, or does not commit and says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from tests.faults.figures import Figures, p95, times
from tests.faults.stage import DEADLINE, Slot, Stage
from tests.faults.visitor import Event, Visitor

_SETTLED_SECONDS = 60.0
_UNSETTLED = {"submitting", "in_doubt", "cancelling", "cancel_in_doubt"}
_MADE = [
    ("commit_then_drop", {}),
    ("commit_then_hang", {}),
    ("commit_then_502", {}),
    ("truncated_after_commit", {}),
    ("late_commit", {"seconds": 5}),
    ("html_200", {"commit": True}),
    ("fault_without_detail", {"commit": True}),
]
_NOT_MADE = [
    ("drop", {}),
    ("hang", {}),
    ("status", {"status": 500, "body": "html"}),
    ("html_200", {}),
    ("empty_200", {}),
    ("fault_without_detail", {}),
]


@pytest.mark.quick
@pytest.mark.parametrize(("kind", "params"), _MADE, ids=lambda value: value if isinstance(value, str) else "")
async def test_an_appointment_whose_answer_was_lost_becomes_the_bookings(
    stage: Stage, visitor: Visitor, kind: str, params: dict[str, Any]
) -> None:
    """What EMIAS committed without our hearing of it is found, and credited under EMIAS's own id."""
    booking_id, _ = await _in_doubt(stage, visitor, kind, params)
    booked = await visitor.until(lambda: visitor.state(booking_id), _is_settled, _SETTLED_SECONDS)
    [made] = await stage.appointments(active=False)
    assert (booked.answer["state"], booked.answer["emias_appointment_id"]) == ("booked", made["id"])


@pytest.mark.quick
@pytest.mark.parametrize(("kind", "params"), _NOT_MADE, ids=lambda value: value if isinstance(value, str) else "")
async def test_an_appointment_that_was_never_made_fails_only_when_its_absence_is_proved(
    stage: Stage, visitor: Visitor, kind: str, params: dict[str, Any]
) -> None:
    """What EMIAS did not commit stays in doubt until the last look, and its slot is not for sale meanwhile."""
    booking_id, slot = await _in_doubt(stage, visitor, kind, params)
    assert (await Visitor.of(stage, visitor.client).hold(slot)).code in {"slot_taken", "slot_held"}
    await visitor.until(lambda: visitor.state(booking_id), _is_settled, _SETTLED_SECONDS)
    assert ((await visitor.state(booking_id)).answer["state"], await stage.appointments()) == ("failed", [])
    # The doctor is read anew at once, and what EMIAS shows free is for sale again.
    other = Visitor.of(stage, visitor.client)
    sold = await other.until(lambda: other.hold(slot), lambda event: event.status == 201, _SETTLED_SECONDS)
    assert (await other.book(slot, sold.answer["id"])).status == 201


@pytest.mark.quick
async def test_an_answer_that_names_another_booking_is_not_credited(stage: Stage, visitor: Visitor) -> None:
    """When EMIAS answers with another doctor's appointment the booking is in doubt, and then has its own."""
    booking_id, slot = await _in_doubt(stage, visitor, "wrong_doctor", {})
    booked = await visitor.until(lambda: visitor.state(booking_id), _is_settled, _SETTLED_SECONDS)
    [made] = await stage.appointments(active=False)
    assert booked.answer["emias_appointment_id"] == made["id"]
    assert made["doctor_id"] == int(slot.emias_doctor_id)


@pytest.mark.quick
@pytest.mark.parametrize("kind", ["commit_then_drop", "drop", "commit_then_hang"])
async def test_a_cancel_whose_answer_was_lost_is_looked_into(stage: Stage, visitor: Visitor, kind: str) -> None:
    """A cancel whose answer was lost ends as EMIAS has it: cancelled, or booked and cancellable again."""
    [slot] = await stage.slots()
    booking_id = (await visitor.booked(slot)).answer["id"]
    await stage.fault("CancelAppointment", kind)
    told = await visitor.cancel(slot, booking_id)
    assert (told.status, told.answer["state"]) == (202, "cancel_in_doubt")
    ended = await visitor.until(lambda: visitor.state(booking_id), _is_settled, _SETTLED_SECONDS)
    assert ended.answer["state"] == ("booked" if kind == "drop" else "cancelled")
    assert len(await stage.appointments()) == (1 if kind == "drop" else 0)
    if kind == "drop":
        assert (await visitor.cancel(slot, booking_id)).answer["state"] == "cancelled"


@pytest.mark.quick
async def test_emias_that_books_doubly_still_makes_one_appointment_for_each_booking(
    stage: Stage, client: httpx.AsyncClient, history: list[Event]
) -> None:
    """With an EMIAS that forbids nothing, lost answers lead to one appointment for each booking all the same."""
    await stage.tell("settings", allow_double_booking=True, allow_repeat_patient=True)
    await stage.fault("CreateAppointment", "commit_then_drop", times=0)
    visitors = [Visitor.of(stage, client, history) for _ in range(10)]
    told = [event for _ in range(2) for event in await _all_booked(stage, visitors)]
    await stage.heal()
    await stage.until_settled(_SETTLED_SECONDS)
    accepted = sum(event.status == 202 for event in told)
    assert accepted
    assert len(await stage.appointments(active=False)) == accepted
    assert list((await stage.states()).values()).count("booked") == accepted


@pytest.mark.quick
async def test_doubts_are_resolved_within_half_a_minute(
    stage: Stage, client: httpx.AsyncClient, history: list[Event], figures: Figures
) -> None:
    """By the shipped plan of looks, nineteen of twenty doubts about made appointments end within 30 seconds."""
    count = times(quick=8, full=100)
    async with stage.settings_of(stage.sync, stage.gateway, DOUBT_LOOKS="5,30,120,600"):
        await stage.fault("CreateAppointment", "commit_then_drop", times=0)
        await _all_booked(stage, [Visitor.of(stage, client, history) for _ in range(count)])
        await stage.heal()
        await stage.until_settled(_SETTLED_SECONDS)
        waits = [float(row[0]) for row in await stage.database.pool.fetch(_WAITS)]
    assert len(waits) == count
    figures.add(f"{count} answers lost at once, p95 of the doubt", "< 30 s", f"{p95(waits):.1f} s")
    assert p95(waits) < 30


async def test_a_commit_three_quarters_of_a_minute_late_is_found(
    stage: Stage, client: httpx.AsyncClient, history: list[Event], figures: Figures
) -> None:
    """By the shipped plan of looks, appointments that EMIAS commits 45 seconds late are booked by themselves."""
    async with stage.settings_of(stage.sync, stage.gateway, DOUBT_LOOKS="5,30,120,600"):
        await stage.fault("CreateAppointment", "late_commit", times=0, params={"seconds": 45})
        await _all_booked(stage, [Visitor.of(stage, client, history) for _ in range(20)])
        await stage.heal()
        await stage.until_settled(240)
    states = list((await stage.states()).values())
    made = len(await stage.appointments(active=False))
    figures.add("20 commits 45 s late", "booked by themselves", f"{states.count('booked')} booked, {made} appointments")
    assert (states.count("booked"), made) == (20, 20)


_WAITS = """
SELECT extract(epoch FROM max(h.at) FILTER (WHERE h.to_state = 'booked')
                          - min(h.at) FILTER (WHERE h.to_state = 'in_doubt'))
FROM booking_history h GROUP BY h.booking_id
"""


async def _all_booked(stage: Stage, visitors: Sequence[Visitor]) -> list[Event]:
    """Let everybody book a slot of his own at the same time."""
    slots = await stage.slots(len(visitors))
    return await asyncio.gather(*(visitor.booked(slot) for visitor, slot in zip(visitors, slots, strict=True)))


async def _in_doubt(stage: Stage, visitor: Visitor, kind: str, params: dict[str, Any]) -> tuple[str, Slot]:
    """Let a booking's answer be lost; it is told as not known, within the deadline."""
    [slot] = await stage.slots()
    hold_id = await visitor.held(slot)
    await stage.fault("CreateAppointment", kind, params=params)
    told = await visitor.book(slot, hold_id)
    assert (told.status, told.answer["state"]) == (202, "in_doubt")
    assert told.seconds < DEADLINE + 0.5
    return str(told.answer["id"]), slot


def _is_settled(event: Event) -> bool:
    return event.status == 200 and event.answer["state"] not in _UNSETTLED
