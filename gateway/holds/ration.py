"""The calls that an institution's EMIAS grants, and the part of them that sync leaves to bookings."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Protocol

__all__ = ["Later", "Purse", "Ration"]


@dataclass(frozen=True, slots=True)
class Ration:
    """Numbers of one institution: calls a second, calls at once after a quiet time, calls under way.

    `booking_share` of each stays free of sync, but sync always has at least one call under way.
    """

    rate: float
    burst: int
    concurrency: int
    booking_share: float

    @property
    def sync_rate(self) -> float:
        """Calls a second that sync may make."""
        return self.rate * (1 - self.booking_share)

    @property
    def sync_burst(self) -> float:
        """Calls that sync may make at once after a quiet time."""
        return max(1.0, self.burst * (1 - self.booking_share))

    @property
    def reserve(self) -> float:
        """Calls that must be left over for bookings whenever sync makes one."""
        return self.burst - self.sync_burst

    @property
    def sync_concurrency(self) -> int:
        """Calls under way, anyone's, from which on sync makes none."""
        return max(1, self.concurrency - ceil(self.concurrency * self.booking_share))


@dataclass(frozen=True, slots=True)
class Later:
    """No call now: the next is granted in `seconds`, or (None) when one of those under way ends."""

    seconds: float | None


class Purse(Protocol):
    """The count of calls, kept in Redis or in the process."""

    async def take(self, lpu_code: str, member: str, *, for_booking: bool) -> Later | None:
        """Count a call as begun under the name `member`, or tell when to ask again."""

    async def give_back(self, lpu_code: str, member: str) -> None:
        """Count the call as ended; never raises."""
