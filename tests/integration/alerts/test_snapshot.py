"""What the rules are shown, fact by fact, of a real database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from admin.dashboard.reading import Window, read_figures
from gateway.domain.alerts.orders import ORDERS
from gateway.domain.alerts.snapshot import Certificate, Circuits, Clinic, RefusedList, Snapshot, Voice
from gateway.domain.circuit import Lane
from gateway.store.alert_snapshot import take_snapshot
from gateway.store.engine import Database
from tests.integration.alerts.conftest import LPU, Scene
from tests.integration.builders import MadeDoctor, Maker, tomorrow_noon


async def take(database: Database) -> Snapshot:
    """Take the snapshot as the watch does."""
    async with database.transaction() as connection:
        return await take_snapshot(connection, ORDERS)


async def clinic(database: Database) -> Clinic:
    """Return the facts of the institution."""
    [found] = [each for each in (await take(database)).clinics if each.lpu_code == LPU]
    return found


async def book(maker: Maker, doctor: MadeDoctor, number: int, *moves: str, **columns: Any) -> None:
    """Put a booking into the tables that went through these states."""
    pool, holder = maker.database.pool, (doctor.site.id, doctor.site.key_id, doctor.id, doctor.emias_row)
    starts_at = tomorrow_noon() + timedelta(minutes=15 * number)
    hold_id = await pool.fetchval(
        "INSERT INTO holds (id, site_id, api_key_id, site_doctor_id, doctor_id, starts_at, slot_id, state, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, 'spent', now()) RETURNING id",
        *(uuid4(), *holder, starts_at, uuid4()),
    )
    booking_id = uuid4()
    await pool.execute(
        "INSERT INTO bookings (id, site_id, api_key_id, site_doctor_id, doctor_id, hold_id, starts_at, slot_id,"
        " emias_slot_id, patient_sealed, patient_mask, snils_hash, guest_hash, birth_hash)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'S', 'x', '…', 'x', $9, 'x')",
        *(booking_id, *holder, hold_id, starts_at, uuid4(), uuid4().hex),
    )
    for state in moves:
        await pool.execute("UPDATE bookings SET state = $2, updated_at = now() WHERE id = $1", booking_id, state)
    for column, value in columns.items():
        await pool.execute(f"UPDATE bookings SET {column} = $2 WHERE id = $1", booking_id, value)  # noqa: S608 - our names


async def test_bookings(scene: Scene, maker: Maker) -> None:
    """Of recent bookings those that came through, were lost or taken are told apart; old ones only while in doubt."""
    doctor = await maker.doctor(await maker.site(), lpu_code=LPU)
    now: datetime = await scene.database.pool.fetchval("SELECT now()")
    await book(maker, doctor, 1, "booked")
    await book(maker, doctor, 2, "booked", "cancelling", "cancelled")
    await book(maker, doctor, 3, "failed")
    await book(maker, doctor, 4, "rejected", refusal="slot_taken")
    await book(maker, doctor, 5, "rejected", refusal="patient_busy")
    await book(maker, doctor, 6, "in_doubt", doubted_at=now - timedelta(minutes=11))
    await book(maker, doctor, 7, "in_doubt", "manual")
    await book(maker, doctor, 8, "booked", created_at=now - timedelta(minutes=30))
    await book(maker, doctor, 9, "booked", created_at=now - timedelta(hours=2))
    await book(maker, doctor, 10, updated_at=now - timedelta(minutes=4))
    seen = await clinic(scene.database)
    assert (seen.came_through, seen.lost, seen.submitted, seen.taken) == (2, 3, 9, 1)
    assert (seen.in_doubt, seen.manual, int(seen.oldest_doubt // 60)) == (2, 1, 11)


async def test_a_call_cut_short_is_as_old_as_itself(scene: Scene, maker: Maker) -> None:
    """A cancel whose process died is as old as the cancel, to alerts and dashboard, however old its booking."""
    doctor = await maker.doctor(await maker.site(), lpu_code=LPU)
    now: datetime = await scene.database.pool.fetchval("SELECT now()")
    times = {"doubted_at": now - timedelta(days=1), "updated_at": now - timedelta(minutes=4)}
    await book(maker, doctor, 1, "in_doubt", "booked", "cancelling", **times)
    seen = await clinic(scene.database)
    assert (seen.in_doubt, int(seen.oldest_doubt // 60)) == (1, 4)
    [shown] = (await read_figures(scene.database, Window.HOUR)).doubts
    assert shown["age"] // timedelta(minutes=1) == 4


async def test_schedules(scene: Scene, maker: Maker) -> None:
    """A schedule lags after three intervals, or when its first reads fail; one whose turn has not come does not."""
    site = await maker.site()
    fresh, late, quarantined = [await maker.doctor(site, lpu_code=LPU) for _ in range(3)]
    unread, failing = [await maker.doctor(site, lpu_code=LPU, synced=False) for _ in range(2)]
    assert unread.emias_row != fresh.emias_row
    pool = scene.database.pool
    await pool.execute(
        "UPDATE emias_doctors SET as_of = now() - make_interval(secs => interval_s) * 3.1 WHERE id = $1", late.emias_row
    )
    await pool.execute("UPDATE emias_doctors SET failures = 2 WHERE id = $1", failing.emias_row)
    await pool.execute("UPDATE emias_doctors SET quarantined = 1 WHERE id = $1", quarantined.emias_row)
    seen = await clinic(scene.database)
    assert (seen.schedules, seen.lagging, seen.quarantined, seen.is_stopped) == (5, 2, 1, False)


async def test_what_processes_say(scene: Scene, database: Database) -> None:
    """Breakers count while their process lives, certificates by the worst of the living, silence by the last word."""
    ends = datetime(2027, 1, 1).astimezone()
    await scene.say("sync", "breaker_reads", 2, LPU)
    await scene.say("sync", "certificate_ends", ends.timestamp(), "main")
    await scene.say("gateway", "certificate_ends", ends.timestamp() + 86_400, "main")
    await scene.say("sync", "silent_loops", 1, note="doubts")
    seen = await take(database)
    assert set(seen.circuits) == {
        Circuits(LPU, Lane.READS, is_tripped=True),
        Circuits(LPU, Lane.BOOKINGS, is_tripped=False),
    }
    assert seen.certificates == (Certificate("main", ends),)
    assert {voice.process: voice.stuck_loops for voice in seen.voices} == {"gateway": "", "sync": "doubts"}
    assert all(voice.silence is not None and voice.silence < 5 for voice in seen.voices)
    await database.pool.execute("UPDATE beats SET at = now() - interval '5 minutes' WHERE process = 'sync'")
    seen = await take(database)
    assert {circuit.is_tripped for circuit in seen.circuits} == {None}
    assert seen.certificates[0].ends_at == ends + timedelta(days=1)
    assert [voice.stuck_loops for voice in seen.voices] == ["", ""]
    await database.pool.execute("DELETE FROM beats")
    assert (await take(database)).voices == (Voice("gateway", None), Voice("sync", None))


async def test_what_waits_for_people(scene: Scene, maker: Maker) -> None:
    """Lists that were refused and rows past their deadline are told; what is approved or in time is not."""
    site, pool = await maker.site(), scene.database.pool
    await pool.execute(
        "INSERT INTO mirror_refusals (site_id, fingerprint, listed, shown, missing) VALUES ($1, 'f', 10, 40, 30)",
        site.id,
    )
    assert (await take(scene.database)).refused_lists == (RefusedList(site.code, 30),)
    await pool.execute("UPDATE mirror_refusals SET is_approved = true")
    assert (await take(scene.database)).refused_lists == ()
    await pool.execute("INSERT INTO retention_clock (kind, keep) VALUES ('sync_log', interval '30 days')")
    await pool.execute(
        "INSERT INTO sync_log (at, lpu_code, outcome) SELECT now() - make_interval(days => day), '', 'mirror'"
        " FROM unnest(ARRAY[1, 30, 34]) AS d (day)"
    )
    overdue = {each.kind: (each.rows, each.days) for each in (await take(scene.database)).overdue}
    assert overdue["sync_log"] == (1, 4)


async def test_errors_by_group(scene: Scene) -> None:
    """A group that is new and goes on is told by its name; one that ended long ago is not."""
    for cause, state, age in (("timeout", "new", 1), ("reset", "muted", 1), ("dns", "new", 60)):
        await scene.database.pool.execute(
            "INSERT INTO error_groups (ending, cause, operation, lpu_code, state, times, last_at)"
            " VALUES ('failed', $1, 'probe', '0101', $2, 7, now() - make_interval(mins => $3))",
            *(cause, state, age),
        )
    told = {each.group: (each.times, each.is_known) for each in (await take(scene.database)).errors}
    assert told == {"failed:timeout:probe:0101": (7, False), "failed:reset:probe:0101": (7, True)}
