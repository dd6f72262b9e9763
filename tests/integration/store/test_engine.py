"""The pool."""

from __future__ import annotations

import asyncpg
import pytest

from gateway.store.engine import Database, open_pool
from gateway.store.tables import Site


async def test_piccolo_and_sql_share_the_pool(database: Database) -> None:
    """What our SQL writes Piccolo reads, over the same pool and without a global configuration."""
    await database.pool.execute("INSERT INTO sites (code) VALUES ('shared')")
    assert await Site.select(Site.code) == [{"code": "shared"}]
    assert Site._meta.db is database.engine


async def test_killed_connections_are_replaced(database_url: str) -> None:
    """When the server ends every connection, the next query works."""
    async with open_pool(database_url, min_size=2, max_size=2, application_name="victim") as victim:
        await victim.pool.fetchval("SELECT 1")
        connection = await asyncpg.connect(database_url)
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'victim'"
        )
        await connection.close()
        assert await victim.pool.fetchval("SELECT 1") == 1


async def test_transaction_is_undone_on_error(database: Database) -> None:
    """An error inside a transaction undoes it and leaves the connection usable."""

    async def fail() -> None:
        async with database.transaction() as connection:
            await connection.execute("INSERT INTO sites (code) VALUES ('gone')")
            await connection.execute("SELECT 1 / 0")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await fail()
    assert await database.pool.fetchval("SELECT count(*) FROM sites") == 0


async def test_sessions_are_bounded(database: Database) -> None:
    """Every session gives up on long statements and locks."""
    assert await database.pool.fetchval("SHOW statement_timeout") == "10s"
    assert await database.pool.fetchval("SHOW lock_timeout") == "3s"
    assert await database.pool.fetchval("SHOW plan_cache_mode") == "force_generic_plan"
    assert "postgresql" not in repr(database)
