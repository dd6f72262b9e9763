"""One connection pool for Piccolo's queries and for our own SQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import asyncpg
from piccolo.engine.postgres import PostgresEngine
from piccolo.table import Table

from gateway.store.tables import TABLES

__all__ = ["OUTAGES", "Database", "PooledEngine", "open_database", "open_pool"]

OUTAGES: Final = (
    ConnectionError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidTransactionStateError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
)
"""What a query raises when nothing is wrong with it: the server is away, ending, full or behind a lock."""

_STATEMENT_TIMEOUT: Final = timedelta(seconds=10)
_LOCK_TIMEOUT: Final = timedelta(seconds=3)
_CONNECT_SECONDS: Final = 10.0


class PooledEngine(PostgresEngine):
    """Piccolo's engine without the connection that the stock one opens, in a thread of its own, only by being made."""

    async def check_version(self) -> None:
        """Ask nothing: `emias-gateway check` judges the server's version."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database: the pool, and Piccolo's engine over that very pool."""

    url: str = field(repr=False)
    engine: PooledEngine

    @property
    def pool(self) -> Any:
        """Return the asyncpg pool."""
        return self.engine.pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """Yield a connection inside a transaction, read committed."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection

    def bind(self, *tables: type[Table]) -> None:
        """Let Piccolo run these tables' queries here, without a global configuration."""
        for table in tables:
            table._meta.db = self.engine  # noqa: SLF001 - Piccolo's documented place for a table's engine


@asynccontextmanager
async def open_pool(
    url: str,
    *,
    min_size: int = 2,
    max_size: int = 10,
    statement_timeout: timedelta = _STATEMENT_TIMEOUT,
    lock_timeout: timedelta = _LOCK_TIMEOUT,
    application_name: str = "emias-gateway",
) -> AsyncIterator[Database]:
    """Open a pool that Piccolo can use, and close it in the end.

    A connection that the server ended is replaced at its next use.

    Raises:
        OSError: nobody listens at the address.
        asyncpg.PostgresError: the server refuses us.
    """
    engine = PooledEngine({"dsn": url})
    engine.pool = await asyncpg.create_pool(
        url,
        min_size=min_size,
        max_size=max_size,
        timeout=_CONNECT_SECONDS,
        reset=_keep_session,
        server_settings={
            "application_name": application_name,
            # Statements are prepared once and prune partitions as they run: planning costs more than running.
            "plan_cache_mode": "force_generic_plan",
            "jit": "off",
            "statement_timeout": _milliseconds(statement_timeout),
            "lock_timeout": _milliseconds(lock_timeout),
            "idle_in_transaction_session_timeout": _milliseconds(statement_timeout),
        },
    )
    try:
        yield Database(url, engine)
    finally:
        await engine.close_connection_pool()


@asynccontextmanager
async def open_database(
    url: str, *, min_size: int = 2, max_size: int = 10, application_name: str = "emias-gateway"
) -> AsyncIterator[Database]:
    """Open the process's database: as `open_pool`, with our tables bound to it."""
    async with open_pool(url, min_size=min_size, max_size=max_size, application_name=application_name) as database:
        database.bind(*TABLES)
        yield database


async def _keep_session(_connection: Any) -> None:
    # Nothing here leaves a session changed (settings end with their transaction, a lock with its holder's work), and
    # asyncpg has already rolled back what was open: the usual reset would cost every query a second round trip.
    return


def _milliseconds(span: timedelta) -> str:
    return str(int(span.total_seconds() * 1000))
