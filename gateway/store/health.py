"""How each institution's EMIAS answers, written down in passing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

import structlog

from gateway.domain.outcomes import Cause
from gateway.store.engine import Database
from gateway.store.institutions import note_answer, note_error

__all__ = ["HealthNotes"]

_NOT_SOONER_SECONDS: Final = 1.0
_log = structlog.stdlib.get_logger("gateway.health")


@dataclass(frozen=True, slots=True)
class HealthNotes:
    """Notes at most one answer and one failure of an institution a second; who calls EMIAS never waits for it."""

    database: Database
    clock: Callable[[], float] = monotonic
    _noted: dict[tuple[str, bool], float] = field(default_factory=dict)
    _writing: set[asyncio.Task[None]] = field(default_factory=set)

    def note(self, lpu_code: str, cause: Cause | None) -> None:
        """Note an answer, or a technical failure with its cause."""
        what, now = (lpu_code, cause is None), self.clock()
        if now - self._noted.get(what, float("-inf")) < _NOT_SOONER_SECONDS:
            return
        self._noted[what] = now
        task = asyncio.create_task(self._write(lpu_code, cause))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def drain(self) -> None:
        """Wait for what is being written."""
        while self._writing:
            await asyncio.wait(self._writing)

    async def _write(self, lpu_code: str, cause: Cause | None) -> None:
        try:
            if cause is None:
                await note_answer(self.database.pool, lpu_code)
            else:
                await note_error(self.database.pool, lpu_code, cause.value)
        except Exception as fault:  # noqa: BLE001 - the next call notes it again
            _log.warning("health_not_noted", fault=type(fault).__name__)
