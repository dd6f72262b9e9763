"""The due list: leases, diffs, and tokens that fence."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

from gateway.domain.diff import SlotDiff, diff_slots
from gateway.domain.moscow import moscow_day
from gateway.domain.outcomes import Cause
from gateway.domain.schedule import RemoteSlot, ScheduleWindow, SlotKey
from gateway.ports import DueDoctor, Written
from gateway.store.directory import Directory
from gateway.store.engine import Database
from gateway.store.sync_book import SyncBook
from tests.integration.builders import MadeDoctor, MadeSite, Maker, tomorrow_noon

_LEASE = timedelta(minutes=1)
_NEXT = timedelta(minutes=5)
_NOON = tomorrow_noon()


def _window(
    doctor: MadeDoctor, slots: list[RemoteSlot], digest: str = "d1", last: date | None = None
) -> ScheduleWindow:
    return ScheduleWindow(doctor.ref, tuple(slots), moscow_day(_NOON), last or moscow_day(_NOON), digest)


def _slot(minutes: int, *, free: bool = True, emias_slot_id: str | None = None) -> RemoteSlot:
    return RemoteSlot(_NOON + timedelta(minutes=minutes), emias_slot_id or f"E{minutes}", free, None, "12")


async def _claimed(sync: SyncBook, doctor: MadeDoctor) -> DueDoctor:
    due = await sync.claim(doctor.ref, _LEASE)
    assert due
    return due


async def _write(sync: SyncBook, doctor: MadeDoctor, slots: list[RemoteSlot], digest: str = "d1") -> Written:
    due = await _claimed(sync, doctor)
    window = _window(doctor, slots, digest)
    known = await sync.known_slots(due, window.covered_from, window.covered_to)
    written = await sync.write(due, window, diff_slots(known, window), _NEXT)
    assert written
    return written


async def test_workers_share_the_due_list(maker: Maker, sync: SyncBook, site: MadeSite) -> None:
    """Workers that claim at once share the due doctors without overlap, and no more than are due."""
    made = {(await maker.doctor(site)).emias_row for _ in range(12)}
    batches = await asyncio.gather(*(sync.claim_due(4, _LEASE) for _ in range(5)))
    claimed = [due.row_id for batch in batches for due in batch]
    assert len(claimed) == len(set(claimed))
    rest = [due.row_id for _ in range(3) for due in await sync.claim_due(4, _LEASE)]
    assert set(claimed + rest) == made
    assert await sync.claim_due(4, _LEASE) == []


async def test_oldest_are_claimed_first(maker: Maker, sync: SyncBook, database: Database, site: MadeSite) -> None:
    """Those that fell due first are claimed first."""
    made = [await maker.doctor(site) for _ in range(3)]
    for minutes, doctor in zip((1, 3, 2), made, strict=True):
        await database.pool.execute(
            "UPDATE emias_doctors SET next_sync_at = now() - make_interval(mins => $2) WHERE id = $1",
            doctor.emias_row,
            minutes,
        )
    claimed = await sync.claim_due(2, _LEASE)
    assert [due.row_id for due in claimed] == [made[1].emias_row, made[2].emias_row]
    assert (claimed[0].ref, claimed[0].interval) == (made[1].ref, timedelta(minutes=5))


async def test_only_doctors_in_use_are_due(maker: Maker, sync: SyncBook, database: Database, site: MadeSite) -> None:
    """Doctors blocked, hidden, unmapped or of a closed institution are not read."""
    blocked, hidden, unmapped, closed = [await maker.doctor(site) for _ in range(4)]
    await database.pool.execute("UPDATE doctors SET is_blocked = true WHERE id = $1", blocked.id)
    await database.pool.execute("UPDATE doctors SET is_active = false WHERE id = $1", hidden.id)
    await database.pool.execute("DELETE FROM doctor_mappings WHERE doctor_id = $1", unmapped.id)
    await database.pool.execute("UPDATE institutions SET is_open = false WHERE lpu_code = $1", closed.ref.lpu_code)
    assert await sync.claim_due(10, _LEASE) == []
    assert await sync.claim(blocked.ref, _LEASE) is None
    assert (await sync.next_due(), await sync.all_due_now()) == (None, 0)


async def test_leased_doctor_is_nobody_else_s(sync: SyncBook, database: Database, doctor: MadeDoctor) -> None:
    """A leased doctor is not claimed again before its lease ends, and then under a new token."""
    due = await _claimed(sync, doctor)
    assert await sync.claim(doctor.ref, _LEASE) is None
    assert await sync.claim_due(5, _LEASE) == []
    ends = await sync.next_due()
    assert ends
    assert ends > await database.pool.fetchval("SELECT now()")
    await database.pool.execute("UPDATE emias_doctors SET lease_until = now()")
    (again,) = await sync.claim_due(5, _LEASE)
    assert again.token != due.token


async def test_lost_lease_writes_nothing(sync: SyncBook, database: Database, doctor: MadeDoctor) -> None:
    """A worker that lost its lease changes nothing, whatever it brings."""
    late = await _claimed(sync, doctor)
    await database.pool.execute("UPDATE emias_doctors SET lease_until = now()")
    await _claimed(sync, doctor)
    before = await _everything(database)
    window = _window(doctor, [_slot(0)])
    assert await sync.write(late, window, SlotDiff(insert=window.slots), _NEXT) is None
    assert not await sync.unchanged(late, _NEXT)
    await sync.quarantine(late, window, 10, _NEXT)
    await sync.failed(late, Cause.TIMEOUT, None, _NEXT)
    assert await _everything(database) == before


async def _everything(database: Database) -> list[object]:
    tables = ("emias_doctors", "local_emias_slots", "sync_log", "institutions")
    return [await database.pool.fetch(f"SELECT * FROM {table}") for table in tables]  # noqa: S608 - names from above


async def test_first_read_fills_the_table(
    sync: SyncBook, directory: Directory, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A first read inserts every slot under its public id, plans the next read and logs the change."""
    written = await _write(sync, doctor, [_slot(0), _slot(15, free=False)])
    assert written == Written(inserted=2)
    found = await directory.doctor_slots(site.id, doctor.element_id, moscow_day(_NOON), moscow_day(_NOON))
    assert [slot.id for slot in found.slots] == [SlotKey(doctor.ref, _NOON).public_id()]
    row = await database.pool.fetchrow(
        "SELECT digest, free_slots, lease_token, as_of = now() AS same, next_sync_at - now() AS wait FROM emias_doctors"
    )
    assert (row["digest"], row["free_slots"], row["lease_token"]) == ("d1", 1, None)
    assert timedelta(minutes=4) < row["wait"] < timedelta(minutes=6)
    log = await database.pool.fetch("SELECT outcome, inserted, updated, closed FROM sync_log")
    assert [tuple(line) for line in log] == [("changed", 2, 0, 0)]


