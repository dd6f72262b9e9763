"""Many retries at once: paced, paused, resumed, and never two of one booking."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.domain.wish import WishKind, WishState
from gateway.store.wish_desk import WishSeen
from tests.integration.doubts.clinic import DOCTOR
from tests.integration.wishes.desk import Desk
from tests.integration.wishes.people import a_patient

K, W = WishKind, WishState
LPU = DOCTOR.lpu_code
_LOOK = 0.02


async def _lost(desk: Desk, many: int) -> list[Any]:
    return [await desk.failed(number, a_patient(number)) for number in range(many)]


async def _one_step(desk: Desk) -> None:
    """Carry out whatever is due once, and let what was put back be due again."""
    worker = desk.worker()
    for wish in await worker.due(20):
        await worker.one(wish)
    await desk.lapse()


async def _until_ended(desk: Desk, wish: WishSeen) -> WishSeen:
    while (seen := await desk.seen(wish)).is_open:
        await _one_step(desk)
    return seen


async def test_every_booking_that_was_not_sent_is_retried_once(desk: Desk) -> None:
    """A step wishes one retry; in the end each booking has one, and EMIAS one appointment for each."""
    lost = await _lost(desk, 5)
    wished = await desk.ask(K.RETRY_FAILED, LPU, hours=2)
    await _one_step(desk)
    assert await _parts(desk) == 1
    seen = await _until_ended(desk, wished.wish)
    assert (seen.state, seen.data) == (W.DONE, {"done": 5, "failed": 0, "refused": 0, "open": 0})
    assert await _parts(desk) == len(lost)
    assert len(list(desk.clinic.installation.ledger)) == len(lost)
    again = await _until_ended(desk, (await desk.ask(K.RETRY_FAILED, LPU, hours=2)).wish)
    assert again.data["done"] == 0
    assert await _parts(desk) == len(lost)
    assert await desk.breaches() == []


async def _parts(desk: Desk) -> int:
    return int(await desk.database.pool.fetchval("SELECT count(*) FROM wishes WHERE parent_id IS NOT NULL"))


async def test_a_pause_holds_it_and_a_resume_lets_it_go_on(desk: Desk) -> None:
    """Paused, neither the bulk nor its parts move; resumed, it ends as if it had never stopped."""
    await _lost(desk, 4)
    wished = await desk.ask(K.RETRY_FAILED, LPU, hours=2)
    await _one_step(desk)
    assert (await desk.carried_only(K.PAUSE_RETRIES, LPU)).state is W.DONE
    before = await desk.database.pool.fetch("SELECT id, state, tries FROM wishes ORDER BY id")
    for _ in range(3):
        await _one_step(desk)
    assert await desk.database.pool.fetch("SELECT id, state, tries FROM wishes ORDER BY id") == before
    assert (await desk.seen(wished.wish)).paused
    assert (await desk.carried_only(K.RESUME_RETRIES, LPU)).state is W.DONE
    assert (await _until_ended(desk, wished.wish)).data["done"] == 4
    assert len(list(desk.clinic.installation.ledger)) == 4
    assert await desk.breaches() == []


async def test_stopped_retries_hold_it_too(desk: Desk) -> None:
    """While the institution's calls or retries are stopped the bulk waits."""
    await _lost(desk, 2)
    wished = await desk.ask(K.RETRY_FAILED, LPU, hours=2)
    turn = "UPDATE institutions SET calls_stopped = $1 = 'calls', retries_stopped = $1 = 'retries'"
    for stopped in ("calls", "retries"):
        await desk.database.pool.execute(turn, stopped)
        await _one_step(desk)
        assert await _parts(desk) == 0
    await desk.database.pool.execute(turn, "nothing")
    assert (await _until_ended(desk, wished.wish)).data["done"] == 2


async def test_two_bulks_by_two_people_are_one(desk: Desk) -> None:
    """The second asker is shown the first's; workers side by side retry each booking once."""
    await _lost(desk, 6)
    one, other = await asyncio.gather(
        desk.ask(K.RETRY_FAILED, LPU, by="anna", hours=2), desk.ask(K.RETRY_FAILED, LPU, by="boris", hours=2)
    )
    assert one.wish.id == other.wish.id
    for _ in range(20):
        await asyncio.gather(_one_worker(desk), _one_worker(desk), _one_worker(desk))
        await desk.lapse()
        if not (await desk.seen(one.wish)).is_open:
            break
    assert (await desk.seen(one.wish)).data["done"] == 6
    assert await _parts(desk) == 6
    assert len(list(desk.clinic.installation.ledger)) == 6
    assert await desk.breaches() == []


async def _one_worker(desk: Desk) -> None:
    worker = desk.worker()
    for wish in await worker.due(4):
        await worker.one(wish)


async def test_what_may_have_been_sent_is_left_out(desk: Desk) -> None:
    """Doubtful, booked, long past and foreign bookings are no part of a bulk."""
    await desk.book_slot(0)
    desk.clinic.spoil("CreateAppointment", "drop")
    await desk.book_slot(1, a_patient(1))
    old = await desk.failed(2, a_patient(2))
    await desk.database.pool.execute(
        "UPDATE bookings SET created_at = now() - interval '3 hours' WHERE id = $1", old.id
    )
    seen = await _until_ended(desk, (await desk.ask(K.RETRY_FAILED, LPU, hours=2)).wish)
    assert (seen.state, seen.data["done"]) == (W.DONE, 0)
    assert await _parts(desk) == 0


async def test_a_loop_paces_and_ends_it_by_itself(desk: Desk) -> None:
    """With a worker's loop running nobody needs to do anything more."""
    await _lost(desk, 2)
    wished = await desk.ask(K.RETRY_FAILED, LPU, hours=2)
    async with desk.loop(), desk.loop():
        seen = await desk.ended(wished.wish)
    assert seen.data["done"] == 2
    assert await desk.breaches() == []


async def test_there_is_nothing_to_pause(desk: Desk) -> None:
    """Without a bulk the pause is refused."""
    assert (await desk.carried(K.PAUSE_RETRIES, LPU)).state is W.REFUSED


async def test_a_paused_bulk_stays_in_sight(desk: Desk) -> None:
    """However many wishes about the institution come after it, the page still has it to resume."""
    await _lost(desk, 2)
    wished = await desk.ask(K.RETRY_FAILED, LPU, hours=2)
    assert (await desk.carried_only(K.PAUSE_RETRIES, LPU)).state is W.DONE
    for _ in range(10):
        assert (await desk.carried_only(K.PAUSE_RETRIES, LPU)).state is W.DONE
    listed = await desk.desk.about(LPU, [K.RETRY_FAILED, K.PAUSE_RETRIES, K.RESUME_RETRIES])
    assert wished.wish.id in {each.id for each in listed if each.is_open}
