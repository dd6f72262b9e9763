"""What the processes tell of themselves, in the tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.circuit import Circuit, CircuitState, Lane
from gateway.store.engine import Database
from gateway.store.operations import Operations
from gateway.store.tables.choices import BeatKind, ErrorEnding

READS = Circuit("0101", Lane.READS)


async def test_ten_thousand_equal_errors_are_one_group(database: Database) -> None:
    """However often a call fails the same way, there is one row with the count and the doctors touched."""
    one, other = Operations(database, "sync", "a:1"), Operations(database, "sync", "b:2")
    for number in range(5_000):
        for told in (one, other):
            told.call_ended("get_schedule", "0101", "failed:timeout", f"D{number % 30}")
    await one.write()
    await other.write()
    rows = await database.pool.fetch("SELECT times, doctors, state, last_at >= first_at AS is_sane FROM error_groups")
    assert [tuple(row) for row in rows] == [(10_000, 30, "new", True)]


@pytest.mark.parametrize(
    "outcome", ["ok", "booked", "unchanged", "rejected:slot_taken", "not_sent:stopped", "failed:breaker"]
)
async def test_answers_and_an_operators_stop_are_no_errors(database: Database, outcome: str) -> None:
    """What EMIAS answers in its own words, and what an operator or the breaker has stopped, makes no group."""
    told = Operations(database, "gateway")
    told.call_ended("create_appointment", "0101", outcome, "D1")
    await told.write()
    assert await database.pool.fetchval("SELECT count(*) FROM error_groups") == 0


async def test_requests_of_replicas_add_up_by_the_minute(database: Database) -> None:
    """Two processes write into one row of the minute, each time in its bucket; a call kept back is told apart."""
    instant = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)
    for instance in ("a:1", "b:2"):
        told = Operations(database, "gateway", instance, now=lambda: instant)
        told.request_ended(READS, 0.15, is_failure=False)
        told.request_ended(READS, 99.0, is_failure=True)
        told.call_ended("get_schedule", "0101", "failed:budget", "D1")
        await told.write()
    row = await database.pool.fetchrow("SELECT * FROM emias_minutes")
    assert (row["requests"], row["failures"], row["kept_back"], row["lane"]) == (4, 2, 2, "reads")
    assert row["times"] == [0, 0, 2, *[0] * 11, 2]
    assert row["at"] == instant.replace(second=0)


async def test_the_last_word_on_a_thing_stands(database: Database) -> None:
    """A process has one row for each thing, which its next word replaces."""
    told = Operations(database, "sync", "a:1")
    for state in (CircuitState.OPEN, CircuitState.CLOSED):
        told.breaker_seen(READS, state)
        told.tell(BeatKind.CERTIFICATE_ENDS, 5.0)
        await told.write()
    rows = await database.pool.fetch("SELECT what, lpu_code, value FROM beats ORDER BY what")
    assert [tuple(row) for row in rows] == [("alive", "", 1), ("breaker_reads", "0101", 0), ("certificate_ends", "", 5)]


async def test_what_cannot_be_written_is_written_later(database: Database) -> None:
    """While a table is away the sums stay in memory, and nothing is counted twice."""
    told = Operations(database, "sync", "a:1")
    told.error_seen(ErrorEnding.FAILED, "timeout", "get_schedule", "0101", "D1")
    told.request_ended(READS, 0.1, is_failure=True)
    await database.pool.execute("ALTER TABLE error_groups RENAME TO error_groups_away")
    try:
        await told.write()
        told.error_seen(ErrorEnding.FAILED, "timeout", "get_schedule", "0101", "D2")
        told.request_ended(READS, 0.1, is_failure=False)
    finally:
        await database.pool.execute("ALTER TABLE error_groups_away RENAME TO error_groups")
    await told.write()
    await told.write()
    assert await database.pool.fetchval("SELECT sum(requests) FROM emias_minutes") == 2
    assert tuple(await database.pool.fetchrow("SELECT times, doctors FROM error_groups")) == (2, 2)


async def test_old_minutes_become_hours_and_old_rows_go(database: Database) -> None:
    """After a day an hour is one row with the same sums; what no window shows is forgotten; twice changes nothing."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=30)
    instants = [hour + timedelta(minutes=minute) for minute in (0, 1, 59)]
    told = Operations(database, "sync", now=lambda: instants[0])
    while instants:
        told.request_ended(READS, 0.1, is_failure=False)
        told.error_seen(ErrorEnding.FAILED, "timeout", "get_schedule", "0101")
        await told.write()
        instants.pop(0)
    await database.pool.execute("UPDATE error_groups SET last_at = now() - interval '9 days'")
    await database.pool.execute("UPDATE beats SET at = now() - interval '2 days'")
    for _ in range(2):
        await told.tidy()
        rows = await database.pool.fetch("SELECT at, requests, times[2] FROM emias_minutes")
        assert [tuple(row) for row in rows] == [(hour, 3, 3)]
    for table in ("error_groups", "beats"):
        assert await database.pool.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608 - two names


async def test_the_stock_of_empty_tables_is_nothing(database: Database) -> None:
    """Without rows every figure is 0."""
    stock = await Operations(database, "sync").stock()
    assert (stock.in_doubt, stock.doctors, stock.oldest_doubt) == (0, 0, 0.0)
