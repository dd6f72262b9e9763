"""Token buckets in this process: so many a second, by any key."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from gateway.http.problems import DoorError

__all__ = ["Buckets"]


class Buckets:
    """One bucket a key, refilled at `rate` a second up to `burst`; the least used ones are forgotten first."""

    def __init__(
        self, rate: float, burst: float, *, most: int = 10_000, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._most = most
        self._monotonic = monotonic
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> None:
        """Take one token; raise `rate_limited` with the seconds until there is one."""
        now = self._monotonic()
        levels = self._levels
        level, since = levels.get(key) or (self._burst, now)
        level = min(self._burst, level + (now - since) * self._rate)
        if level < 1:
            raise DoorError("rate_limited", retry_after=max(1, math.ceil((1 - level) / self._rate)))
        levels[key] = (level - 1, now)
        levels.move_to_end(key)
        if len(levels) > self._most:
            levels.popitem(last=False)
