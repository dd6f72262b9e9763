"""Migrations on an empty database."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from piccolo.columns import Array

from gateway.domain.booking import LIVE_STATES, MOVES
from gateway.store.engine import Database, open_pool
from gateway.store.migrate import migrate, pending
from gateway.store.tables import TABLES
from tests.integration.conftest import MakeDatabase


async def test_replicas_migrate_at_once(make_database: MakeDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    """Of replicas that start together one runs the steps, once and quietly, and nothing stays pending."""
    url = await make_database(None)
    expected = await pending(url)
    ran = await asyncio.gather(migrate(url), migrate(url), migrate(url))
    assert sorted(len(steps) for steps in ran) == [0, 0, len(expected)]
    assert max(ran, key=len) == expected
    assert any(step.startswith("gateway:") for step in expected)
    assert await pending(url) == []
    assert capsys.readouterr() == ("", "")


async def test_failed_step_leaves_nothing(make_database: MakeDatabase) -> None:
    """A step that fails undoes all of its run, so that the next run starts afresh."""
    url = await make_database(None)
    async with open_pool(url) as database:
        await database.pool.execute("CREATE TABLE sessions (in_the_way text)")
    with pytest.raises(asyncpg.DuplicateTableError):
        await migrate(url)
    async with open_pool(url) as database:
        assert await database.pool.fetchval("SELECT to_regclass('bookings')") is None
        await database.pool.execute("DROP TABLE sessions")
    assert await migrate(url)


async def test_two_months_of_slots_have_room(database: Database) -> None:
    """After a migration slots of every day of the next two months find their partition."""
    months = await database.pool.fetchval(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'local_emias_slots'::regclass"
    )
    assert months >= 3


async def test_tables_describe_the_schema(database: Database) -> None:
    """Every Piccolo table has the columns, types and nullness that the database has."""
    for table in TABLES:
        rows = await database.pool.fetch(
            "SELECT column_name, data_type, is_nullable = 'YES' AS nullable FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = $1",
            table._meta.tablename,
        )
        real = {row["column_name"]: (row["data_type"], row["nullable"]) for row in rows}
        told = {column._meta.db_column_name: (_type(column), column._meta.null) for column in table._meta.columns}
        assert told == real, table


def _type(column: object) -> str:
    if isinstance(column, Array):
        return "ARRAY"
    name = str(getattr(column, "column_type", "")).lower()
    return {
        "serial": "integer",
        "bigserial": "bigint",
        "timestamptz": "timestamp with time zone",
        "time": "time without time zone",
    }.get(name, name)


async def test_tables_are_explained(database: Database) -> None:
    """Every table and column that an administrator sees is explained in Russian and English, keys aside."""
    assert database.url
    for table in TABLES:
        assert " / " in (table._meta.help_text or ""), table
        for column in table._meta.columns:
            assert column._meta.primary_key or " / " in (column._meta.help_text or ""), column


async def test_moves_are_the_domain_s(database: Database) -> None:
    """The table of legal moves holds exactly the domain's moves."""
    rows = await database.pool.fetch("SELECT from_state, to_state FROM booking_moves")
    assert {tuple(row) for row in rows} == {(before, after) for before, afters in MOVES.items() for after in afters}


async def test_live_states_are_the_domain_s(database: Database) -> None:
    """The index of live bookings speaks of exactly the domain's live states."""
    index = await database.pool.fetchval(
        "SELECT pg_get_expr(indpred, indrelid) FROM pg_index WHERE indexrelid = 'bookings_one_live_per_slot'::regclass"
    )
    assert {state for state in MOVES if f"'{state}'" in index} == LIVE_STATES
