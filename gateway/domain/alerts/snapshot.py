"""What the rules look at: the installation at one instant, without a single patient's row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from gateway.domain.circuit import Lane

__all__ = ["Certificate", "Circuits", "Clinic", "ErrorCount", "OverdueKind", "RefusedList", "Snapshot", "Voice"]


@dataclass(frozen=True, slots=True)
class Clinic:
    """An institution: bookings in doubt with the age in seconds of the oldest, recent bookings, its schedules."""

    lpu_code: str
    in_doubt: int = 0
    oldest_doubt: float = 0.0
    manual: int = 0
    came_through: int = 0
    lost: int = 0
    submitted: int = 0
    taken: int = 0
    schedules: int = 0
    lagging: int = 0
    quarantined: int = 0
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Circuits:
    """A lane of an institution; None while no living process has seen its breaker."""

    lpu_code: str
    lane: Lane
    is_tripped: bool | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of ours and when it ends."""

    channel: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RefusedList:
    """A site's list that waits for a person."""

    site: str
    missing: int


@dataclass(frozen=True, slots=True)
class OverdueKind:
    """A kind of personal rows: how many have outlived their deadline and its grace, and the oldest of it by days."""

    kind: str
    rows: int
    days: int = 0


@dataclass(frozen=True, slots=True)
class Voice:
    """A kind of process: seconds since any of it spoke, None when none ever did, and its loops that do not turn."""

    process: Literal["gateway", "sync"]
    silence: float | None
    stuck_loops: str = ""


@dataclass(frozen=True, slots=True)
class ErrorCount:
    """A group of equal errors; `age` in seconds since the last, `is_known` once a person has marked it."""

    group: str
    ending: str
    cause: str
    operation: str
    lpu_code: str
    times: int
    doctors: int
    age: float
    is_known: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything as of `now`, the database's clock."""

    now: datetime
    clinics: tuple[Clinic, ...] = ()
    circuits: tuple[Circuits, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    refused_lists: tuple[RefusedList, ...] = ()
    overdue: tuple[OverdueKind, ...] = ()
    voices: tuple[Voice, ...] = ()
    errors: tuple[ErrorCount, ...] = ()
