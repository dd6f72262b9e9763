"""Wait for a call to EMIAS: in line, with a bounded patience, bookings and sync each in a line of their own."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Cause
from gateway.holds.ration import Later, Purse

__all__ = ["Patience", "QueueingBudget"]

_LOOK_SECONDS: Final = 0.1
_LEAST_WAIT_SECONDS: Final = 0.005


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a caller waits before it is told that the budget is spent."""

    booking: float = 3.0
    sync: float = 30.0


@dataclass(frozen=True, slots=True)
class _Line:
    """Those of one kind who wait for one institution: only the first of them looks into the purse."""

    first: asyncio.Lock = field(default_factory=asyncio.Lock)
    returned: asyncio.Event = field(default_factory=asyncio.Event)


class QueueingBudget:
    """A `Budget` over a purse; replicas share the purse, and each keeps its own callers in order."""

    def __init__(self, purse: Purse, patience: Patience) -> None:
        self._purse = purse
        self._patience = patience
        self._lines: defaultdict[tuple[str, bool], _Line] = defaultdict(_Line)

    @asynccontextmanager
    async def spend(self, lpu_code: str, *, for_booking: bool) -> AsyncIterator[None]:
        """Wait for a place among the calls; raise `EmiasFailure(Cause.BUDGET)` when none comes free in time."""
        member = uuid4().hex
        await self._stand_in_line(lpu_code, member, for_booking=for_booking)
        try:
            yield
        finally:
            await self._purse.give_back(lpu_code, member)
            for kind in (True, False):
                self._lines[lpu_code, kind].returned.set()

    async def _stand_in_line(self, lpu_code: str, member: str, *, for_booking: bool) -> None:
        line = self._lines[lpu_code, for_booking]
        deadline = _now() + (self._patience.booking if for_booking else self._patience.sync)
        try:
            async with asyncio.timeout_at(deadline):
                await line.first.acquire()
        except TimeoutError:
            raise EmiasFailure(Cause.BUDGET, retry_after=self._patience.booking) from None
        try:
            await self._take(line, lpu_code, member, deadline, for_booking=for_booking)
        finally:
            line.first.release()

    async def _take(self, line: _Line, lpu_code: str, member: str, deadline: float, *, for_booking: bool) -> None:
        while True:
            line.returned.clear()
            later = await self._purse.take(lpu_code, member, for_booking=for_booking)
            if later is None:
                return
            if _now() + (later.seconds or 0) >= deadline:
                raise EmiasFailure(Cause.BUDGET, retry_after=later.seconds or self._patience.booking)
            await _wait(line, later, deadline)


async def _wait(line: _Line, later: Later, deadline: float) -> None:
    """Wait until the purse is worth another look; other replicas look too, hence the jitter."""
    jitter = 1 + random.random() / 4  # noqa: S311 - only spreads the replicas
    seconds = max(later.seconds or _LOOK_SECONDS, _LEAST_WAIT_SECONDS) * jitter
    until = min(_now() + seconds, deadline)
    if later.seconds is not None:
        await asyncio.sleep(until - _now())
        return
    try:
        async with asyncio.timeout_at(until):
            await line.returned.wait()
    except TimeoutError:
        return


def _now() -> float:
    return asyncio.get_running_loop().time()
