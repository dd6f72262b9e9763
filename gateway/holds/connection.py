"""The line to Redis: bounded, quick to give up, and silent for a moment after a failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

__all__ = ["RedisAbsent", "RedisLine", "open_redis"]

_PLACES: Final = 32
_CONNECT_SECONDS: Final = 0.25
_ANSWER_SECONDS: Final = 0.5
_HEALTH_SECONDS: Final = 15
_QUEUE_SECONDS: Final = 3.0
_SILENT_SECONDS: Final = 1.0
_WARN_SECONDS: Final = 10.0
_log = structlog.stdlib.get_logger("gateway.holds")


class RedisAbsent(Exception):
    """Redis did not answer, answered with an error, or has just been found not to answer."""


class RedisLine:
    """A few connections that any number of callers share, each waiting for a place.

    While Redis fails one caller a second tries it and all others are turned away at once: ten thousand of them must
    not each wait for the same dead server.
    """

    def __init__(self, client: Redis, places: int = _PLACES) -> None:
        self._client = client
        self._places = asyncio.Semaphore(places)
        self._failures = 0
        self._failing = False
        self._silent_until = 0.0
        self._warned_at = -_WARN_SECONDS

    async def set_new(self, key: str, value: str, lasts_ms: int) -> bool:
        """Set a key if there is none, for so many milliseconds; raise `RedisAbsent`."""
        return bool(await self._ask(lambda client: client.set(key, value, nx=True, px=lasts_ms)))

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[str | int | float]) -> int:
        """Run a Lua script that answers a whole number; raise `RedisAbsent`."""
        return int(await self._ask(lambda client: client.eval(script, len(keys), *keys, *arguments)))

    async def answers(self) -> bool:
        """Tell whether Redis answers now."""
        try:
            return bool(await self._ask(lambda client: client.ping()))
        except RedisAbsent:
            return False

    async def _ask(self, call: Callable[[Redis], Any]) -> Any:
        begun, failures = _now(), self._failures
        if not self._may_try(begun):
            raise RedisAbsent
        async with self._places:
            if failures != self._failures or _now() - begun > _QUEUE_SECONDS:
                raise RedisAbsent
            try:
                answer = await call(self._client)
            except (RedisError, OSError) as fault:
                self._note_failure(fault)
                raise RedisAbsent from None
        self._note_answer()
        return answer

    def _may_try(self, now: float) -> bool:
        if not self._failing:
            return True
        if now < self._silent_until:
            return False
        self._silent_until = now + _SILENT_SECONDS
        return True

    def _note_failure(self, fault: Exception) -> None:
        now = _now()
        self._failures += 1
        self._failing = True
        self._silent_until = now + _SILENT_SECONDS
        if now - self._warned_at >= _WARN_SECONDS:
            self._warned_at = now
            _log.warning("redis_absent", fault=type(fault).__name__, failures=self._failures)

    def _note_answer(self) -> None:
        if self._failing:
            self._failing = False
            _log.info("redis_back", failures=self._failures)


def _now() -> float:
    return asyncio.get_running_loop().time()


@asynccontextmanager
async def open_redis(url: str) -> AsyncIterator[RedisLine]:
    """Prepare the line to `redis://[:password@]host:port/db` (`rediss://` for TLS); Redis may be down meanwhile."""
    pool = ConnectionPool.from_url(
        url,
        max_connections=_PLACES,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=_ANSWER_SECONDS,
        health_check_interval=_HEALTH_SECONDS,
        # A second try of SET NX would find the owner's own key there.
        retry=Retry(NoBackoff(), 0),
    )
    client = Redis.from_pool(pool)
    try:
        yield RedisLine(client)
    finally:
        await client.aclose()
