"""Read anew the doctors that the site has pushed; a push only says which, so their order and number do not matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorMirror, DoctorSource, MarkedDoctor, PushBook

__all__ = ["RereadPushed", "RereadResult"]

_FIRST_PAUSE: Final = timedelta(seconds=5)
_LONGEST_PAUSE: Final = timedelta(minutes=10)
_MOST_DOUBLINGS: Final = 7


class RereadResult(StrEnum):
    """What became of a pushed element."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    HIDDEN = "hidden"
    OVERTAKEN = "overtaken"
    PUT_OFF = "put_off"


@dataclass(frozen=True, slots=True)
class RereadPushed:
    """One element at a time: leased, read through the source, applied while its mark is still the newest."""

    source: DoctorSource
    mirror: DoctorMirror
    pushes: PushBook
    site_id: int
    lease: timedelta

    async def next(self) -> RereadResult | None:
        """Read the element that has waited longest; None when none is due."""
        marked = await self.pushes.claim(self.site_id, self.lease)
        if marked is None:
            return None
        try:
            found = await self.source.one(marked.element_id)
        except MirrorRefused:
            await self.pushes.put_off(self.site_id, marked, _pause(marked))
            return RereadResult.PUT_OFF
        done = await self.mirror.apply_one(self.site_id, marked, found)
        if not done.is_current:
            return RereadResult.OVERTAKEN
        if done.hidden:
            return RereadResult.HIDDEN
        return RereadResult.WRITTEN if done.written else RereadResult.UNCHANGED


def _pause(marked: MarkedDoctor) -> timedelta:
    doublings = min(marked.failures, _MOST_DOUBLINGS)
    return min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)
