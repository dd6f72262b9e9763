"""Slots and schedules as EMIAS shows them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple, Self

from gateway.domain.moscow import as_moscow, moscow_day

__all__ = ["DoctorHint", "EmiasDoctorRef", "RemoteSlot", "ScheduleWindow", "SlotKey", "Unchanged"]

_LONGEST_HINT: Final = 300
_SLOT_NAMESPACE = uuid.UUID("5f0d2a0e-6a39-5a3b-9d5e-0f6a5c1f7c11")


class EmiasDoctorRef(NamedTuple):
    """A doctor as one institution's EMIAS knows them."""

    lpu_code: str
    emias_doctor_id: str


class DoctorHint(NamedTuple):
    """What EMIAS itself calls a doctor and the specialty; None where the contract does not say."""

    name: str | None = None
    specialty: str | None = None

    @classmethod
    def of(cls, name: str | None, specialty: str | None) -> Self:
        """Take what EMIAS says, each in one line; what is empty, or too long to be a name, is not said."""
        return cls(_line(name), _line(specialty))

    def or_else(self, other: DoctorHint) -> DoctorHint:
        """Add from another hint what this one does not say."""
        return DoctorHint(self.name or other.name, self.specialty or other.specialty)


class SlotKey(NamedTuple):
    """The identity of a slot: whatever ids a contract deals out, these three never change."""

    doctor: EmiasDoctorRef
    starts_at: datetime

    def public_id(self) -> uuid.UUID:
        """Return the id under which the site sees this slot: the same in every process and at every read."""
        instant = int(as_moscow(self.starts_at).timestamp())
        return uuid.uuid5(_SLOT_NAMESPACE, f"{self.doctor.lpu_code}\x1f{self.doctor.emias_doctor_id}\x1f{instant}")


class RemoteSlot(NamedTuple):
    """One slot of a schedule reply; instants carry the Moscow zone."""

    starts_at: datetime
    emias_slot_id: str
    is_free: bool
    ends_at: datetime | None = None
    room: str | None = None


@dataclass(frozen=True, slots=True)
class ScheduleWindow:
    """What EMIAS answered for one doctor and a range of days.

    `covered_from` and `covered_to` (both included) bound what the reply speaks of; absence outside proves nothing.
    `digest` names the reply's content together with its range, so that an equal one need not be read again.
    """

    doctor: EmiasDoctorRef
    slots: tuple[RemoteSlot, ...]
    covered_from: date
    covered_to: date
    digest: str
    hint: DoctorHint = field(default_factory=DoctorHint)

    def covers(self, starts_at: datetime) -> bool:
        """Tell whether the reply speaks of the day on which the instant falls."""
        return self.covered_from <= moscow_day(starts_at) <= self.covered_to


@dataclass(frozen=True, slots=True)
class Unchanged:
    """EMIAS answered with the very content whose digest the caller already has."""

    digest: str


def _line(said: str | None) -> str | None:
    line = " ".join(word for word in (said or "").split() if word.isprintable())
    return line if 0 < len(line) <= _LONGEST_HINT else None
