"""Tell how fresh the mirror is and whether EMIAS answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.domain.circuit import Circuit, Lane
from gateway.ports import Breaker, Clock, Directory, SyncFigures

__all__ = ["EmiasState", "InstitutionState", "Report", "Status"]


class EmiasState(StrEnum):
    """How EMIAS answers, of one institution or of all; stopped when an operator lets nothing be sent."""

    UP = "up"
    PARTIAL = "partial"
    DOWN = "down"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class InstitutionState:
    """How one institution's EMIAS answers; partial when reads or bookings alone are kept back."""

    lpu_code: str
    emias: EmiasState


@dataclass(frozen=True, slots=True)
class Status:
    """The gateway's state for a site: `emias` is up, partial, down or unknown."""

    emias: EmiasState
    institutions: tuple[InstitutionState, ...]
    oldest_as_of: datetime | None
    lagging: int
    doctors: int
    clock: datetime
    clock_skew: timedelta

    @property
    def is_well(self) -> bool:
        """Tell whether patients can book everywhere from a fresh mirror."""
        return self.emias is EmiasState.UP and not self.lagging


@dataclass(frozen=True, slots=True)
class Report:
    """Figures for the site's health page."""

    directory: Directory
    clock: Clock
    lag_after: timedelta
    breaker: Breaker

    async def status(self, site_id: int) -> Status:
        """Sum up the site's mirror and the institutions behind it."""
        figures = await self.directory.figures(site_id, self.lag_after)
        now = self.clock.now()
        states = await asyncio.gather(*(self._emias(lpu_code, figures) for lpu_code in figures.institutions))
        return Status(
            _of_all(states),
            tuple(InstitutionState(*each) for each in zip(figures.institutions, states, strict=True)),
            figures.oldest_as_of,
            figures.lagging,
            figures.doctors,
            now,
            abs(now - figures.database_now),
        )

    async def _emias(self, lpu_code: str, figures: SyncFigures) -> EmiasState:
        """Tell what its calls say now, and what the tables say of those long ago."""
        if lpu_code in figures.stopped_institutions:
            return EmiasState.STOPPED
        circuits = [await self.breaker.state(Circuit(lpu_code, lane)) for lane in Lane]
        tripped = sum(state.is_tripped for state in circuits)
        if tripped == len(Lane) or lpu_code in figures.silent_institutions:
            return EmiasState.DOWN
        return EmiasState.PARTIAL if tripped else EmiasState.UP


def _of_all(states: list[EmiasState]) -> EmiasState:
    if not states:
        return EmiasState.UNKNOWN
    if all(state is EmiasState.UP for state in states):
        return EmiasState.UP
    silent = {EmiasState.DOWN, EmiasState.STOPPED}
    return EmiasState.DOWN if silent.issuperset(states) else EmiasState.PARTIAL
