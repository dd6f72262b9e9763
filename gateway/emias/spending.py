"""The budget around each single request, however many of them one operation of the port needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from gateway.domain.errors import EmiasFailure
from gateway.emias.errors import CallFailed
from gateway.ports import Budget

__all__ = ["Spending"]


@dataclass(frozen=True, slots=True)
class Spending:
    """Asks for a place among the calls; without a budget every call has one."""

    budget: Budget | None

    @asynccontextmanager
    async def one_call(self, lpu_code: str, *, for_booking: bool) -> AsyncIterator[None]:
        """Wait for a place; raise `CallFailed`, surely not sent, when none comes free.

        A budget that breaks once the call was made raises its own error: nothing may then be told as not sent.
        """
        async with AsyncExitStack() as place:
            if self.budget is not None:
                try:
                    await place.enter_async_context(self.budget.spend(lpu_code, for_booking=for_booking))
                except EmiasFailure as spent:
                    raise CallFailed(spent.cause, is_sent=False, retry_after=spent.retry_after) from None
            yield
