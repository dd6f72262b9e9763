"""The chores of the tables, each at its own pace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from gateway.ports import Housekeeping
from sync.pacing import jittered, wait_for_any
from sync.signs import Signs

__all__ = ["Chore", "chores_of"]

_MONTHS_AHEAD: Final = timedelta(days=62)
_PUSHES_KEPT: Final = timedelta(days=7)
_log = structlog.stdlib.get_logger("sync.chores")


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do again and again; `do` counts the rows it touched."""

    name: str
    every: timedelta
    do: Callable[[], Awaitable[int]]
    signs: Signs

    async def run(self, stop: asyncio.Event) -> None:
        """Loop until `stop`; a failure waits for the next turn."""
        while not stop.is_set():
            try:
                rows = await self.do()
            except Exception as fault:  # noqa: BLE001 - a chore that failed is done next time
                _log.warning("chore_failed", chore=self.name, fault=type(fault).__name__)
            else:
                self.signs.chore_done(self.name, rows)
            await wait_for_any(stop, seconds=jittered(self.every.total_seconds()))


def chores_of(housekeeping: Housekeeping, signs: Signs) -> list[Chore]:
    """List the chores with their pace; a hold's end is written down within seconds, the rest can wait."""
    return [
        Chore("expire_holds", timedelta(seconds=2), housekeeping.expire_holds, signs),
        Chore("hand_over_stopped", timedelta(seconds=1), housekeeping.hand_over_stopped, signs),
        Chore("forget_idempotency_keys", timedelta(minutes=10), housekeeping.forget_idempotency_keys, signs),
        Chore("forget_logins", timedelta(minutes=10), housekeeping.forget_logins, signs),
        Chore("forget_pushes", timedelta(minutes=10), lambda: housekeeping.forget_pushes(_PUSHES_KEPT), signs),
        Chore(
            "make_slot_partitions", timedelta(hours=6), lambda: housekeeping.make_slot_partitions(_MONTHS_AHEAD), signs
        ),
    ]
