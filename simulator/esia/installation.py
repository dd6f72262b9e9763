"""One ESIA: the systems it knows, its keys, its memory of logins, planned faults and journal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from simulator.esia.checks import Checks
from simulator.esia.faults import FAULTS
from simulator.esia.journal import Journal
from simulator.esia.sessions import Access, Asked, Grant, Remembered
from simulator.esia.settings import EsiaSettings
from simulator.esia.systems import Systems
from simulator.esia.token_keys import KeyRing
from simulator.esia.tokens import ACCESS_SECONDS
from simulator.faults import FaultPlan

__all__ = ["EsiaInstallation"]

_CHOOSING_SECONDS = 600


class EsiaInstallation:
    """Gather what the listeners answer from and the control listener changes; systems and keys outlive a reset."""

    faults: FaultPlan
    journal: Journal
    settings: EsiaSettings
    logins: Remembered[Asked]
    codes: Remembered[Grant]
    accesses: Remembered[Access]

    def __init__(self, trust_folder: Path, now: Callable[[], datetime]) -> None:
        self.now = now
        self.keys = KeyRing(trust_folder)
        self.systems = Systems(self.keys.can_sign)
        self.checks = Checks(self.systems, now, lambda: timedelta(seconds=self.settings.tolerance_seconds))
        self.reset()

    def reset(self) -> None:
        """Forget logins, faults, settings and the journal."""
        self.faults = FaultPlan(FAULTS)
        self.journal = Journal()
        self.settings = EsiaSettings()
        self.logins = Remembered(self.now, lambda: _CHOOSING_SECONDS)
        self.codes = Remembered(self.now, lambda: self.settings.code_seconds)
        self.accesses = Remembered(self.now, lambda: ACCESS_SECONDS)
