"""How long the event loop was away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Heartbeat", "heartbeat"]

_BEAT = 0.001


class Heartbeat:
    """Beats once a millisecond; `longest` is the longest time in seconds by which a beat came late."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def run(self) -> None:
        """Beat until cancelled."""
        last = time.perf_counter()
        while True:
            await asyncio.sleep(_BEAT)
            now = time.perf_counter()
            self.longest = max(self.longest, now - last - _BEAT)
            last = now


@contextmanager
def heartbeat() -> Iterator[Heartbeat]:
    """Watch the loop while the context is open."""
    heart = Heartbeat()
    beating = asyncio.get_running_loop().create_task(heart.run())
    try:
        yield heart
    finally:
        beating.cancel()
