"""The wishes loop: what people ask for is carried out as soon as it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import structlog

from gateway.domain.wish import Wish
from gateway.ports import Changes, WishBook
from gateway.services.wishes.carry_out import CarryOut
from sync.pacing import jittered, wait_for_any
from sync.signs import Signs

__all__ = ["CarryOutWishes", "watch_wishes"]

_TURN: Final = 2.0
_LONGEST_TROUBLE: Final = 5.0
_PAUSE_BEFORE_HEARING: Final = 1.0
_NEWS: Final = frozenset({"wishes", "lost"})
_log = structlog.stdlib.get_logger("sync.wishes")


async def watch_wishes(book: WishBook, signs: Signs) -> int:
    """Show how long the oldest wish has waited, and count it if there is one."""
    waited = await book.oldest_open()
    signs.oldest_wish(waited.total_seconds() if waited else 0.0)
    return int(waited is not None)


@dataclass(frozen=True, slots=True)
class CarryOutWishes:
    """Carries out `places` wishes at once until told to stop.

    Woken by news of the table; every `turn` seconds it looks there all the same, for leases that have run out and for
    news that were missed.
    """

    carry_out: CarryOut
    changes: Changes
    places: int
    signs: Signs
    turn: float = _TURN
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stop: asyncio.Event) -> None:
        """Loop until `stop`, then let the wishes under way end."""
        try:
            async with self._hearing():
                await self._loop(stop)
            while self._running:
                await asyncio.wait(self._running)
        finally:
            await self._cut()

    async def _loop(self, stop: asyncio.Event) -> None:
        pause = self.turn
        while not stop.is_set():
            self._woken.clear()
            try:
                await self._claim()
                pause = self.turn
            except Exception as fault:  # noqa: BLE001 - the table will be back
                pause = min(pause * 2, _LONGEST_TROUBLE)
                _log.warning("wishes_unreadable", fault=type(fault).__name__, again_in=pause)
            await wait_for_any(stop, self._woken, tasks=self._running, seconds=jittered(pause))

    async def _claim(self) -> None:
        free = self.places - len(self._running)
        if free:
            for wish in await self.carry_out.due(free):
                task = asyncio.create_task(self._one(wish))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
        self.signs.beat("wishes")

    async def _one(self, wish: Wish) -> None:
        try:
            self.signs.wish_carried(wish.kind.value, await self.carry_out.one(wish))
        except Exception as fault:  # noqa: BLE001 - the lease's end brings the wish back
            self.signs.wish_carried(wish.kind.value, "broken")
            _log.error("wish_not_ended", wish=wish.id, kind=wish.kind.value, fault=type(fault).__name__)

    @asynccontextmanager
    async def _hearing(self) -> AsyncIterator[None]:
        hearing = asyncio.create_task(self._hear())
        try:
            yield
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def _hear(self) -> None:
        while True:
            try:
                async with self.changes.listen() as news:
                    async for kind, _ in news:
                        if kind in _NEWS:
                            self._woken.set()
            except Exception as fault:  # noqa: BLE001 - whatever broke the listening, it is begun again
                _log.warning("news_broke", fault=type(fault).__name__)
            await asyncio.sleep(_PAUSE_BEFORE_HEARING)

    async def _cut(self) -> None:
        """End the wishes under way at once; their leases run out."""
        cut = list(self._running)
        for task in cut:
            task.cancel()
        await asyncio.gather(*cut, return_exceptions=True)
