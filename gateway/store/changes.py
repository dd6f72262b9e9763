"""News of changed tables, from whichever replica changed them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg

from gateway.store.engine import Database

__all__ = ["Changes"]

_CHANNEL: Final = "gateway_changes"
_LOST: Final = ("lost", "")
_BACKLOG: Final = 10_000
_CONNECT_SECONDS: Final = 10.0
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0
_BROKEN: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)

News = asyncio.Queue[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Changes:
    """Listens on a connection of its own; a silent one is found out by a ping every `ping`."""

    database: Database
    ping: timedelta = timedelta(seconds=15)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[tuple[str, str]]]:
        """Yield news from now on; (`lost`, ``) when the connection breaks, and again when it is back.

        Raises:
            OSError: nobody listens at the database's address when the listening begins.
        """
        news: News = asyncio.Queue(_BACKLOG)
        listener = _Listener(self.database.url, news, self.ping.total_seconds())
        task = asyncio.create_task(listener.stay(await listener.connect()))
        try:
            yield _told(news)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _told(news: News) -> AsyncIterator[tuple[str, str]]:
    while True:
        yield await news.get()


@dataclass(frozen=True, slots=True)
class _Listener:
    url: str
    news: News
    ping_seconds: float

    async def connect(self) -> Any:
        connection = await asyncpg.connect(self.url, timeout=_CONNECT_SECONDS)
        await connection.add_listener(_CHANNEL, self._heard)
        return connection

    async def stay(self, connection: Any) -> None:
        """Keep a connection listening for good."""
        while True:
            try:
                await self._until_broken(connection)
            finally:
                connection.terminate()
            self._lost()
            connection = await self._reconnect()
            self._lost()

    async def _until_broken(self, connection: Any) -> None:
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _connection: ended.set())
        with suppress(*_BROKEN):
            while not connection.is_closed():
                try:
                    await asyncio.wait_for(ended.wait(), self.ping_seconds)
                except TimeoutError:
                    await connection.execute("SELECT", timeout=self.ping_seconds)

    async def _reconnect(self) -> Any:
        pause = _FIRST_PAUSE
        while True:
            with suppress(*_BROKEN):
                return await self.connect()
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads replicas, no secret
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _heard(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        kind, _, rest = payload.partition(":")
        self._put((kind, rest))

    def _lost(self) -> None:
        self._put(_LOST)

    def _put(self, item: tuple[str, str]) -> None:
        if self.news.full():
            # Whoever fell so far behind is told that some were missed, in place of all that waited.
            while not self.news.empty():
                self.news.get_nowait()
            item = _LOST
        self.news.put_nowait(item)
