"""Retention: what is past its deadline goes, the rest stays, and a pass may be killed anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.commands.verify import Scope, check_invariants
from gateway.domain.retention import DEFAULT_DAYS, Deadlines, Kind
from gateway.settings import VerifySettings, read_settings
from gateway.store.canaries import find_in_tables
from gateway.store.engine import Database
from gateway.store.retention import Retention
from tests.integration.privacy.archive import CONTACT, ENDINGS, VISITOR, Archive

_HOUR = timedelta(hours=1)
_USUAL = Deadlines.of({})


def _days(kind: Kind | str) -> timedelta:
    return timedelta(days=DEFAULT_DAYS[Kind(kind)])


async def _row(database: Database, booking_id: object) -> Mapping[str, Any] | None:
    row: Mapping[str, Any] | None = await database.pool.fetchrow("SELECT * FROM bookings WHERE id = $1", booking_id)
    return row


async def _broken(database: Database) -> list[str]:
    settings_ = read_settings(VerifySettings, {"DATABASE_URL": database.url})
    return [one.invariant for one in await check_invariants(settings_, Scope()) if one.state == "broken"]


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending != "unsettled"])
async def test_a_patient_goes_at_the_deadline_of_the_ending(database: Database, archive: Archive, ending: str) -> None:
    """An hour past its deadline a booking has no patient and no contact, an hour before it has both."""
    late = await archive.booking(ending, _days(ending) + _HOUR)
    early = await archive.booking(ending, _days(ending) - _HOUR)
    assert (await Retention(database, _USUAL).run())[Kind(ending)] == 1
    gone, kept = await _row(database, late), await _row(database, early)
    assert gone is not None
    assert (gone["patient_sealed"], gone["contact_sealed"]) == (None, None)
    assert kept is not None
    assert archive.cipher.open_patient(kept["patient_sealed"]) == archive.patient
    assert archive.cipher.open_text(kept["contact_sealed"]) == CONTACT


async def test_what_is_live_or_in_doubt_is_never_touched(database: Database, archive: Archive) -> None:
    """However old it is, an open doubt keeps its patient, and so does a visit that is still ahead."""
    kept = [await archive.booking("unsettled", timedelta(days=4000)), await archive.booking("visited", -_HOUR)]
    before = [await _row(database, booking_id) for booking_id in kept]
    await Retention(database, _USUAL).run()
    assert [await _row(database, booking_id) for booking_id in kept] == before


async def test_a_booking_whose_appointment_is_read_back_is_not_at_rest(database: Database, archive: Archive) -> None:
    """While EMIAS is still asked which appointment it is, a booking keeps its patient."""
    booking_id = await archive.booking("visited", timedelta(days=100))
    await database.pool.execute(
        "UPDATE bookings SET emias_appointment_id = NULL, next_check_at = now() WHERE id = $1", booking_id
    )
    await Retention(database, _USUAL).run()
    row = await _row(database, booking_id)
    assert row is not None
    assert row["patient_sealed"]


async def test_traces_go_and_then_the_row(database: Database, archive: Archive) -> None:
    """After its traces' deadline a row has no hash and no mask, and after its own it is gone, history and hold too."""
    bare = await archive.booking("visited", _days(Kind.TRACES) + _HOUR)
    gone = await archive.booking("visited", _days(Kind.BOOKINGS) + _HOUR)
    await Retention(database, _USUAL).run()
    row = await _row(database, bare)
    assert row is not None
    assert [row[name] for name in ("snils_hash", "birth_hash", "guest_hash", "patient_mask")] == [None, None, None, "—"]
    proof = await database.pool.fetch(
        "SELECT cause, from_state, to_state FROM booking_history WHERE booking_id = $1 AND actor = 'retention'", bare
    )
    assert sorted(tuple(step) for step in proof) == [
        ("patient_erased", "booked", "booked"),
        ("traces_erased", "booked", "booked"),
    ]
    assert await _row(database, gone) is None
    assert await database.pool.fetchval("SELECT count(*) FROM booking_history WHERE booking_id = $1", gone) == 0
    assert await database.pool.fetchval("SELECT count(*) FROM holds") == 1


async def test_what_stands_beside_goes_too(database: Database, archive: Archive) -> None:
    """Past their deadlines holds, keys, reports, wishes and disclosures go, and a booking's hold is nobody's."""
    booking_id = await archive.booking("visited", _days(Kind.HOLDS) + _HOUR)
    for age in (_HOUR, -_HOUR):
        await archive.hold(_days(Kind.HOLDS) + age)
        await archive.key(age)
        await archive.log(_days(Kind.SYNC_LOG) + age)
        await archive.disclosure(_days(Kind.DISCLOSURES) + age)
        await archive.wish(_days(Kind.WISHES) + age)
    # A bulk wish stays for as long as one of its parts does.
    bulk = await archive.wish(_days(Kind.WISHES) + _HOUR)
    await archive.wish(_days(Kind.WISHES) - _HOUR, bulk)
    await Retention(database, _USUAL).run()
    counted = await database.pool.fetchrow(
        "SELECT (SELECT count(*) FROM holds), (SELECT count(*) FROM holds WHERE client_ref = $1),"
        " (SELECT count(*) FROM idempotency_keys), (SELECT count(*) FROM sync_log), (SELECT count(*) FROM disclosures),"
        " (SELECT count(*) FROM wishes)",
        VISITOR,
    )
    assert tuple(counted) == (2, 1, 1, 1, 1, 3)
    row = await _row(database, booking_id)
    assert row is not None


