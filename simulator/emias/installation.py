"""One EMIAS installation: its world, ledger, switches, planned faults and journal, made anew by a reset."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from simulator.emias.faults import FAULTS
from simulator.emias.journal import Journal
from simulator.emias.ledger import Ledger
from simulator.emias.registry import Registry
from simulator.emias.settings import LiveSettings
from simulator.emias.world import World
from simulator.faults import FaultPlan

__all__ = ["Installation"]


class Installation:
    """Gather what the SOAP service answers from and the control listener changes."""

    world: World
    ledger: Ledger
    settings: LiveSettings
    faults: FaultPlan
    journal: Journal
    registry: Registry
    canary_hits: int

    def __init__(self, *, seed: int, doctors: int, living: float, now: Callable[[], datetime]) -> None:
        self._seed = seed
        self._doctors = doctors
        self._living = living
        self._now = now
        self.reset()

    def reset(self) -> None:
        """Begin again from the seed."""
        self.world = World(seed=self._seed, doctors=self._doctors, now=self._now)
        self.ledger = Ledger()
        self.settings = LiveSettings(living=self._living)
        self.faults = FaultPlan(FAULTS)
        self.journal = Journal()
        self.registry = Registry(self.world, self.ledger, self.settings)
        self.canary_hits = 0
