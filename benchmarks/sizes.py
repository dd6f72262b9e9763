"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["FULL", "QUICK", "SMALLEST", "Size"]


@dataclass(frozen=True, slots=True)
class Size:
    """Rounds of a comparison, and the amounts within one round; `latency` and `load_for` in seconds."""

    rounds: int
    few_rounds: int
    parses: int
    days: int
    slots_a_day: int
    doctors: int
    at_once: int
    latency: float
    crowd: int
    holds: int
    connections: int
    load_for: float
    dashboard_doctors: int
    dashboard_bookings: int

    @property
    def slots(self) -> int:
        """Slots of one doctor."""
        return self.days * self.slots_a_day


FULL: Final = Size(
    rounds=15,
    few_rounds=3,
    parses=10,
    days=30,
    slots_a_day=40,
    doctors=50,
    at_once=16,
    latency=0.05,
    crowd=10_000,
    holds=1_000,
    connections=32,
    load_for=2.0,
    dashboard_doctors=2_000,
    dashboard_bookings=100_000,
)
QUICK: Final = Size(
    rounds=5,
    few_rounds=1,
    parses=3,
    days=30,
    slots_a_day=40,
    doctors=16,
    at_once=16,
    latency=0.05,
    crowd=2_000,
    holds=200,
    connections=32,
    load_for=0.5,
    dashboard_doctors=2_000,
    dashboard_bookings=20_000,
)
SMALLEST: Final = Size(
    rounds=1,
    few_rounds=1,
    parses=1,
    days=2,
    slots_a_day=4,
    doctors=2,
    at_once=2,
    latency=0.005,
    crowd=20,
    holds=4,
    connections=2,
    load_for=0.05,
    dashboard_doctors=4,
    dashboard_bookings=40,
)
