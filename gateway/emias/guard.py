"""What each request to EMIAS passes, however many of them one operation of the port needs.

First the operator's switch and the breaker, which cost EMIAS nothing; then the wait for a place in the budget; then the
breaker once more, for much may have happened in the line, and it names the one probe. How the request ended is told to
the breaker and to the institution's health.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol
from uuid import uuid4

from gateway.domain.circuit import FAILURES, UNREACHABLE, Circuit, Kept, Lane
from gateway.domain.outcomes import Cause
from gateway.emias.errors import CallFailed, CallRefused
from gateway.emias.spending import Spending
from gateway.ports import Breaker, Budget, Health, Switches

__all__ = ["Guard", "RequestWatch"]

_MARGIN: Final = 2.0
_STOPPED_FOR: Final = 60.0


class RequestWatch(Protocol):
    """Who counts the requests that were sent."""

    def __call__(self, circuit: Circuit, seconds: float, *, is_failure: bool) -> None:
        """Count a request and how long EMIAS took over it."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets a request pass or raises `CallFailed`, surely not sent; what is None guards nothing."""

    budget: Budget | None = None
    breaker: Breaker | None = None
    switches: Switches | None = None
    health: Health | None = None
    watch: RequestWatch | None = None

    @asynccontextmanager
    async def one_call(self, lpu_code: str, *, for_booking: bool, deadline: float) -> AsyncIterator[None]:
        """Wait for a place and watch the request that is made in it, for `deadline` seconds at most."""
        circuit, token = Circuit(lpu_code, Lane.BOOKINGS if for_booking else Lane.READS), uuid4().hex
        await self._ask(circuit)
        async with Spending(self.budget).one_call(lpu_code, for_booking=for_booking):
            await self._enter(circuit, token, deadline)
            began = time.perf_counter()
            try:
                yield
            except CallRefused:
                self._tell(circuit, began)
                await self._answered(circuit, token)
                raise
            except CallFailed as failed:
                self._tell(circuit, began, is_failure=failed.cause in FAILURES)
                await self._failed(circuit, token, failed)
                raise
            except BaseException:
                if self.breaker is not None:
                    await self.breaker.abandoned(circuit, token)
                raise
            self._tell(circuit, began)
            await self._answered(circuit, token)

    def _tell(self, circuit: Circuit, began: float, *, is_failure: bool = False) -> None:
        if self.watch is not None:
            self.watch(circuit, time.perf_counter() - began, is_failure=is_failure)

    async def _ask(self, circuit: Circuit) -> None:
        if self.switches is not None and await self.switches.calls_stopped(circuit.lpu_code):
            raise CallFailed(Cause.STOPPED, is_sent=False, retry_after=_STOPPED_FOR)
        if self.breaker is None:
            return
        answer = await self.breaker.ask(circuit)
        if isinstance(answer, Kept):
            _keep_back(answer)

    async def _enter(self, circuit: Circuit, token: str, deadline: float) -> None:
        if self.breaker is None:
            return
        answer = await self.breaker.enter(circuit, token, deadline + _MARGIN)
        if isinstance(answer, Kept):
            _keep_back(answer)
        if answer.wait:
            await asyncio.sleep(answer.wait)

    async def _answered(self, circuit: Circuit, token: str) -> None:
        if self.breaker is not None:
            await self.breaker.answered(circuit, token)
        if self.health is not None:
            self.health.note(circuit.lpu_code, None)

    async def _failed(self, circuit: Circuit, token: str, failed: CallFailed) -> None:
        counts = failed.cause in FAILURES
        if self.health is not None and counts:
            self.health.note(circuit.lpu_code, failed.cause)
        if self.breaker is None:
            return
        if not counts:
            await self.breaker.abandoned(circuit, token)
            return
        await self.breaker.failed(circuit, token, failed.retry_after)
        if failed.cause in UNREACHABLE:
            for lane in set(Lane) - {circuit.lane}:
                await self.breaker.failed(circuit._replace(lane=lane), token, failed.retry_after)


def _keep_back(kept: Kept) -> NoReturn:
    raise CallFailed(Cause.BREAKER, is_sent=False, retry_after=kept.retry_after)
