"""The mirror loop: the site's doctors, once an interval whatever the number of replicas."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from gateway.domain.errors import MirrorRefused
from gateway.ports import Housekeeping
from gateway.services.mirror import MirrorDoctors
from sync.pacing import jittered, wait_for_any
from sync.signs import Signs

__all__ = ["KeepMirror"]

_SOON: Final = 60.0
_OF_THE_INTERVAL: Final = 0.9
_log = structlog.stdlib.get_logger("sync.mirror")


@dataclass(frozen=True, slots=True)
class KeepMirror:
    """Runs a mirror pass every interval; a refused or broken one is tried again within a minute."""

    mirror: MirrorDoctors
    housekeeping: Housekeeping
    every: timedelta
    wake: asyncio.Event
    signs: Signs

    async def run(self, stop: asyncio.Event) -> None:
        """Loop until `stop`."""
        every = self.every.total_seconds()
        while not stop.is_set():
            done = await self._pass()
            await wait_for_any(stop, seconds=jittered(every if done else min(every, _SOON)))

    async def _pass(self) -> bool:
        try:
            async with self.housekeeping.mirror_turn(self.mirror.site_id, self.every * _OF_THE_INTERVAL) as ours:
                if not ours:
                    return False
                summary = await self.mirror.run()
        except MirrorRefused as refusal:
            self.signs.mirror_passed("refused")
            _log.warning("mirror_refused", reason=refusal.reason)
            return False
        except Exception as fault:  # noqa: BLE001 - the last mirror stays, and the next pass may be better
            self.signs.mirror_passed("broken")
            _log.error("mirror_broke", fault=type(fault).__name__, exc_info=fault)
            return False
        self.signs.mirror_passed("done")
        _log.info(
            "doctors_mirrored",
            added=summary.added,
            changed=summary.changed,
            missing=summary.missing,
            removed=summary.removed,
            unmapped=summary.unmapped,
        )
        self.wake.set()
        return True
