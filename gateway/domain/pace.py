"""How soon a doctor's schedule is read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

__all__ = ["Pace"]


@dataclass(frozen=True, slots=True)
class Pace:
    """The bounds of the interval between two reads of one doctor; jitter is the due list's affair."""

    shortest: timedelta
    longest: timedelta

    def after_change(self, interval: timedelta) -> timedelta:
        """Come sooner to a schedule that moves."""
        return self._within(interval / 2)

    def after_rest(self, interval: timedelta) -> timedelta:
        """Come later to a schedule that rests."""
        return self._within(interval * 1.5)

    def after_failure(self, failures: int, retry_after: float | None) -> timedelta:
        """Wait longer with each failure in a row, and as long as EMIAS asks within the longest interval."""
        patience = self.shortest / 5 * (1 << min(failures, 10))
        asked = timedelta(seconds=max(0.0, min(self.longest.total_seconds(), retry_after or 0.0)))
        return min(max(patience, asked), self.longest)

    def _within(self, wanted: timedelta) -> timedelta:
        return min(max(wanted, self.shortest), self.longest)