class _Breaking(Database):
    """A database whose user is killed before one of its transactions."""

    __slots__ = ("_left",)
    _left: Iterator[int]

    def __init__(self, database: Database, after: int) -> None:
        super().__init__(database.url, database.engine)
        object.__setattr__(self, "_left", iter(range(after)))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """Let some transactions through."""
        if next(self._left, None) is None:
            raise asyncio.CancelledError
        async with super().transaction() as connection:
            yield connection


_ROWS = st.tuples(st.sampled_from(sorted(ENDINGS)), st.integers(-30, 1200))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(_ROWS, min_size=1, max_size=12), portion=st.integers(1, 4))
async def test_a_pass_leaves_nothing_past_its_deadline_and_takes_nothing_before(
    database: Database, archive: Archive, rows: list[tuple[str, int]], portion: int
) -> None:
    """Whatever lies there, a row has its patient, its traces and itself exactly as long as the deadlines say."""
    await database.pool.execute("TRUNCATE bookings, booking_history, holds, idempotency_keys")
    ages = [(ending, timedelta(days=days) + _HOUR) for ending, days in rows if ending == "visited" or days >= 0]
    made = [(await archive.booking(ending, age), ending, age) for ending, age in ages]
    retention = Retention(database, _USUAL, portion)
    await retention.run()
    assert not any(standing.is_overdue for standing in await retention.standings())
    for booking_id, ending, age in made:
        row, is_settled = await _row(database, booking_id), ending != "unsettled"
        assert (row is None) == (is_settled and age > _days(Kind.BOOKINGS))
        if row is not None:
            assert (row["patient_sealed"] is None) == (is_settled and age > _days(ending))
            assert (row["snils_hash"] is None) == (is_settled and age > _days(Kind.TRACES))
    assert await _broken(database) == []


async def test_a_killed_pass_has_done_what_it_counted_and_the_next_goes_on(
    database: Database, archive: Archive
) -> None:
    """A pass that is killed between its portions leaves whole rows and a true count, and the next erases the rest."""
    for _ in range(6):
        await archive.booking("failed", _days(Kind.FAILED) + _HOUR)
    killed = asyncio.create_task(Retention(_Breaking(database, after=5), _USUAL, 1).run())
    with pytest.raises(asyncio.CancelledError):
        await killed
    left = await database.pool.fetchval("SELECT count(*) FROM bookings WHERE patient_sealed IS NOT NULL")
    half = await database.pool.fetchval(
        "SELECT count(*) FROM bookings WHERE num_nulls(patient_sealed, contact_sealed) = 1"
    )
    counted = await database.pool.fetchval("SELECT erased_ever FROM retention_clock WHERE kind = 'failed'")
    assert 0 < left < 6
    assert (half, counted) == (0, 6 - left)
    retention = Retention(database, _USUAL)
    assert (await retention.run())[Kind.FAILED] == left
    standing = {one.kind: one for one in await retention.standings()}[Kind.FAILED]
    assert (standing.erased_ever, standing.oldest, standing.keep) == (6, None, _days(Kind.FAILED))
    assert await _broken(database) == []


async def test_an_erased_patient_is_nowhere_in_the_tables(database: Database, archive: Archive) -> None:
    """After the pass no table holds the patient's sealed text, hashes, mask, contact or visitor's mark."""
    booking_id = await archive.booking("visited", _days(Kind.TRACES) + 3 * _HOUR)
    row = await _row(database, booking_id)
    assert row is not None
    personal = ("patient_sealed", "contact_sealed", "snils_hash", "birth_hash", "guest_hash", "patient_mask")
    canaries = [row[name] for name in personal] + [archive.patient.last_name, archive.patient.snils.digits]
    async with database.pool.acquire() as connection:
        assert len(await find_in_tables(connection, canaries)) == len(personal)
        await Retention(database, _USUAL).run()
        assert await find_in_tables(connection, canaries) == []


async def test_overdue_rows_are_told_and_a_pass_ends_it(database: Database, archive: Archive) -> None:
    """A row is overdue a day after its deadline, as the worker last knew it, and no longer after a pass."""
    retention = Retention(database, _USUAL)
    await retention.run()
    for age in (_HOUR, timedelta(hours=25)):
        await archive.booking("rejected", _days(Kind.REJECTED) + age)
    overdue = {one.kind: one.overdue for one in await retention.standings() if one.is_overdue}
    assert overdue == {Kind.REJECTED: 1}
    await retention.run()
    assert not any(one.is_overdue for one in await retention.standings())


async def test_two_workers_share_a_pass(database: Database, archive: Archive) -> None:
    """Two passes at once erase each row once."""
    for _ in range(20):
        await archive.booking("cancelled", _days(Kind.CANCELLED) + _HOUR)
    passes = await asyncio.gather(*(Retention(database, _USUAL, 3).run() for _ in range(2)))
    assert sum(one[Kind.CANCELLED] for one in passes) == 20
    assert await database.pool.fetchval("SELECT count(*) FROM bookings WHERE patient_sealed IS NOT NULL") == 0
