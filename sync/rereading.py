"""The loop of pushed doctors: each is read anew within seconds, by one replica, one at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from gateway.services.reread import RereadPushed, RereadResult
from sync.pacing import jittered, wait_for_any
from sync.signs import Signs

__all__ = ["KeepPushed"]

_LOOK_EVERY: Final = 2.0
_AFTER_TROUBLE: Final = 10.0
_log = structlog.stdlib.get_logger("sync.mirror")


@dataclass(frozen=True, slots=True)
class KeepPushed:
    """Reads marked elements until none is due, then looks again soon; `wake` tells of doctors that may be new."""

    reread: RereadPushed
    wake: asyncio.Event
    signs: Signs

    async def run(self, stop: asyncio.Event) -> None:
        """Loop until `stop`."""
        while not stop.is_set():
            try:
                result = await self.reread.next()
            except Exception as fault:  # noqa: BLE001 - the mark's lease ends, and the element is read again
                _log.warning("reread_broke", fault=type(fault).__name__)
                await wait_for_any(stop, seconds=jittered(_AFTER_TROUBLE))
                continue
            self.signs.chore_done("reread_pushed", int(result is not None))
            if result is None:
                await wait_for_any(stop, seconds=jittered(_LOOK_EVERY))
                continue
            _log.info("pushed_doctor_reread", result=result.value)
            if result is RereadResult.WRITTEN:
                self.wake.set()
