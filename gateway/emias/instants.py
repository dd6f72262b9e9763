"""Instants as .NET and other registries write them, read as Moscow time."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from gateway.domain.moscow import MOSCOW, as_moscow

__all__ = ["InstantReader"]

_FORM: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_ABSENT_YEAR: Final = "0001"
_REMEMBERED: Final = 8192


class InstantReader:
    """Reads xs:dateTime; the grid of a day is the same for every doctor, so that instants are remembered and shared."""

    def __init__(self, time_zone: str, *, needs_offset: bool = False) -> None:
        self._needs_offset = needs_offset
        self._zone = MOSCOW if time_zone == MOSCOW.key else ZoneInfo(time_zone)
        self.read = lru_cache(_REMEMBERED)(self._read)

    def _read(self, text: str | None) -> datetime | None:
        """Read an instant; without offset it is the profile's zone's, and year 1 (.NET's "no date") is absent.

        Raises `ValueError` on anything else.
        """
        tidy = (text or "").strip()
        if not tidy or tidy.startswith(_ABSENT_YEAR):
            return None
        if not _FORM.fullmatch(tidy):
            raise ValueError("not an instant")
        instant = datetime.fromisoformat(tidy)
        if instant.tzinfo is None and self._needs_offset:
            raise ValueError("an instant without offset")
        try:
            return as_moscow(instant if instant.tzinfo else instant.replace(tzinfo=self._zone))
        except OverflowError:
            raise ValueError("beyond the calendar") from None