async def test_diff_writes_the_least(sync: SyncBook, database: Database, doctor: MadeDoctor) -> None:
    """A later read writes only what differs: new, changed, vanished and returned slots."""
    await _write(sync, doctor, [_slot(0), _slot(15), _slot(30)])
    kept = await database.pool.fetchval("SELECT xmin FROM local_emias_slots WHERE emias_slot_id = 'E0'")
    second = await _write(sync, doctor, [_slot(0), _slot(15, emias_slot_id="new"), _slot(45)], "d2")
    assert second == Written(inserted=1, updated=1, closed=1, kept=1)
    assert await database.pool.fetchval("SELECT xmin FROM local_emias_slots WHERE emias_slot_id = 'E0'") == kept
    states = await database.pool.fetch("SELECT emias_slot_id, state FROM local_emias_slots ORDER BY starts_at")
    assert [tuple(row) for row in states] == [("E0", "free"), ("new", "free"), ("E30", "closed"), ("E45", "free")]
    third = await _write(sync, doctor, [_slot(0), _slot(15, emias_slot_id="new"), _slot(30), _slot(45)], "d3")
    assert third == Written(updated=1, kept=3)


async def test_unchanged_read_leaves_slots_and_log_alone(
    sync: SyncBook, database: Database, doctor: MadeDoctor
) -> None:
    """A read with nothing new renews the age and writes no row to slots or log."""
    await _write(sync, doctor, [_slot(0)])
    before = await database.pool.fetch("SELECT xmin, ctid FROM local_emias_slots")
    as_of: datetime = await database.pool.fetchval("SELECT as_of FROM emias_doctors")
    due = await _claimed(sync, doctor)
    assert due.digest == "d1"
    assert await sync.unchanged(due, _NEXT)
    assert await database.pool.fetch("SELECT xmin, ctid FROM local_emias_slots") == before
    assert await database.pool.fetchval("SELECT count(*) FROM sync_log") == 1
    assert await database.pool.fetchval("SELECT as_of FROM emias_doctors") > as_of


