"""The worker is killed while it carries out a wish, and started again: one effect, and an answer for whoever asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from gateway.domain.wish import WishKind
from gateway.store.wish_desk import WishDesk, WishSeen
from tests.faults.figures import Figures, times
from tests.faults.stage import Slot, Stage
from tests.faults.visitor import Visitor

K = WishKind
_LATE_SECONDS = 120.0
_OF_A_CANCEL = (
    "request_half_sent",
    "request_sent",
    "reply_unread",
    "reply_read",
    "result_not_committed",
    "result_committed",
)
_OF_A_RETRY = ("intent_not_committed", "intent_committed", *_OF_A_CANCEL)
_BELIEVED_SECONDS = 0.7
_LAPSE = (
    "ALTER TABLE wishes DISABLE TRIGGER guard_wish",
    "UPDATE wishes SET lease_until = now() WHERE state = 'running'",
    "ALTER TABLE wishes ENABLE TRIGGER guard_wish",
)


@pytest.mark.quick
async def test_a_worker_killed_in_a_cancel_cancels_once(stage: Stage, visitor: Visitor) -> None:
    """EMIAS has cancelled and the worker died before it read so: the looks find out, nothing is sent again."""
    assert await _cancel(stage, visitor, "reply_read") == "cancelled"
    assert (await stage.ask("state"))["calls"]["CancelAppointment"] == 1


@pytest.mark.quick
async def test_a_worker_killed_in_a_retry_books_once(stage: Stage, visitor: Visitor) -> None:
    """EMIAS has booked and the worker died before it wrote so: the patient has one appointment."""
    assert await _retry(stage, visitor, "result_not_committed") == "booked"


@pytest.mark.parametrize("point", _OF_A_CANCEL)
async def test_kills_in_cancels(stage: Stage, visitor: Visitor, figures: Figures, point: str) -> None:
    """Wherever the worker is killed, each booking is cancelled or stands, here as there."""
    seen = Counter([await _cancel(stage, Visitor.of(stage, visitor.client), point) for _ in range(times(1, 5))])
    assert set(seen) <= {"cancelled", "booked"}
    figures.add(f"kill −9 of the worker at `{point}` of an operator's cancel", "one effect each", _told(seen))


@pytest.mark.parametrize("point", _OF_A_RETRY)
async def test_kills_in_retries(stage: Stage, visitor: Visitor, figures: Figures, point: str) -> None:
    """Wherever the worker is killed, each patient has one appointment, or none and is told so."""
    seen = Counter([await _retry(stage, Visitor.of(stage, visitor.client), point) for _ in range(times(1, 5))])
    assert set(seen) <= {"booked", "failed"}
    figures.add(f"kill −9 of the worker at `{point}` of an operator's retry", "one appointment at most", _told(seen))


def _told(seen: Counter[str]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(seen.items()))


async def _cancel(stage: Stage, visitor: Visitor, point: str) -> str:
    [slot] = await stage.slots()
    booking_id = (await visitor.booked(slot)).answer["id"]
    await _killed_in(stage, point, K.CANCEL_BOOKING, booking_id, {"code": "patient_request"})
    state = (await stage.states())[booking_id]
    assert [row["state"] for row in await _made_at(stage, slot)] == ["Active" if state == "booked" else "Cancelled"]
    return state


async def _retry(stage: Stage, visitor: Visitor, point: str) -> str:
    [slot] = await stage.slots()
    failed = await _unsent(stage, visitor, slot)
    seen = await _killed_in(stage, point, K.RETRY_BOOKING, failed, {})
    made = await stage.database.pool.fetch("SELECT id, state FROM bookings WHERE retry_of = $1", UUID(failed))
    assert len(made) == 1, seen
    assert [row["state"] for row in await _made_at(stage, slot)] == (["Active"] if made[0]["state"] == "booked" else [])
    return str(made[0]["state"])


async def _unsent(stage: Stage, visitor: Visitor, slot: Slot) -> str:
    """Make a booking that fails before anything is sent, its hold given up."""
    pool = stage.database.pool
    hold_id = await visitor.held(slot)
    await pool.execute("UPDATE institutions SET calls_stopped = true")
    await asyncio.sleep(_BELIEVED_SECONDS)
    assert (await visitor.book(slot, hold_id)).status == 503
    await pool.execute("UPDATE institutions SET calls_stopped = false")
    await visitor.release(slot, hold_id)
    await asyncio.sleep(_BELIEVED_SECONDS)
    return str(await pool.fetchval("SELECT id FROM bookings WHERE hold_id = $1", UUID(hold_id)))


async def _killed_in(stage: Stage, point: str, kind: WishKind, booking_id: str, arguments: dict[str, str]) -> WishSeen:
    """Let the worker die at the point, and another run of it take the wish over when the lease is over."""
    desk = WishDesk(stage.database)
    stage.sync.order(point, "kill")
    wished = await desk.make(kind, booking_id, reason="звонок", wished_by="anna", arguments=arguments)
    assert wished.is_new
    await stage.sync.ended()
    await stage.sync.start()
    for statement in _LAPSE:
        await stage.database.pool.execute(statement)
    await stage.pass_idempotency_leases()
    async with asyncio.timeout(_LATE_SECONDS):
        while (seen := (await desk.about(booking_id, [kind], 1))[0]).is_open:
            await asyncio.sleep(0.1)
    await stage.until_settled(_LATE_SECONDS)
    return seen


async def _made_at(stage: Stage, slot: Slot) -> list[dict[str, Any]]:
    """List the appointments of a slot that stand or ever stood."""
    rows = await stage.appointments(active=False)
    place = (int(slot.emias_doctor_id), slot.starts_at)
    return [row for row in rows if (row["doctor_id"], datetime.fromisoformat(row["starts_at"])) == place]
