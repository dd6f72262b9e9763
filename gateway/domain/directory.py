"""Doctors as the site lists them and free slots as it shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from gateway.domain.schedule import EmiasDoctorRef

__all__ = ["Alternative", "Doctor", "DoctorSlots", "FeedDoctor", "FeedMapping", "FreeSlot", "Specialty"]


@dataclass(frozen=True, slots=True)
class Specialty:
    """A specialty with at least one bookable doctor; `doctors` counts those."""

    id: str
    name: str
    doctors: int


@dataclass(frozen=True, slots=True)
class Doctor:
    """A doctor of one site. `id` is the site's own (Bitrix element id); `reason` says why not bookable."""

    id: str
    name: str
    specialty_id: str
    specialty_name: str
    lpu_codes: tuple[str, ...]
    bookable: bool
    reason: str | None
    next_free: datetime | None
    as_of: datetime | None
    sort: int


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A slot that is, or just was, for sale; `emias_slot_id` is EMIAS's own name for it at the last read."""

    id: UUID
    doctor: EmiasDoctorRef
    doctor_id: str
    doctor_name: str
    emias_slot_id: str
    starts_at: datetime
    ends_at: datetime | None
    room: str | None


@dataclass(frozen=True, slots=True)
class DoctorSlots:
    """A doctor's free slots in a range of days.

    `as_of` is the oldest read among the doctor's institutions, None before the first. `changes_at` is the next instant
    at which the answer changes by time alone (a hold that ends, a slot that begins). `source_ids` are the EMIAS doctor
    rows whose news concern the answer.
    """

    doctor_id: str
    as_of: datetime | None
    first: date
    last: date
    slots: tuple[FreeSlot, ...]
    source_ids: tuple[int, ...]
    changes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A free slot offered in place of one that was taken."""

    slot: FreeSlot
    same_doctor: bool


@dataclass(frozen=True, slots=True)
class FeedMapping:
    """Where EMIAS knows a doctor: institution and id, as the site's editor typed them."""

    lpu_code: str
    emias_doctor_id: str


@dataclass(frozen=True, slots=True)
class FeedDoctor:
    """A doctor as the site's feed tells; `hash` is the site's own digest of the element."""

    element_id: str
    xml_id: str | None
    name: str
    active: bool
    specialty_id: str
    specialty_name: str
    mappings: tuple[FeedMapping, ...]
    sort: int
    hash: str
