"""Rounds in which all sides take their turn, so that a machine's drift meets each of them alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from statistics import median

__all__ = ["Side", "Taken", "take_turns", "timed_cpu", "timed_wall"]

Side = Callable[[], Awaitable[float]]
"""One turn of a side; its cost in whatever unit the sides of a comparison share."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The costs of each side, round by round."""

    costs: Mapping[str, tuple[float, ...]]

    def ratio(self, ours: str, theirs: str) -> float:
        """Return the median over the rounds of one side's cost by another's in the same round."""
        return median(mine / peer for mine, peer in zip(self.costs[ours], self.costs[theirs], strict=True))

    def middle(self, side: str) -> float:
        """Return a side's median cost."""
        return median(self.costs[side])


async def take_turns(rounds: int, sides: Mapping[str, Side], *, warm_ups: int = 1) -> Taken:
    """Let every side take a turn a round, the first one changing; the warm-ups do not count."""
    names = list(sides)
    costs: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-warm_ups, rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            gc.collect()
            cost = await sides[name]()
            if number >= 0:
                costs[name].append(cost)
    return Taken({name: tuple(taken) for name, taken in costs.items()})


def timed_cpu(work: Callable[[], object], repeats: int) -> Side:
    """Make a side of synchronous work; its cost is this process's CPU seconds."""

    async def turn() -> float:
        begun = time.process_time()
        for _ in range(repeats):
            work()
        return time.process_time() - begun

    return turn


def timed_wall(work: Callable[[], Awaitable[object]], prepare: Callable[[], Awaitable[object]] | None = None) -> Side:
    """Make a side of asynchronous work; its cost is seconds by the clock, without those of `prepare`."""

    async def turn() -> float:
        if prepare is not None:
            await prepare()
        begun = time.perf_counter()
        await work()
        return time.perf_counter() - begun

    return turn
