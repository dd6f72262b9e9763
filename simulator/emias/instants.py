"""Instants as different servers write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from simulator.emias.world import MOSCOW

__all__ = ["instant", "month_later"]

_WHOLE_SECONDS = len("2026-11-23T08:00:00")
_MONTH = timedelta(days=28)


def instant(moment: datetime, style: str) -> str:
    """Write an instant as a .NET date of kind Local, Unspecified ("naive", Moscow's clock) or Utc."""
    moment = moment.astimezone(UTC if style == "utc" else MOSCOW)
    fraction = f".{moment.microsecond * 10:07d}" if moment.microsecond else ""
    offset = {"utc": "Z", "naive": "", "local": "+03:00"}[style]
    return f"{moment.isoformat()[:_WHOLE_SECONDS]}{fraction}{offset}"


def month_later(text: str) -> str:
    """Move an instant that is written in any of the styles."""
    moment = datetime.fromisoformat(text)
    return instant((moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW)) + _MONTH, "local")
