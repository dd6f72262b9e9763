"""EMIAS commits and does not say so, says so late, or does not commit and says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from tests.faults.figures import Figures, p95
from tests.faults.stage import DEADLINE, Slot, Stage
from tests.faults.visitor import Event, Visitor

_SETTLED_SECONDS = 60.0
_AT_ONCE = 20
_DOUBTS = 100
_UNSETTLED = {"submitting", "in_doubt", "cancelling", "cancel_in_doubt"}
_MADE: list[tuple[str, dict[str, Any]]] = [
    ("commit_then_drop", {}),
    ("commit_then_hang", {}),
    ("commit_then_502", {}),
    ("truncated_after_commit", {}),
    ("late_commit", {"seconds": 5}),
    ("html_200", {"commit": True}),
    ("fault_without_detail", {"commit": True}),
]
_NOT_MADE: list[tuple[str, dict[str, Any]]] = [
    ("drop", {}),
    ("hang", {}),
    ("status", {"status": 500, "body": "html"}),
    ("html_200", {}),
    ("empty_200", {}),
    ("fault_without_detail", {}),
]


@pytest.mark.quick
async def test_appointments_whose_answers_were_lost_become_the_bookings(
    stage: Stage, client: httpx.AsyncClient, history: list[Event]
) -> None:
    """What EMIAS committed without our hearing of it is found, and credited under EMIAS's own id."""
    for visitor, booking_id, _ in await _all_in_doubt(stage, client, history, _MADE):
        booked = await visitor.until(lambda: visitor.state(booking_id), _is_settled, _SETTLED_SECONDS)  # noqa: B023 - awaited here
        assert booked.answer["state"] == "booked"
        made = [row["id"] for row in await stage.appointments(active=False) if row["client_ref"] == booking_id]
        assert made == [booked.answer["emias_appointment_id"]]


@pytest.mark.quick
async def test_appointments_that_were_never_made_fail_only_when_their_absence_is_proved(
    stage: Stage, client: httpx.AsyncClient, history: list[Event]
) -> None:
    """What EMIAS did not commit stays in doubt until the last look, and its slot is not for sale meanwhile."""
    doubts = await _all_in_doubt(stage, client, history, _NOT_MADE)
    other = Visitor.of(stage, client, history)
    for _, _, slot in doubts:
        assert (await other.hold(slot)).code in {"slot_taken", "slot_held"}
    for visitor, booking_id, slot in doubts:
        await visitor.until(lambda: visitor.state(booking_id), _is_settled, _SETTLED_SECONDS)  # noqa: B023 - awaited here
        assert (await visitor.state(booking_id)).answer["state"] == "failed"
        # The doctor is read anew at once, and what EMIAS shows free is for sale again.
        await other.until(lambda: other.hold(slot), lambda event: event.status == 201, _SETTLED_SECONDS)  # noqa: B023
    assert await stage.appointments(active=False) == []


@pytest.mark.quick
async def test_an_answer_that_names_another_booking_is_not_credited(stage: Stage, visitor: Visitor) -> None:
    """When EMIAS answers with another doctor's appointment the booking is in doubt, and then has its own."""
    booking_id, slot = await _in_doubt(stage, visitor, "wrong_doctor", {})
    booked = await visitor.until(lambda: visitor.state(booking_id), _is_settled, _SETTLED_SECONDS)
    [made] = await stage.appointments(active=False)
    assert booked.answer["emias_appointment_id"] == made["id"]
    assert made["doctor_id"] == int(slot.emias_doctor_id)


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("commit_then_drop", marks=pytest.mark.quick),
        pytest.param("drop", marks=pytest.mark.quick),
        "commit_then_hang",
    ],
)
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


async def test_doubts_are_resolved_within_half_a_minute(
    stage: Stage, client: httpx.AsyncClient, history: list[Event], figures: Figures
) -> None:
    """By the shipped plan of looks, nineteen of twenty doubts about made appointments end within 30 seconds."""
    async with stage.settings_of(stage.sync, stage.gateway, DOUBT_LOOKS="5,30,120,600"):
        await stage.fault("CreateAppointment", "commit_then_drop", times=0)
        # All calls are under way before the first of them fails: the breaker would keep the later ones back.
        await stage.tell("settings", latency_ms=1000)
        for _ in range(_DOUBTS // _AT_ONCE):
            await _all_booked(stage, [Visitor.of(stage, client, history) for _ in range(_AT_ONCE)])
            await stage.forget()
        await stage.tell("settings", latency_ms=0)
        await stage.heal()
        await stage.until_settled(_SETTLED_SECONDS)
        waits = [float(row[0]) for row in await stage.database.pool.fetch(_WAITS)]
    assert len(waits) == _DOUBTS
    figures.add(f"{_DOUBTS} answers lost at once, p95 of the doubt", "< 30 s", f"{p95(waits):.1f} s")
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


async def _all_in_doubt(
    stage: Stage, client: httpx.AsyncClient, history: list[Event], kinds: Sequence[tuple[str, dict[str, Any]]]
) -> list[tuple[Visitor, str, Slot]]:
    """Let an answer of each kind be lost, each with a doctor of its own and all at the same time."""
    slots = await stage.slots_of_doctors(len(kinds))
    visitors = [Visitor.of(stage, client, history) for _ in slots]
    holds = await asyncio.gather(*(visitor.held(slot) for visitor, slot in zip(visitors, slots, strict=True)))
    for slot, (kind, params) in zip(slots, kinds, strict=True):
        await stage.fault("CreateAppointment", kind, doctor_id=int(slot.emias_doctor_id), params=params)
    forms = list(zip(visitors, slots, holds, strict=True))
    told = await asyncio.gather(*(visitor.book(slot, hold_id) for visitor, slot, hold_id in forms))
    assert {(event.status, event.answer["state"]) for event in told} == {(202, "in_doubt")}
    assert max(event.seconds for event in told) < DEADLINE + 0.5
    return [(visitor, event.answer["id"], slot) for (visitor, slot, _), event in zip(forms, told, strict=True)]


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
