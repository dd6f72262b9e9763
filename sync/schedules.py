"""The schedules loop: whatever is due is read, as fast as places and the budget of EMIAS allow."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from gateway.ports import Clock, SyncBook
from sync.pacing import jittered, wait_for_any
from sync.readers import Readers
from sync.signs import Signs

__all__ = ["ReadSchedules"]

_SHORTEST_LOOK: Final = 1.0
_LONGEST_LOOK: Final = 5.0
_LONGEST_TROUBLE: Final = 30.0
_log = structlog.stdlib.get_logger("sync.schedules")


@dataclass(frozen=True, slots=True)
class ReadSchedules:
    """Claims due doctors until told to stop; `wake` ends a wait early (the mirror has brought new doctors)."""

    book: SyncBook
    readers: Readers
    clock: Clock
    wake: asyncio.Event
    signs: Signs

    async def run(self, stop: asyncio.Event) -> None:
        """Loop until `stop`, then let the reads under way end."""
        trouble = 0
        try:
            while not stop.is_set():
                try:
                    await self._turn(stop)
                    trouble = 0
                except Exception as fault:  # noqa: BLE001 - the table will be back
                    trouble += 1
                    pause = min(2.0 ** min(trouble, 8), _LONGEST_TROUBLE)
                    _log.warning("due_list_unreadable", fault=type(fault).__name__, again_in=pause)
                    await wait_for_any(stop, seconds=jittered(pause))
            await self.readers.drain()
        finally:
            await self.readers.cut()

    async def _turn(self, stop: asyncio.Event) -> None:
        self.wake.clear()
        await self.readers.claim()
        self.signs.beat("schedules")
        seconds = await self._until_next() if self.readers.free else _LONGEST_LOOK
        await wait_for_any(stop, self.wake, tasks=self.readers.running, seconds=seconds)

    async def _until_next(self) -> float:
        next_due = await self.book.next_due()
        if next_due is None:
            return jittered(_LONGEST_LOOK)
        away = (next_due - self.clock.now()).total_seconds()
        return jittered(min(max(away, _SHORTEST_LOOK), _LONGEST_LOOK))
