"""The other wishes: reads of EMIAS and switches; and what the table refuses to anybody."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from gateway.domain.wish import WishKind, WishState
from tests.integration.doubts.clinic import DOCTOR
from tests.integration.wishes.desk import Desk

K, W = WishKind, WishState
LPU = DOCTOR.lpu_code


async def _doctor(desk: Desk) -> int:
    return int(await desk.database.pool.fetchval("SELECT id FROM emias_doctors"))


async def _mapping(desk: Desk) -> int:
    return int(await desk.database.pool.fetchval("SELECT id FROM doctor_mappings"))


async def test_a_doctor_is_read_at_once(desk: Desk) -> None:
    """The schedule is read now, whenever it is due."""
    before = await desk.database.pool.fetchval("SELECT as_of FROM emias_doctors")
    seen = await desk.carried(K.REFRESH_DOCTOR, await _doctor(desk))
    assert seen.state is W.DONE
    assert await desk.database.pool.fetchval("SELECT as_of FROM emias_doctors") > before


async def test_a_failed_read_tells_the_cause(desk: Desk) -> None:
    """The cause is in the result, and the due list has it too."""
    desk.clinic.spoil("*", "drop", times=9)
    seen = await desk.carried(K.REFRESH_DOCTOR, await _doctor(desk))
    desk.clinic.installation.faults.clear()
    assert (seen.state, bool(seen.data["cause"])) == (W.FAILED, True)


async def test_a_hidden_doctor_is_not_read(desk: Desk) -> None:
    """A schedule that nobody may book from is not read, and after a few tries the wish says so."""
    await desk.database.pool.execute("UPDATE institutions SET is_open = false")
    wished = await desk.ask(K.REFRESH_DOCTOR, await _doctor(desk))
    worker = desk.worker()
    results = []
    for _ in range(4):
        results.append(await worker.one(await desk.lease_one(worker)))
        await desk.lapse()
    assert results == ["later"] * 3 + ["refused"]
    assert "закрыта" in (await desk.seen(wished.wish)).result


async def test_a_mapping_is_tested_without_a_trace(desk: Desk) -> None:
    """EMIAS's answer is told: how many free slots, the first of them; no row of slots or schedules changes."""
    before = await desk.database.pool.fetch("SELECT * FROM emias_doctors")
    slots = await desk.database.pool.fetch("SELECT starts_at, is_free, seen_at FROM local_emias_slots ORDER BY 1")
    seen = await desk.carried(K.TEST_MAPPING, await _mapping(desk))
    free = sum(row["is_free"] for row in slots)
    assert (seen.state, seen.data["free"] > 0) == (W.DONE, True)
    assert abs(seen.data["free"] - free) <= 1
    assert await desk.database.pool.fetch("SELECT * FROM emias_doctors") == before


async def test_a_mapping_that_leads_nowhere_is_told(desk: Desk) -> None:
    """An id that EMIAS does not know fails with EMIAS's own code, one without an institution is refused."""
    doctor = await desk.database.pool.fetchval("SELECT id FROM doctors")
    insert = "INSERT INTO doctor_mappings (doctor_id, lpu_code, emias_doctor_id) VALUES ($1, $2, $3) RETURNING id"
    wrong = await desk.database.pool.fetchval(insert, doctor, LPU, "99999")
    nowhere = await desk.database.pool.fetchval(insert, doctor, "nowhere", "1")
    assert (await desk.carried(K.TEST_MAPPING, wrong)).state is W.FAILED
    assert (await desk.carried(K.TEST_MAPPING, nowhere)).state is W.REFUSED


@pytest.mark.parametrize(("switch", "column", "off"), [("sale", "is_open", False), ("calls", "calls_stopped", True)])
async def test_a_switch_is_turned_and_logged(desk: Desk, switch: str, column: str, *, off: bool) -> None:
    """The institution's row changes, and the switch log names the person and the reason."""
    seen = await desk.carried(K.SWITCH, LPU, switch=switch, on=False)
    assert seen.state is W.DONE
    institution = await desk.database.pool.fetchrow("SELECT is_open, calls_stopped FROM institutions")
    assert institution[column] is off
    row = await desk.database.pool.fetchrow("SELECT switch, is_on, reason, actor FROM switch_log")
    assert tuple(row) == (switch, False, "звонок", "admin:anna")


