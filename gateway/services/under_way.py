"""Calls that must end by themselves, whoever stops waiting for them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

__all__ = ["UnderWay"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The calls to EMIAS that this process has begun and not yet seen the end of."""

    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def begin(self, call: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a call that no caller's hanging up can stop."""
        task = asyncio.create_task(call)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def shielded(self, call: Coroutine[Any, Any, T]) -> T:
        """Run such a call and wait for its result."""
        return await asyncio.shield(self.begin(call))

    async def drain(self) -> None:
        """Wait for all of them to end, well or not."""
        while self._tasks:
            await asyncio.wait(self._tasks)
