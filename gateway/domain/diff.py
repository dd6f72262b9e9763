"""How a schedule read from EMIAS differs from the rows we have, and when it is too strange to believe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from gateway.domain.moscow import moscow_day
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
    update: list[RemoteSlot] = []
    close: list[datetime] = []
    kept = 0
    for row in known:
        seen = insert.pop(row.starts_at, None)
        if seen is None:
            if not row.closed and window.covers(row.starts_at):
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
    by_start: dict[datetime, RemoteSlot] = {}
    for slot in window.slots:
        twin = by_start.get(slot.starts_at)
        if twin is None or (slot.is_free and not twin.is_free):
            by_start[slot.starts_at] = slot
    return {starts_at: slot for starts_at, slot in by_start.items() if window.covers(starts_at)}


def is_suspicious(known: Iterable[KnownSlot], window: ScheduleWindow, today: date) -> bool:
    """Tell whether a reply lists so much less than we know from tomorrow on that it needs a second read.

    Today is left out because it empties by itself; a handful of slots is too few to judge.
    """
    before = sum(not row.closed and window.covers(row.starts_at) and moscow_day(row.starts_at) > today for row in known)
    after = sum(moscow_day(starts_at) > today for starts_at in _one_per_start(window))
    return before >= _TOO_FEW_TO_JUDGE and after < before * _SHRUNK_BELOW
