"""What people may ask the worker for, and how a wish ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

__all__ = ["DECISIONS", "Ending", "Later", "Said", "Wish", "WishKind", "WishState", "about"]


class WishKind(StrEnum):
    """What is wished; the comment names the subject."""

    RESOLVE_BOOKED = "resolve_booked"  # a booking's id
    RESOLVE_ABSENT = "resolve_absent"  # a booking's id
    CANCEL_BOOKING = "cancel_booking"  # a booking's id
    RETRY_BOOKING = "retry_booking"  # a booking's id
    REFRESH_DOCTOR = "refresh_doctor"  # an EMIAS doctor's row
    TEST_MAPPING = "test_mapping"  # a mapping's row
    SWITCH = "switch"  # an LPU code
    RETRY_FAILED = "retry_failed"  # an LPU code
    PAUSE_RETRIES = "pause_retries"  # an LPU code
    RESUME_RETRIES = "resume_retries"  # an LPU code


DECISIONS: Final = frozenset(
    {WishKind.RESOLVE_BOOKED, WishKind.RESOLVE_ABSENT, WishKind.CANCEL_BOOKING, WishKind.RETRY_BOOKING}
)
"""Of these a booking has one open at most; the database holds the same list."""


class WishState(StrEnum):
    """Where a wish stands.

    `done` was carried out and its result tells what came of it; `refused` did nothing, by a rule; `failed` came to
    nothing and may be wished again.
    """

    NEW = "new"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


_NOUNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        WishKind.REFRESH_DOCTOR: "emias_doctor",
        WishKind.TEST_MAPPING: "mapping",
        WishKind.SWITCH: "institution",
        WishKind.RETRY_FAILED: "institution",
        WishKind.PAUSE_RETRIES: "institution",
        WishKind.RESUME_RETRIES: "institution",
    }
)


def about(kind: WishKind, subject: str) -> str:
    """Name what a wish is about, as logs do: `booking:<id>` and the like."""
    return f"{_NOUNS.get(kind, 'booking')}:{subject}"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in both languages, without personal data."""

    russian: str
    english: str

    def __str__(self) -> str:
        return f"{self.russian} · {self.english}"


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish that this worker has leased; `token` fences the lease, `tries` counts leases since it was put back.

    `is_expired` when nobody began it in time; `data` is what an earlier step left.
    """

    id: int
    kind: WishKind
    subject: str
    arguments: Mapping[str, Any] = field(repr=False)
    reason: str
    wished_by: str
    wished_at: datetime
    token: int
    tries: int
    is_expired: bool
    parent_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def about(self) -> str:
        """Name the subject as logs do."""
        return about(self.kind, self.subject)

    @property
    def actor(self) -> str:
        """Return how histories and logs name whoever wished."""
        return f"admin:{self.wished_by}"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a wish ended, and what was found."""

    state: WishState
    said: Said
    data: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def done(cls, said: Said, **data: Any) -> Ending:
        """Make the ending of a wish that was carried out."""
        return cls(WishState.DONE, said, data)

    @classmethod
    def refused(cls, said: Said, **data: Any) -> Ending:
        """Make the ending of a wish that a rule forbids."""
        return cls(WishState.REFUSED, said, data)

    @classmethod
    def failed(cls, said: Said, **data: Any) -> Ending:
        """Make the ending of a wish of which nothing came."""
        return cls(WishState.FAILED, said, data)


@dataclass(frozen=True, slots=True)
class Later:
    """A wish that goes on after a while; `is_step` when that was planned and is no failed try."""

    after: timedelta
    said: Said
    data: Mapping[str, Any] = field(default_factory=dict)
    is_step: bool = False
