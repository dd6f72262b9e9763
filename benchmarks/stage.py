"""What the benchmarks stand on: real engines, a database of their own, and processes that end with this one."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
from cryptography.fernet import Fernet

from demo.engines import embedded_postgres, embedded_valkey
from demo.guarded import GuardedProcess
from gateway.settings import Settings, read_settings
from gateway.store.engine import Database, open_database
from gateway.store.migrate import migrate

__all__ = ["Stage", "open_stage"]

_ROOT: Final = Path(__file__).resolve().parent.parent
_READY_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Stage:
    """Engines that answer, and the database, migrated; `is_ours` when its server was started for this run."""

    folder: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    database: Database
    is_ours: bool
    _exits: AsyncExitStack = field(repr=False)

    def environment(self, **more: str) -> dict[str, str]:
        """Write the product's settings for this stage, with nothing rationed: limits are not what is measured."""
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "EMIAS_URL": "http://127.0.0.1:9/",
            "EMIAS_RATE": "1000000",
            "EMIAS_BURST": "1000000",
            "EMIAS_CONCURRENCY": "1000",
            "EMIAS_BOOKING_SHARE": "0",
            "FIELD_KEYS": Fernet.generate_key().decode(),
            "LOOKUP_KEY": uuid4().hex,
            "HOLDS_PER_VISITOR": "1000000",
            "HOLDS_PER_KEY": "1000000",
            "KEY_RATE": "1000000000",
        } | more

    def settings(self, **more: str) -> Settings:
        """Read the product's settings for this stage."""
        return read_settings(Settings, self.environment(**more))

    async def start(self, module: str, *arguments: str, env: Mapping[str, str] | None = None) -> GuardedProcess:
        """Start a Python module of this checkout as a process of its own; it ends with the stage at the latest."""
        return await self.start_program([sys.executable, "-m", module, *arguments], module, env)

    async def start_program(
        self, argv: Sequence[str], name: str, env: Mapping[str, str] | None = None
    ) -> GuardedProcess:
        """Start a program as a process of its own; it ends with the stage at the latest."""
        process = GuardedProcess(
            argv,
            log=self.folder / f"{name}-{uuid4().hex[:8]}.log",
            env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONUNBUFFERED": "1", **(env or {})},
            cwd=_ROOT,
        )
        self._exits.push_async_callback(asyncio.to_thread, process.stop)
        return process

    async def reachable(self, process: GuardedProcess, port: int) -> None:
        """Wait until a process accepts connections; raise with the end of its log when it does not."""
        async with asyncio.timeout(_READY_SECONDS):
            while process.running:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(_LOOK_SECONDS)
                else:
                    writer.close()
                    return
        raise RuntimeError(process.tail())

    async def result(self, process: GuardedProcess) -> Any:
        """Wait for the end of a process and read the JSON of its last line."""
        status = await asyncio.to_thread(process.wait, _READY_SECONDS * 5)
        if status:
            raise RuntimeError(process.tail())
        return json.loads(process.tail().rpartition("\n")[2])


@asynccontextmanager
async def open_stage() -> AsyncIterator[Stage]:
    """Start PostgreSQL and Valkey, or use those of DATABASE_URL and REDIS_URL; leave nothing behind."""
    async with AsyncExitStack() as exits:
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="gateway-bench-")))
        given = os.environ.get("DATABASE_URL")
        server_url = given or await _postgres(exits, folder)
        redis_url = os.environ.get("REDIS_URL") or await _valkey(exits, folder)
        database_url = await exits.enter_async_context(_own_database(server_url))
        await migrate(database_url)
        database = await exits.enter_async_context(open_database(database_url, max_size=32))
        children = await exits.enter_async_context(AsyncExitStack())
        yield Stage(folder, database_url, redis_url, database, given is None, children)


async def _postgres(exits: AsyncExitStack, folder: Path) -> str:
    engine = await exits.enter_async_context(embedded_postgres(folder / "postgres", durable=False, keep=False))
    return engine.url


async def _valkey(exits: AsyncExitStack, folder: Path) -> str:
    engine = await exits.enter_async_context(embedded_valkey(folder / "valkey", keep=False))
    return engine.url


@asynccontextmanager
async def _own_database(server_url: str) -> AsyncIterator[str]:
    name = f"gateway_bench_{uuid4().hex}"
    await _run(server_url, f"CREATE DATABASE {name}")
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        await _run(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
