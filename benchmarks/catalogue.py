"""The benchmarks by name, in the order in which they run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from benchmarks import dashboard, holds, parsing, reads, slot_writes, syncing
from benchmarks.figures import Figure
from benchmarks.sizes import Size
from benchmarks.stage import Stage

__all__ = ["BENCHES", "Bench"]

Bench = Callable[[Stage, Size], Awaitable[list[Figure]]]

BENCHES: Final[Mapping[str, Bench]] = MappingProxyType(
    {
        "parse": parsing.measure,
        "gap": syncing.measure_gaps,
        "writes": slot_writes.measure,
        "holds": holds.measure,
        "sync": syncing.measure,
        "read": reads.measure,
        "dashboard": dashboard.measure,
    }
)
