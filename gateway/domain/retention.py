"""How long each kind of personal row is kept, and when one is overdue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = ["DEFAULT_DAYS", "GRACE", "OF_PATIENTS", "Deadlines", "Kind", "Standing"]

GRACE: Final = timedelta(days=1)
"""How long a row may outlive its deadline before somebody must be told."""


class Kind(StrEnum):
    """What lies in the tables, in the order in which it goes.

    The first five are the sealed patient and contact of a booking, by how it ended, a doubt that ended without a visit
    among them. Then what is left of a person (keyed hashes, mask), the rest of the row with its history, and what
    stands beside it. `UNSETTLED` is the patient of a booking that is under way or in doubt: it has no deadline.
    """

    VISITED = "visited"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    FAILED = "failed"
    RESOLVED = "resolved"
    TRACES = "traces"
    BOOKINGS = "bookings"
    HOLDS = "holds"
    IDEMPOTENCY = "idempotency"
    WISHES = "wishes"
    DISCLOSURES = "disclosures"
    SYNC_LOG = "sync_log"
    UNSETTLED = "unsettled"


OF_PATIENTS: Final = (Kind.VISITED, Kind.CANCELLED, Kind.REJECTED, Kind.FAILED, Kind.RESOLVED)
"""Kinds of a sealed patient and contact, by how the booking ended."""

DEFAULT_DAYS: Final[Mapping[Kind, int]] = MappingProxyType(
    {
        Kind.VISITED: 14,
        Kind.CANCELLED: 7,
        Kind.REJECTED: 3,
        Kind.FAILED: 7,
        Kind.RESOLVED: 28,
        Kind.TRACES: 28,
        Kind.BOOKINGS: 1125,
        Kind.HOLDS: 30,
        Kind.WISHES: 365,
        Kind.DISCLOSURES: 1095,
        Kind.SYNC_LOG: 30,
    }
)
"""Days from the visit, or from the end of what it is about; an idempotency key has its own end.

A booking's history says when its patient was erased, and that is kept for three years more.
"""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Every kind's deadline; None where a person decides."""

    keep: Mapping[Kind, timedelta | None]

    @classmethod
    def of(cls, days: Mapping[Kind, int]) -> Deadlines:
        """Take the shipped deadlines, with these in their place; `contradictions` names those that do not agree."""
        kept: dict[Kind, timedelta | None] = {
            kind: timedelta(days=many) for kind, many in {**DEFAULT_DAYS, **days}.items()
        }
        return cls(kept | {Kind.IDEMPOTENCY: timedelta(0), Kind.UNSETTLED: None})

    def contradictions(self) -> Iterator[tuple[Kind, Kind]]:
        """Name each two deadlines of which the former must not be less than the latter."""
        order = [*((Kind.TRACES, kind) for kind in OF_PATIENTS), (Kind.BOOKINGS, Kind.TRACES)]
        for later, earlier in order:
            if (self.keep[later] or timedelta(0)) < (self.keep[earlier] or timedelta(0)):
                yield later, earlier


@dataclass(frozen=True, slots=True)
class Standing:
    """How a kind stands: its deadline as the worker knows it, its oldest row, and what the worker last did."""

    kind: Kind
    keep: timedelta | None
    oldest: datetime | None
    overdue: int
    passed_at: datetime | None
    erased: int
    erased_ever: int

    @property
    def due_at(self) -> datetime | None:
        """Return when the oldest row is to go."""
        return None if self.keep is None or self.oldest is None else self.oldest + self.keep

    def age(self, now: datetime) -> timedelta:
        """Return for how long the oldest row has been kept; nothing while its visit is ahead."""
        return timedelta(0) if self.oldest is None else max(now - self.oldest, timedelta(0))

    @property
    def is_overdue(self) -> bool:
        """Tell whether a row has outlived its deadline by more than the grace."""
        return self.overdue > 0
