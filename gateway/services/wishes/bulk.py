"""Retry the bookings of an institution that were surely not sent, one after another at a measured pace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from gateway.domain.wish import Ending, Later, Said, Wish
from gateway.domain.wish_rules import pace_of_bulk
from gateway.ports import Bulk, CaseBook, WishBook

__all__ = ["MOST_HOURS", "RetryingMany"]

MOST_HOURS: Final = 72
_AT_ONCE: Final = 3


@dataclass(frozen=True, slots=True)
class RetryingMany:
    """Each step wishes one more retry, carried out as one that a person asked for; few are open at once.

    A booking is wished once in a bulk, and a retry is made once of a booking, whatever is done to pause, kill or repeat
    the bulk.
    """

    cases: CaseBook
    book: WishBook

    async def carry(self, wish: Wish) -> Ending | Later:
        """Wish the next retry; end when there is none left and all have ended."""
        parts = await self.book.bulk(wish)
        pace = pace_of_bulk(parts.failed_in_a_row)
        if parts.open < _AT_ONCE:
            found = await self.cases.next_to_retry(wish, timedelta(hours=_hours(wish)))
            if found is None and not parts.open:
                return Ending.done(_sum(parts), **_figures(parts))
            if found is not None:
                await self.book.add_retry(wish, found)
        return Later(pace, _sum(parts), _figures(parts), is_step=True)


def _hours(wish: Wish) -> int:
    asked = wish.arguments.get("hours")
    return min(max(asked, 1), MOST_HOURS) if isinstance(asked, int) else 1


def _sum(parts: Bulk) -> Said:
    return Said(
        f"удалось {parts.done}, не удалось {parts.failed}, отказано {parts.refused}, в работе {parts.open}",
        f"{parts.done} done, {parts.failed} failed, {parts.refused} refused, {parts.open} under way",
    )


def _figures(parts: Bulk) -> dict[str, Any]:
    return {"done": parts.done, "failed": parts.failed, "refused": parts.refused, "open": parts.open}
