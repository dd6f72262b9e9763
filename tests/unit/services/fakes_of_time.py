"""Time that a test holds in its hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tests.unit.services.samples import NOW

__all__ = ["FixedClock"]


@dataclass
class FixedClock:
    """A clock that stands."""

    moment: datetime = NOW

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment
