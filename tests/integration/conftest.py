"""Real engines for the integration tests: one PostgreSQL and one Redis a run, a clean database a test.

`DATABASE_URL` and `REDIS_URL` choose servers that run already; the former's role must be allowed to create databases.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from piccolo.table import Table

from demo.engines import embedded_postgres, embedded_valkey
from gateway.domain.directory import FreeSlot
from gateway.store.engine import Database, open_database
from gateway.store.migrate import migrate
from tests.integration.builders import MadeDoctor, MadeSite, Maker

MakeDatabase = Callable[[str | None], Awaitable[str]]


@pytest_asyncio.fixture(scope="session")
async def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Name a PostgreSQL server, started for this run unless the environment names one."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    async with embedded_postgres(_folder(tmp_path_factory), durable=False, keep=False) as postgres:
        yield postgres.url


@pytest_asyncio.fixture(scope="session")
async def redis_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Name a Redis server, started for this run unless the environment names one."""
    if url := os.environ.get("REDIS_URL"):
        yield url
        return
    async with embedded_valkey(_folder(tmp_path_factory), keep=False) as valkey:
        yield valkey.url


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("engines")


@pytest_asyncio.fixture(scope="session")
async def make_database(postgres_url: str) -> AsyncIterator[MakeDatabase]:
    """Make databases, empty or as copies of another, and drop them in the end."""
    made: list[str] = []

    async def make(template_url: str | None = None) -> str:
        name = f"gateway_test_{uuid4().hex}"
        template = urlsplit(template_url).path.lstrip("/") if template_url else "template0"
        await _run(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return urlsplit(postgres_url)._replace(path=f"/{name}").geturl()

    yield make
    for name in made:
        await _run(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest_asyncio.fixture(scope="session")
async def template_url(make_database: MakeDatabase) -> str:
    """Name a migrated database that nobody writes to, to make copies of."""
    url = await make_database(None)
    await migrate(url)
    return url


@pytest_asyncio.fixture(scope="session")
async def database_url(make_database: MakeDatabase, template_url: str) -> str:
    """Name the migrated database that the run's tests share."""
    return await make_database(template_url)


@pytest_asyncio.fixture(scope="session")
async def shared_database(database_url: str) -> AsyncIterator[Database]:
    """Keep the run's pool open."""
    async with open_database(database_url, min_size=2, max_size=20) as database:
        yield database


def _tables(table: type[Table] = Table) -> Iterator[type[Table]]:
    for child in table.__subclasses__():
        yield child
        yield from _tables(child)


@pytest_asyncio.fixture
async def database(shared_database: Database) -> Database:
    """Give the database with every table empty; whatever ran before, every table's queries go there."""
    shared_database.bind(*_tables())
    await shared_database.pool.execute(
        "TRUNCATE sites, api_keys, institutions, emias_doctors, doctors, doctor_mappings, local_emias_slots, holds,"
        " bookings, booking_history, idempotency_keys, sync_log, switch_log, piccolo_user, sessions, bitrix_events,"
        " doctor_rereads, mirror_refusals, doctor_pins, mapping_corrections, beats, emias_minutes, error_groups,"
        " error_group_doctors, wishes, retention_clock, disclosures, search_key, alerts, alert_messages"
    )
    # Only the audit log still knows of the disclosures that other tests made.
    await shared_database.pool.execute("INSERT INTO retention_clock (kind, erased_until) VALUES ('disclosures', now())")
    return shared_database


@pytest.fixture
def maker(database: Database) -> Maker:
    """Make rows."""
    return Maker(database)


@pytest.fixture
def make_site(maker: Maker) -> Callable[[], Awaitable[MadeSite]]:
    """Make a site with a key."""
    return maker.site


@pytest.fixture
def make_doctor(maker: Maker) -> Callable[..., Awaitable[MadeDoctor]]:
    """Make a bookable doctor of a site."""
    return maker.doctor


@pytest.fixture
def make_slots(maker: Maker) -> Callable[..., Awaitable[list[FreeSlot]]]:
    """Make free slots of a doctor."""
    return maker.slots
