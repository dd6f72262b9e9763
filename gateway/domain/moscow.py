"""Moscow time: the one zone in which EMIAS days begin and end."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

__all__ = ["MOSCOW", "as_moscow", "moscow_day"]

MOSCOW = ZoneInfo("Europe/Moscow")


def as_moscow(instant: datetime) -> datetime:
    """Normalise an instant to Europe/Moscow; a naive one is Moscow time already."""
    if instant.tzinfo is None:
        return instant.replace(tzinfo=MOSCOW)
    return instant.astimezone(MOSCOW)


def moscow_day(instant: datetime) -> date:
    """Return the calendar day in Moscow on which the instant falls."""
    return as_moscow(instant).date()