async def test_nonsense_is_refused(desk: Desk) -> None:
    """An unknown switch, LPU, doctor, mapping or booking is refused in words, and nothing breaks."""
    for kind, subject, arguments in (
        (K.SWITCH, LPU, {"switch": "everything", "on": True}),
        (K.SWITCH, "nowhere", {"switch": "sale", "on": True}),
        (K.REFRESH_DOCTOR, 999_999, {}),
        (K.TEST_MAPPING, 999_999, {}),
        (K.CANCEL_BOOKING, uuid4(), {}),
        (K.RETRY_BOOKING, uuid4(), {}),
        (K.RESOLVE_ABSENT, uuid4(), {}),
    ):
        seen = await desk.carried(kind, subject, **arguments)
        assert (seen.state, " · " in seen.result) == (W.REFUSED, True), kind


async def test_a_wish_that_nobody_began_in_time_is_refused(desk: Desk) -> None:
    """After an hour without a worker the wish is not carried out any more: the person may have changed their mind."""
    wished = await desk.ask(K.REFRESH_DOCTOR, await _doctor(desk))
    await desk.database.pool.execute("UPDATE wishes SET expires_at = now() - interval '1 second'")
    worker = desk.worker()
    assert await worker.one(await desk.lease_one(worker)) == "refused"
    assert "вовремя" in (await desk.seen(wished.wish)).result


async def test_a_late_worker_changes_nothing(desk: Desk) -> None:
    """Whoever was paused past the lease finds the wish in other hands and writes no result."""
    wished = await desk.ask(K.TEST_MAPPING, await _mapping(desk))
    slow, quick = desk.worker(), desk.worker()
    late = await desk.lease_one(slow)
    await desk.lapse()
    assert await quick.one(await desk.lease_one(quick)) == "done"
    assert await slow.one(late) == "overtaken"
    events = await desk.database.pool.fetch(
        "SELECT what FROM audit_log WHERE details ->> 'wish' = $1", str(wished.wish.id)
    )
    assert sorted(row["what"] for row in events) == ["wish_ended", "wish_made"]


async def test_a_wish_wakes_the_worker(desk: Desk) -> None:
    """With a slow poll the news alone brings the wish to the worker, within the second that the listening took."""
    async with desk.loop():
        wishes = [await desk.ask(K.TEST_MAPPING, await _mapping(desk)) for _ in range(2)]
        assert [each.is_new for each in wishes] == [True, False]
        assert (await desk.ended(wishes[0].wish)).state is W.DONE


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wishes SET state = 'done', ended_at = now()",
        "UPDATE wishes SET state = 'running', lease_until = now()",
        "UPDATE wishes SET reason = 'другое'",
        "UPDATE wishes SET wished_by = 'boris'",
        "UPDATE wishes SET subject = '8'",
        'UPDATE wishes SET arguments = \'{"appointment_id": "A-2"}\'',
        "UPDATE wishes SET result = 'готово'",
        "DELETE FROM wishes",
        "INSERT INTO wishes (kind, subject, reason, wished_by, tries) VALUES ('switch', '1', 'x', 'a', 7)",
    ],
)
async def test_nobody_ends_or_changes_a_wish_by_hand(desk: Desk, statement: str) -> None:
    """The table refuses what only the worker may write, and any change of what was asked."""
    await desk.ask(K.REFRESH_DOCTOR, await _doctor(desk))
    with pytest.raises(asyncpg.CheckViolationError):
        await desk.database.pool.execute(statement)


async def test_an_ended_wish_stays_as_it_is_but_may_be_emptied_and_removed(desk: Desk) -> None:
    """Its result is the record; arguments and details may be erased, and the row goes when its time is over."""
    await desk.carried(K.TEST_MAPPING, await _mapping(desk), note="x")
    pool = desk.database.pool
    for statement in ("UPDATE wishes SET state = 'failed'", "UPDATE wishes SET result_data = '{\"free\": 0}'"):
        with pytest.raises(asyncpg.CheckViolationError):
            await pool.execute(statement)
    await pool.execute("UPDATE wishes SET arguments = '{}', result_data = NULL")
    assert await pool.execute("DELETE FROM wishes") == "DELETE 1"


async def test_askers_at_once_get_one_wish(desk: Desk) -> None:
    """Of twenty people who ask for the same at the same moment one has made it."""
    subject = await _doctor(desk)
    wished = await asyncio.gather(*(desk.ask(K.REFRESH_DOCTOR, subject, by=f"user-{n}") for n in range(20)))
    assert sum(each.is_new for each in wished) == 1
    assert len({each.wish.id for each in wished}) == 1
