"""The chores against the real tables."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from gateway.ports import MirrorSummary
from gateway.store.engine import Database
from gateway.store.housekeeping import Housekeeping
from sync.chores import chores_of
from sync.signs import Signs
from tests.integration.builders import Maker

_TEN_MINUTES = timedelta(minutes=10)


async def test_holds_that_ran_out_are_written_down_and_living_ones_are_not(database: Database, maker: Maker) -> None:
    """Only holds past their end become expired, however many there are."""
    site = await maker.site()
    slots = await maker.slots(await maker.doctor(site), 1203, step=timedelta(minutes=1))
    holds = [await maker.hold(slot, site.holder()) for slot in slots[:3]]
    await maker.expire(holds[0].id)
    await database.pool.execute(
        "INSERT INTO holds (id, site_id, api_key_id, site_doctor_id, doctor_id, starts_at, slot_id, expires_at)"
        " SELECT gen_random_uuid(), h.site_id, h.api_key_id, h.site_doctor_id, h.doctor_id, s.starts_at, s.id, now()"
        " FROM holds h, local_emias_slots s WHERE h.id = $1 AND s.doctor_id = h.doctor_id"
        " AND NOT EXISTS (SELECT FROM holds o WHERE o.slot_id = s.id)",
        holds[0].id,
    )
    assert await Housekeeping(database).expire_holds() == 1201
    assert await Housekeeping(database).expire_holds() == 0
    states = await database.pool.fetch("SELECT state, count(*) FROM holds GROUP BY state ORDER BY state")
    assert [tuple(row) for row in states] == [("expired", 1201), ("held", 2)]


async def test_idempotency_keys_are_forgotten_when_their_time_is_over(database: Database, maker: Maker) -> None:
    """A key still in its time answers on."""
    site = await maker.site()
    await database.pool.executemany(
        "INSERT INTO idempotency_keys (api_key_id, operation, key, fingerprint, lease_until, expires_at)"
        " VALUES ($1, 'book', $2, '', now(), now() + $3::interval)",
        [(site.key_id, "old", timedelta(seconds=-1)), (site.key_id, "young", timedelta(hours=1))],
    )
    assert await Housekeeping(database).forget_idempotency_keys() == 1
    assert [row["key"] for row in await database.pool.fetch("SELECT key FROM idempotency_keys")] == ["young"]


async def test_old_reports_are_left_to_their_deadline(database: Database) -> None:
    """How long the worker's reports are kept is a setting's word, and no chore has another."""
    await database.pool.execute(
        "INSERT INTO sync_log (at, lpu_code, outcome) VALUES (now() - interval '1 year', '0101', 'changed')"
    )
    for chore in chores_of(Housekeeping(database), Signs(CollectorRegistry())):
        await chore.do()
    assert await database.pool.fetchval("SELECT count(*) FROM sync_log") == 1


async def test_what_is_over_at_the_admin_s_door_is_forgotten(database: Database) -> None:
    """Sessions long over and old failures go, living ones stay."""
    await database.pool.executemany(
        "INSERT INTO sessions (token, user_id, expiry_date, max_expiry_date)"
        " VALUES ($1, 1, localtimestamp + $2::interval, localtimestamp + interval '12 hours')",
        [("old", timedelta(days=-3)), ("young", timedelta(hours=1))],
    )
    await database.pool.execute("DELETE FROM login_guesses")
    await database.pool.executemany(
        "INSERT INTO login_guesses (kind, digest, failures, last_at) VALUES ('name', $1, 3, now() - $2::interval)",
        [(b"old", timedelta(days=2)), (b"young", timedelta(minutes=1))],
    )
    assert await Housekeeping(database).forget_logins() == 2
    assert await database.pool.fetchval("SELECT token FROM sessions") == "young"
    assert await database.pool.fetchval("SELECT digest FROM login_guesses") == b"young"


async def test_months_ahead_are_made_once(database: Database) -> None:
    """The slot table has room as far ahead as asked, a second asking finds it made."""
    housekeeping = Housekeeping(database)
    await housekeeping.make_slot_partitions(timedelta(days=200))
    assert await housekeeping.make_slot_partitions(timedelta(days=200)) == 0


async def test_the_mirror_s_turn_is_one_worker_s_at_a_time(database: Database, maker: Maker) -> None:
    """While one worker mirrors a site another is told no, a different site's turn is free."""
    site, other = await maker.site(), await maker.site()
    housekeeping = Housekeeping(database)
    async with housekeeping.mirror_turn(site.id, _TEN_MINUTES) as ours:
        assert ours
        async with housekeeping.mirror_turn(site.id, _TEN_MINUTES) as second:
            assert not second
        async with housekeeping.mirror_turn(other.id, _TEN_MINUTES) as others:
            assert others
    async with housekeeping.mirror_turn(site.id, _TEN_MINUTES) as again:
        assert again


async def test_a_site_mirrored_lately_is_left_alone(database: Database, maker: Maker) -> None:
    """Within the interval nobody has the turn, unless asked for at once."""
    site = await maker.site()
    await database.pool.execute("UPDATE sites SET mirrored_at = now() - interval '5 minutes' WHERE id = $1", site.id)
    housekeeping = Housekeeping(database)
    for every, expected in ((_TEN_MINUTES, False), (timedelta(minutes=4), True), (timedelta(), True)):
        async with housekeeping.mirror_turn(site.id, every) as ours:
            assert ours is expected


async def test_a_turn_ends_with_a_failure_or_a_cancellation(database: Database, maker: Maker) -> None:
    """However a pass ends, the turn is free for the next worker."""
    site = await maker.site()
    housekeeping = Housekeeping(database)
    begun = asyncio.Event()

    async def mirror(fault: type[BaseException] | None) -> MirrorSummary:
        async with housekeeping.mirror_turn(site.id, _TEN_MINUTES) as ours:
            assert ours
            if fault is not None:
                raise fault
            begun.set()
            await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(ZeroDivisionError):
        await mirror(ZeroDivisionError)
    task = asyncio.create_task(mirror(None))
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with housekeeping.mirror_turn(site.id, _TEN_MINUTES) as ours:
        assert ours
