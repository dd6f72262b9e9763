"""A figure: one ratio, what it is measured against, and the bound that it should keep."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Figure", "Goal", "Verdict", "at_least", "at_most"]


class Verdict(StrEnum):
    """How a figure stands to its goal."""

    REACHED = "reached"
    MISSED = "missed"
    NO_GOAL = "no goal"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound of a ratio, itself included."""

    bound: float
    is_upper: bool

    def holds(self, ratio: float) -> bool:
        """Tell whether a ratio keeps the bound."""
        return ratio <= self.bound if self.is_upper else ratio >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.is_upper else '≥'} {self.bound:g}"


def at_most(bound: float) -> Goal:
    """Ask for a ratio not above the bound."""
    return Goal(bound, is_upper=True)


def at_least(bound: float) -> Goal:
    """Ask for a ratio not below the bound."""
    return Goal(bound, is_upper=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured against which peer or limit; `ratio` is None where the peer is not to be had."""

    what: str
    peer: str
    ratio: float | None
    goal: Goal | None = None
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """Tell how the figure stands to its goal."""
        if self.ratio is None:
            return Verdict.NOT_MEASURED
        if self.goal is None:
            return Verdict.NO_GOAL
        return Verdict.REACHED if self.goal.holds(self.ratio) else Verdict.MISSED
