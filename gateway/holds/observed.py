"""Any budget, with each wait for a place and each place told to an observer."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from gateway.domain.circuit import Lane
from gateway.domain.errors import EmiasFailure
from gateway.ports import Budget

__all__ = ["BudgetWatch", "ObservedBudget"]


class BudgetWatch(Protocol):
    """Who counts the budget's use."""

    def budget_asked(self, lane: Lane, seconds: float, *, granted: bool) -> None:
        """Count a wait for a place, and whether one came free in time."""

    def budget_used(self, lpu_code: str, lane: Lane, calls: int) -> None:
        """Count a place taken (1) or given back (-1)."""


@dataclass(frozen=True, slots=True)
class ObservedBudget:
    """Tells the observer what the budget grants to this process."""

    inner: Budget
    watch: BudgetWatch

    @asynccontextmanager
    async def spend(self, lpu_code: str, *, for_booking: bool) -> AsyncIterator[None]:
        """Wait for a place among the calls; raise `EmiasFailure(Cause.BUDGET)` when none comes free."""
        lane, began = Lane.BOOKINGS if for_booking else Lane.READS, time.perf_counter()
        async with AsyncExitStack() as place:
            try:
                await place.enter_async_context(self.inner.spend(lpu_code, for_booking=for_booking))
            except EmiasFailure:
                self.watch.budget_asked(lane, time.perf_counter() - began, granted=False)
                raise
            self.watch.budget_asked(lane, time.perf_counter() - began, granted=True)
            self.watch.budget_used(lpu_code, lane, 1)
            place.callback(self.watch.budget_used, lpu_code, lane, -1)
            yield
