"""How a schedule read from EMIAS differs from the rows we have, and when it is too strange to believe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from gateway.domain.moscow import MOSCOW
from gateway.domain.schedule import RemoteSlot, ScheduleWindow

__all__ = ["KnownSlot", "SlotDiff", "diff_slots", "is_suspicious"]

_SHRUNK_BELOW: Final = 0.5
_TOO_FEW_TO_JUDGE: Final = 20


class KnownSlot(NamedTuple):
    """A row of the slot table; `closed` when EMIAS no longer lists it."""

    starts_at: datetime
    emias_slot_id: str
    is_free: bool
    ends_at: datetime | None
    room: str | None
    closed: bool


@dataclass(frozen=True, slots=True)
class SlotDiff:
    """The least that must be written: new slots, changed ones, and the starts of vanished ones."""

    insert: tuple[RemoteSlot, ...] = ()
    update: tuple[RemoteSlot, ...] = ()
    close: tuple[datetime, ...] = ()
    kept: int = 0


def diff_slots(known: Iterable[KnownSlot], window: ScheduleWindow) -> SlotDiff:
    """Compare the rows of the window's days with what EMIAS listed.

    Remote slots that begin at once count as one, free if any is. Rows and slots outside the covered days are not spoken
    of.
    """
    insert = _one_per_start(window)
    opens, closes = _bounds(window.covered_from, window.covered_to)
    update: list[RemoteSlot] = []
    close: list[datetime] = []
    kept = 0
    for row in known:
        seen = insert.pop(row.starts_at, None)
        if seen is None:
            if not row.closed and opens <= row.starts_at < closes:
                close.append(row.starts_at)
        elif row.closed or (row.emias_slot_id, row.is_free, row.ends_at, row.room) != (
            seen.emias_slot_id,
            seen.is_free,
            seen.ends_at,
            seen.room,
        ):
            update.append(seen)
        else:
            kept += 1
    return SlotDiff(tuple(insert.values()), tuple(update), tuple(close), kept)


def _one_per_start(window: ScheduleWindow) -> dict[datetime, RemoteSlot]:
    opens, closes = _bounds(window.covered_from, window.covered_to)
    by_start: dict[datetime, RemoteSlot] = {}
    for slot in window.slots:
        if not opens <= slot.starts_at < closes:
            continue
        twin = by_start.get(slot.starts_at)
        if twin is None or (slot.is_free and not twin.is_free):
            by_start[slot.starts_at] = slot
    return by_start


def _bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the instants at which the days, both included, begin and are over: to be compared with many slots."""
    midnight = time()
    return datetime.combine(first, midnight, MOSCOW), datetime.combine(last + timedelta(days=1), midnight, MOSCOW)


def is_suspicious(known: Iterable[KnownSlot], window: ScheduleWindow, today: date) -> bool:
    """Tell whether a reply lists so much less than we know from tomorrow on that it needs a second read.

    Today is left out because it empties by itself; a handful of slots is too few to judge.
    """
    tomorrow = today + timedelta(days=1)
    opens, closes = _bounds(max(window.covered_from, tomorrow), window.covered_to)
    before = sum(not row.closed and opens <= row.starts_at < closes for row in known)
    after = sum(starts_at >= opens for starts_at in _one_per_start(window))
    return before >= _TOO_FEW_TO_JUDGE and after < before * _SHRUNK_BELOW