async def test_slots_far_ahead_find_room(sync: SyncBook, database: Database, doctor: MadeDoctor) -> None:
    """Slots beyond the months made ready get their partition with the first of them, also from two workers at once."""
    far = RemoteSlot(_NOON + timedelta(days=400), "far", is_free=True)
    due = await _claimed(sync, doctor)
    window = _window(doctor, [far], last=moscow_day(far.starts_at))
    await asyncio.gather(
        *(database.pool.execute("SELECT ensure_slot_partitions($1, $1)", moscow_day(far.starts_at)) for _ in range(3)),
        sync.write(due, window, SlotDiff(insert=window.slots), _NEXT),
    )
    assert await database.pool.fetchval("SELECT count(*) FROM local_emias_slots") == 1


async def test_failure_stays_with_its_doctor(
    maker: Maker, sync: SyncBook, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A failed read counts and logs its cause, keeps the slots, and touches no other doctor; a good one clears it."""
    await _write(sync, doctor, [_slot(0)])
    other = await maker.doctor(site)
    before = await database.pool.fetchrow("SELECT * FROM emias_doctors WHERE id = $1", other.emias_row)
    await sync.failed(await _claimed(sync, doctor), Cause.HTTP_STATUS, "502" * 100, _NEXT)
    row = await database.pool.fetchrow("SELECT failures, last_error FROM emias_doctors WHERE id = $1", doctor.emias_row)
    assert row["failures"] == 1
    assert row["last_error"].startswith("http_status: 502")
    assert len(row["last_error"]) < 100
    assert await database.pool.fetchrow("SELECT * FROM emias_doctors WHERE id = $1", other.emias_row) == before
    assert await database.pool.fetchval("SELECT state FROM local_emias_slots") == "free"
    due = await _claimed(sync, doctor)
    assert due.failures == 1
    await sync.unchanged(due, _NEXT)
    assert (await _claimed(sync, doctor)).failures == 0


async def test_quarantine_keeps_the_slots(sync: SyncBook, database: Database, doctor: MadeDoctor) -> None:
    """A reply that was not believed changes no slot, no age and no digest, and is logged."""
    await _write(sync, doctor, [_slot(0)])
    as_of = await database.pool.fetchval("SELECT as_of FROM emias_doctors")
    await sync.quarantine(await _claimed(sync, doctor), _window(doctor, [], "strange"), 30, _NEXT)
    row = await database.pool.fetchrow("SELECT as_of, digest, quarantined FROM emias_doctors")
    assert tuple(row) == (as_of, "d1", 1)
    assert await database.pool.fetchval("SELECT cause FROM sync_log WHERE outcome = 'quarantined'") == (
        "0 free of 30 known"
    )


async def test_all_are_made_due(maker: Maker, sync: SyncBook, site: MadeSite, doctor: MadeDoctor) -> None:
    """Everybody can be made due at once, those read a moment ago too."""
    await _write(sync, doctor, [_slot(0)])
    await maker.doctor(site)
    assert len(await sync.claim_due(5, timedelta(0))) == 1
    assert await sync.all_due_now() == 2
    assert len(await sync.claim_due(5, _LEASE)) == 2


async def test_many_workers_note_one_institution(maker: Maker, sync: SyncBook, site: MadeSite) -> None:
    """Workers that finish doctors of one institution at once all succeed."""
    lpu_code = await maker.institution()
    for _ in range(20):
        await maker.doctor(site, lpu_code=lpu_code)
    claimed = await sync.claim_due(20, _LEASE)
    assert all(await asyncio.gather(*(sync.unchanged(due, _NEXT) for due in claimed)))
