"""What the services need of the site's doctor list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gateway.domain.directory import FeedDoctor

__all__ = [
    "DoctorMirror",
    "DoctorSnapshot",
    "DoctorSource",
    "MirrorSummary",
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


@dataclass(frozen=True, slots=True)
class MirrorSummary:
    """What a mirror pass changed, in doctors."""

    added: int = 0
    changed: int = 0
    missing: int = 0
    removed: int = 0
    unmapped: int = 0


class DoctorMirror(Protocol):
    """The local copy of the site's doctors."""

    async def apply(self, site_id: int, snapshot: DoctorSnapshot) -> MirrorSummary:
        """Bring the copy up to a complete snapshot; raise `MirrorRefused` when it would remove too many."""

    async def refused(self, site_id: int, reason: str) -> None:
        """Write down that a snapshot was not believed, and why."""
