"""Waiting that an event can end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection
from typing import Any

__all__ = ["jittered", "wait_for_any"]


def jittered(seconds: float, share: float = 0.1) -> float:
    """Spread a period, so that replicas started together do not stay together."""
    return seconds * (1 + random.uniform(-share, share))  # noqa: S311 - no secret depends on it


async def wait_for_any(
    *events: asyncio.Event, tasks: Collection[asyncio.Task[Any]] = (), seconds: float | None = None
) -> None:
    """Wait until one of the events is set, one of the tasks ends, or the time is over; the tasks run on."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait({*waits, *tasks}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
