"""The line to Redis: a few connections for any number of callers, quick to give up, silent after a failure."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import structlog
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

__all__ = ["RedisAbsent", "RedisLine", "open_redis"]

_CONNECTIONS: Final = 4
_MOST_TOGETHER: Final = 256
_CONNECT_SECONDS: Final = 0.25
_ANSWER_SECONDS: Final = 0.5
_HEALTH_SECONDS: Final = 15
_SILENT_SECONDS: Final = 1.0
_WARN_SECONDS: Final = 10.0
_log = structlog.stdlib.get_logger("gateway.holds")

Word = str | int | float


class RedisAbsent(Exception):
    """Redis did not answer, answered with an error, or has just been found not to answer."""


class _Call(NamedTuple):
    command: tuple[Word, ...]
    answer: asyncio.Future[Any]


class RedisLine:
    """Sends what callers ask at the same moment together, which costs a third of sending it one by one.

    While Redis fails one caller a second tries it and all others are turned away at once: ten thousand of them must
    not each wait for the same dead server. Nothing is ever sent twice.
    """

    def __init__(self, client: Redis, connections: int = _CONNECTIONS) -> None:
        self._client = client
        self._connections = connections
        self._waiting: deque[_Call] = deque()
        self._senders: set[asyncio.Task[None]] = set()
        self._sending = 0
        self._failures = 0
        self._failing = False
        self._silent_until = 0.0
        self._warned_at = -_WARN_SECONDS

    async def set_new(self, key: str, value: str, lasts_ms: int) -> bool:
        """Set a key if there is none, for so many milliseconds; raise `RedisAbsent`."""
        return bool(await self._ask("SET", key, value, "NX", "PX", lasts_ms))

    async def take(self, key: str) -> bytes | None:
        """Return a key's value and delete it, in one step; raise `RedisAbsent`."""
        found: bytes | None = await self._ask("GETDEL", key)
        return found

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[Word]) -> int:
        """Run a Lua script that answers a whole number; raise `RedisAbsent`."""
        return int(await self._ask("EVAL", script, len(keys), *keys, *arguments))

    async def answers(self) -> bool:
        """Tell whether Redis answers now."""
        try:
            return bool(await self._ask("PING"))
        except RedisAbsent:
            return False

    async def close(self) -> None:
        """Turn away those who wait and close the connections."""
        senders = list(self._senders)
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)
        self._turn_away(self._waiting)
        await self._client.aclose()

    async def _ask(self, *command: Word) -> Any:
        loop = asyncio.get_running_loop()
        if not self._may_try(loop.time()):
            raise RedisAbsent
        call = _Call(command, loop.create_future())
        self._waiting.append(call)
        if self._sending < self._connections:
            self._sending += 1
            sender = loop.create_task(self._send_waiting())
            self._senders.add(sender)
            sender.add_done_callback(self._senders.discard)
        return await call.answer

    async def _send_waiting(self) -> None:
        try:
            while self._waiting:
                together = [self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST_TOGETHER))]
                # A caller that has gone before its command was sent does not want it any more.
                wanted = [call for call in together if not call.answer.done()]
                try:
                    await self._send(wanted)
                finally:
                    self._turn_away(wanted)
        finally:
            # Here and not when the task counts as done, which is later: a call in between would find no sender.
            self._sending -= 1

    async def _send(self, calls: Sequence[_Call]) -> None:
        pipeline = self._client.pipeline(transaction=False)
        for call in calls:
            pipeline.execute_command(*call.command)
        try:
            answers = await pipeline.execute(raise_on_error=False)
        except (RedisError, OSError) as fault:
            self._note_failure(fault)
            return
        for call, answer in zip(calls, answers, strict=True):
            if isinstance(answer, Exception):
                self._note_failure(answer)
            elif not call.answer.done():
                call.answer.set_result(answer)
        if not any(isinstance(answer, Exception) for answer in answers):
            self._note_answer()

    def _may_try(self, now: float) -> bool:
        if not self._failing:
            return True
        if now < self._silent_until:
            return False
        self._silent_until = now + _SILENT_SECONDS
        return True

    def _note_failure(self, fault: Exception) -> None:
        now = asyncio.get_running_loop().time()
        self._failures += 1
        self._failing = True
        self._silent_until = now + _SILENT_SECONDS
        self._turn_away(self._waiting)
        self._waiting.clear()
        if now - self._warned_at >= _WARN_SECONDS:
            self._warned_at = now
            _log.warning("redis_absent", fault=type(fault).__name__, failures=self._failures)

    def _note_answer(self) -> None:
        if self._failing:
            self._failing = False
            _log.info("redis_back", failures=self._failures)

    @staticmethod
    def _turn_away(calls: Iterable[_Call]) -> None:
        for call in calls:
            if not call.answer.done():
                call.answer.set_exception(RedisAbsent())


@asynccontextmanager
async def open_redis(url: str) -> AsyncIterator[RedisLine]:
    """Prepare the line to `redis://[:password@]host:port/db` (`rediss://` for TLS); Redis may be down meanwhile."""
    pool = ConnectionPool.from_url(
        url,
        max_connections=_CONNECTIONS,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=_ANSWER_SECONDS,
        health_check_interval=_HEALTH_SECONDS,
        # A second try of SET NX would find the owner's own key there.
        retry=Retry(NoBackoff(), 0),
    )
    line = RedisLine(Redis.from_pool(pool))
    try:
        yield line
    finally:
        await line.close()
