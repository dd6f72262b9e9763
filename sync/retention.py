"""Personal data that has outlived its deadline goes, and it is told when it does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gateway.ports import Retention
from sync.chores import Chore
from sync.signs import Signs

__all__ = ["KeepDeadlines"]

_ERASE_EVERY: Final = timedelta(hours=1)
_LOOK_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KeepDeadlines:
    """Erases every hour and looks every minute, so that an erasing that fails is seen by what it leaves."""

    retention: Retention
    signs: Signs

    def chores(self) -> list[Chore]:
        """List what is done again and again."""
        return [
            Chore("erase_overdue", _ERASE_EVERY, self.erase, self.signs),
            Chore("look_for_overdue", _LOOK_EVERY, self.look, self.signs),
        ]

    async def erase(self) -> int:
        """Erase what is past its deadline and count the rows."""
        return sum((await self.retention.run()).values())

    async def look(self) -> int:
        """Show how every kind stands and count the rows that are overdue."""
        standings = await self.retention.standings()
        self.signs.retention_seen(standings)
        return sum(standing.overdue for standing in standings)
