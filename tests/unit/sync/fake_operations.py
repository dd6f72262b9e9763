"""What the worker tells of itself, kept by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from gateway.domain.circuit import Circuit, CircuitRules, CircuitState
from gateway.domain.retention import Kind, Standing
from gateway.holds.memory_breaker import MemoryBreaker
from gateway.ports import Clock, Directory
from gateway.services.report import Report
from gateway.store.stock import Stock
from gateway.store.tables.choices import BeatKind

__all__ = ["FakeDisclosures", "FakeOperations", "FakeRetention", "make_report"]


class FakeOperations:
    """Keeps what the worker tells."""

    def __init__(self) -> None:
        self.beats: dict[tuple[BeatKind, str], float] = {}
        self.circuits: dict[Circuit, CircuitState] = {}
        self.errors: list[tuple[str, ...]] = []

    async def institutions(self) -> list[str]:
        """Name two."""
        return ["0101", "0202"]

    def tell(self, what: BeatKind, value: float, lpu_code: str = "", note: str = "") -> None:
        """Keep it; `note` too is plain text."""
        assert isinstance(note, str)
        self.beats[what, lpu_code] = value

    def breaker_seen(self, circuit: Circuit, state: CircuitState) -> None:
        """Keep it."""
        self.circuits[circuit] = state

    def error_seen(self, *error: str) -> None:
        """Keep it."""
        self.errors.append(error)

    async def tidy(self) -> int:
        """Count nothing."""
        return 0

    async def stock(self) -> Stock:
        """Count a little of each."""
        return Stock(1, 2, 300.0, 4, 50, 6, 7)


class FakeRetention:
    """Erases three rows at each pass and finds one overdue."""

    def __init__(self) -> None:
        self.passes = 0

    async def run(self) -> Mapping[Kind, int]:
        """Count the pass."""
        self.passes += 1
        return {Kind.FAILED: 2, Kind.HOLDS: 1}

    async def standings(self) -> Sequence[Standing]:
        """Tell of two kinds."""
        oldest = datetime.now(UTC) - timedelta(days=9)
        late = Standing(Kind.FAILED, timedelta(days=7), oldest, 1, None, 0, 0)
        return [late, Standing(Kind.UNSETTLED, None, None, 0, None, 0, 0)]


class FakeDisclosures:
    """Is asked for nothing."""

    async def tell_key(self) -> int:
        """Tell no news."""
        return 0

    async def answer(self) -> int:
        """Answer nobody."""
        return 0


def make_report(clock: Clock) -> Report:
    """Make a report whose breakers stand closed."""
    breaker = MemoryBreaker(CircuitRules())
    return Report(cast("Directory", None), clock, timedelta(minutes=30), breaker)
