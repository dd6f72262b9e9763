"""Tell how fresh the mirror is and whether EMIAS answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.ports import Clock, Directory

__all__ = ["Report", "Status"]


@dataclass(frozen=True, slots=True)
class Status:
    """The gateway's state for a site: `emias` is up, partial, down or unknown."""

    emias: str
    oldest_as_of: datetime | None
    lagging: int
    doctors: int
    clock: datetime
    clock_skew: timedelta

    @property
    def is_well(self) -> bool:
        """Tell whether patients can book everywhere from a fresh mirror."""
        return self.emias == "up" and not self.lagging


@dataclass(frozen=True, slots=True)
class Report:
    """Figures for the site's health page."""

    directory: Directory
    clock: Clock
    lag_after: timedelta

    async def status(self, site_id: int) -> Status:
        """Sum up the site's mirror and the institutions behind it."""
        figures = await self.directory.figures(site_id, self.lag_after)
        now = self.clock.now()
        silent, known = len(figures.silent_institutions), len(figures.institutions)
        emias = "unknown" if not known else "up" if not silent else "down" if silent == known else "partial"
        return Status(
            emias, figures.oldest_as_of, figures.lagging, figures.doctors, now, abs(now - figures.database_now)
        )
