"""The doubts loop: bookings whose outcome is not known are looked into when their time has come."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import structlog

from gateway.domain.doubt import Doubt
from gateway.services.resolve import Resolve
from sync.pacing import jittered, wait_for_any
from sync.signs import Signs

__all__ = ["ResolveDoubts"]

_TURN: Final = 1.0
_LONGEST_TROUBLE: Final = 5.0
_log = structlog.stdlib.get_logger("sync.doubts")


@dataclass(frozen=True, slots=True)
class ResolveDoubts:
    """Looks at `places` doubts at once, `at_once` of one institution, until told to stop.

    It asks for due ones every `turn` seconds, and whenever a look has ended.
    After an outage the doubts of an institution that answers again are due within seconds; these bounds and the budget
    keep them from coming all at once.
    """

    resolve: Resolve
    places: int
    at_once: int
    signs: Signs
    turn: float = _TURN
    _running: dict[asyncio.Task[None], str] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Loop until `stop`, then let the looks under way end."""
        pause = self.turn
        try:
            while not stop.is_set():
                try:
                    await self._turn()
                    pause = self.turn
                except Exception as fault:  # noqa: BLE001 - the table will be back
                    pause = min(pause * 2, _LONGEST_TROUBLE)
                    _log.warning("doubts_unreadable", fault=type(fault).__name__, again_in=pause)
                await wait_for_any(stop, tasks=self._running, seconds=jittered(pause))
            while self._running:
                await asyncio.wait(self._running)
        finally:
            await self._cut()

    async def _turn(self) -> None:
        free = self.places - len(self._running)
        if free:
            running = Counter(self._running.values())
            for doubt in await self.resolve.due(free, at_once=self.at_once, running=running):
                task = asyncio.create_task(self._look(doubt))
                self._running[task] = doubt.booking.lpu_code
                task.add_done_callback(self._running.pop)
        self.signs.beat("doubts")

    async def _look(self, doubt: Doubt) -> None:
        try:
            result = await self.resolve.look(doubt)
        except Exception as fault:  # noqa: BLE001 - the lease's end brings the doubt back
            _log.error("look_broke", booking=str(doubt.booking.id), fault=type(fault).__name__, exc_info=fault)
            result = "broken"
        self.signs.doubt_looked_at(result)

    async def _cut(self) -> None:
        """End the looks under way at once; their leases run out."""
        cut = list(self._running)
        for task in cut:
            task.cancel()
        await asyncio.gather(*cut, return_exceptions=True)
