"""What the services need of the site's doctor list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from gateway.domain.directory import FeedDoctor

__all__ = [
    "DoctorMirror",
    "DoctorSnapshot",
    "DoctorSource",
    "MarkedDoctor",
    "MirrorSummary",
    "PushBook",
    "PushedChange",
    "Reread",
]


@dataclass(frozen=True, slots=True)
class DoctorSnapshot:
    """The whole of the site's list; `illegible` names the elements that are there but cannot be read.

    An illegible element changes nothing: neither is a doctor made of it, nor does a known one count as missing.
    """

    doctors: tuple[FeedDoctor, ...]
    illegible: frozenset[str] = frozenset()


class DoctorSource(Protocol):
    """The site's own list of doctors."""

    async def snapshot(self) -> DoctorSnapshot:
        """Read every doctor, complete or not at all; raise `MirrorRefused` otherwise."""

    async def one(self, element_id: str) -> DoctorSnapshot:
        """Read one element anew: its doctor, illegible, or nothing when the site says that there is none.

        Raise `MirrorRefused` when the site cannot tell.
        """


@dataclass(frozen=True, slots=True)
class MirrorSummary:
    """What a mirror pass changed, in doctors."""

    added: int = 0
    changed: int = 0
    missing: int = 0
    removed: int = 0
    unmapped: int = 0


@dataclass(frozen=True, slots=True)
class PushedChange:
    """The site's hint that an element has changed; `uuid` names the event, which may arrive more than once."""

    uuid: UUID
    element_id: str
    is_deletion: bool


@dataclass(frozen=True, slots=True)
class MarkedDoctor:
    """An element that this worker has leased to read anew, as of `claimed_at`; `version` fences the lease."""

    element_id: str
    version: int
    is_deletion: bool
    failures: int
    claimed_at: datetime


class PushBook(Protocol):
    """Which elements the site has pushed and nobody has read since; instants are the database's."""

    async def note(self, site_id: int, changes: Sequence[PushedChange]) -> int:
        """Mark the elements of events that are new and count those events."""

    async def claim(self, site_id: int, lease: timedelta) -> MarkedDoctor | None:
        """Lease the element that has waited longest; None when none is due."""

    async def put_off(self, site_id: int, marked: MarkedDoctor, again_after: timedelta) -> None:
        """Give an element back that could not be read."""


@dataclass(frozen=True, slots=True)
class Reread:
    """What became of a marked element; `is_current` is false when a newer mark or snapshot has overtaken it."""

    is_current: bool = True
    written: bool = False
    hidden: bool = False


class DoctorMirror(Protocol):
    """The local copy of the site's doctors."""

    async def now(self) -> datetime:
        """Tell the time by the clock that `apply` goes by."""

    async def apply(self, site_id: int, snapshot: DoctorSnapshot, since: datetime) -> MirrorSummary:
        """Bring the copy up to a complete snapshot whose reading began at `since`.

        What was read anew after that stays. Raise `MirrorRefused` when it would remove too many.
        """

    async def apply_one(self, site_id: int, marked: MarkedDoctor, found: DoctorSnapshot) -> Reread:
        """Bring the copy of one element up to what a new reading found, and take the mark off."""

    async def refused(self, site_id: int, reason: str) -> None:
        """Write down that a snapshot was not believed, and why."""
