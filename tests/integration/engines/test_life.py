"""The engines' life: start, serve, stop, die, freeze, come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError
from redis.exceptions import TimeoutError as RedisTimeoutError

from demo.engines import PostgresHandle, ValkeyHandle, embedded_postgres, embedded_valkey
from tests.integration.engines.owner import await_end


@pytest.fixture
async def postgres(folder: Path) -> AsyncIterator[PostgresHandle]:
    """A running PostgreSQL."""
    async with embedded_postgres(folder, durable=False, keep=False) as handle:
        yield handle


@pytest.fixture
async def valkey(folder: Path) -> AsyncIterator[ValkeyHandle]:
    """A running Valkey."""
    async with embedded_valkey(folder, keep=False) as handle:
        yield handle


async def _ask(postgres: PostgresHandle, query: str) -> object:
    connection = await asyncpg.connect(postgres.url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_postgres_is_18_in_utf8_and_utc(postgres: PostgresHandle) -> None:
    """A PostgreSQL 18 answers with the encoding, the zone and the letters that the gateway needs."""
    assert str(await _ask(postgres, "SHOW server_version")).startswith("18.")
    assert await _ask(postgres, "SHOW server_encoding") == "UTF8"
    assert await _ask(postgres, "SHOW timezone") == "UTC"
    assert await _ask(postgres, "SELECT lower('ЁЛКИНА')") == "ёлкина"
    assert await _ask(postgres, "SELECT current_database()") == "emias_gateway"


async def test_postgres_is_durable_unless_told_otherwise(folder: Path) -> None:
    """Only ``durable=False`` gives up fsync."""
    async with embedded_postgres(folder) as handle:
        assert await _ask(handle, "SHOW fsync") == "on"
    async with embedded_postgres(folder, durable=False) as handle:
        assert await _ask(handle, "SHOW fsync") == "off"


async def test_postgres_wants_its_password(postgres: PostgresHandle) -> None:
    """A client without the generated password is turned away."""
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(
            host="127.0.0.1", port=postgres.port, user="emias_gateway", password="guess", database="postgres"
        )


async def test_postgres_keeps_rows_over_stop_kill_and_start(folder: Path) -> None:
    """Committed rows outlast an orderly stop, a kill and a new owner."""
    async with embedded_postgres(folder) as handle:
        address = handle.url
        await _ask(handle, "CREATE TABLE seen (step int)")
        await _ask(handle, "INSERT INTO seen VALUES (1)")
        await handle.restart()
        await _ask(handle, "INSERT INTO seen VALUES (2)")
        await handle.kill()
        assert handle.pid is None
        await handle.start()
        assert handle.url == address
    async with embedded_postgres(folder) as handle:
        assert await _ask(handle, "SELECT array_agg(step ORDER BY step) FROM seen") == [1, 2]


async def test_a_frozen_postgres_goes_on_where_it_stood(postgres: PostgresHandle) -> None:
    """A pause leaves open connections unanswered, and resume answers them."""
    connection = await asyncpg.connect(postgres.url)
    await postgres.pause()
    answer = asyncio.ensure_future(connection.fetchval("SELECT 1"))
    done, _ = await asyncio.wait([answer], timeout=0.3)
    assert not done
    await postgres.resume()
    assert await answer == 1
    await connection.close()


async def test_a_frozen_postgres_can_be_stopped(postgres: PostgresHandle) -> None:
    """Stop ends a frozen server too, and a second stop changes nothing."""
    pid = postgres.pid
    await postgres.pause()
    await postgres.stop()
    await postgres.stop()
    assert await_end(pid)


async def test_valkey_wants_its_password_and_forgets(valkey: ValkeyHandle) -> None:
    """Valkey answers to its password alone, and keeps nothing over a restart."""
    async with Redis(host="127.0.0.1", port=valkey.port) as stranger:
        with pytest.raises(AuthenticationError):
            await stranger.ping()
    async with Redis.from_url(valkey.url) as client:
        await client.set("hold:1", "token")
    await valkey.restart()
    async with Redis.from_url(valkey.url) as client:
        assert await client.get("hold:1") is None


async def test_a_frozen_valkey_does_not_answer(valkey: ValkeyHandle) -> None:
    """A paused Valkey lets callers wait until it is resumed."""
    async with Redis.from_url(valkey.url, socket_timeout=0.3, retry=None) as client:
        await client.ping()
        await valkey.pause()
        with pytest.raises(RedisTimeoutError):
            await client.ping()
        await valkey.resume()
        assert await client.ping()


async def test_passwords_stand_in_private_files_only(valkey: ValkeyHandle, postgres: PostgresHandle) -> None:
    """No command line shows a password, and the files that hold one are closed to others."""
    for engine in (valkey, postgres):
        secret = (engine.folder / "password").read_text()
        assert secret not in _command_line(engine.pid) + _command_line(engine.guard_pid)
        holders = [path for path in engine.folder.iterdir() if path.is_file() and secret in path.read_text()]
        assert {path.stat().st_mode & 0o777 for path in holders} == {0o600}


def _command_line(pid: int | None) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()
