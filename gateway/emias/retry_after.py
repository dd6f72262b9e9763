"""The Retry-After header as seconds from now."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

__all__ = ["read_retry_after"]

_LONGEST: Final = 3600.0
_MOST_DIGITS: Final = 9


def read_retry_after(text: str | None, now: datetime) -> float | None:
    """Read seconds or an HTTP date as seconds from `now`, within an hour; None for nonsense."""
    tidy = (text or "").strip()
    if tidy.isascii() and tidy.isdigit():
        return min(float(tidy[:_MOST_DIGITS]), _LONGEST)
    try:
        moment = parsedate_to_datetime(tidy)
    except (ValueError, IndexError, OverflowError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), _LONGEST)
