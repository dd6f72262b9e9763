"""What callers send and receive, as JSON. Absent optional fields are left out; nullable ones are always there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct

__all__ = [
    "SNILS",
    "AlternativeOut",
    "BookingBody",
    "BookingOut",
    "BookingPendingOut",
    "CancelBody",
    "ClockOut",
    "DayOut",
    "DoctorListOut",
    "DoctorNameOut",
    "DoctorOut",
    "DoctorSlotsOut",
    "EventBody",
    "EventsBody",
    "EventsOut",
    "FieldProblemOut",
    "HoldBody",
    "HoldOut",
    "InstitutionStateOut",
    "LookupBody",
    "OmsBody",
    "PatientBody",
    "PendingState",
    "ProblemOut",
    "SlotOut",
    "SpecialtyNameOut",
    "SpecialtyOut",
    "StatusOut",
    "SyncOut",
]

SNILS: Final = r"^[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{2}$"
Text100 = Annotated[str, Meta(min_length=1, max_length=100)]
BirthDate = Annotated[
    str,
    Meta(
        pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}\.[0-9]{2}\.[0-9]{4})$", description="YYYY-MM-DD or DD.MM.YYYY"
    ),
]
PendingState = Literal["submitting", "in_doubt", "manual", "cancelling", "cancel_in_doubt"]
BookingStateName = Literal[
    "submitting",
    "booked",
    "rejected",
    "failed",
    "in_doubt",
    "manual",
    "cancelling",
    "cancelled",
    "cancel_in_doubt",
]


class SpecialtyOut(Struct, frozen=True):
    """A specialty with bookable doctors; `doctors` counts those."""

    id: str
    name: str
    doctors: int


class SpecialtyNameOut(Struct, frozen=True):
    """A doctor's specialty."""

    id: str
    name: str


class DoctorOut(Struct, frozen=True, omit_defaults=True):
    """A doctor of the site; `reason` says why not bookable, `lpu_code` is the first of `lpu_codes`."""

    id: str
    name: str
    specialty: SpecialtyNameOut
    lpu_code: str | None
    lpu_codes: tuple[str, ...]
    bookable: bool
    next_free: datetime | None
    as_of: datetime | None
    stale: bool
    reason: str | None = None


class DoctorListOut(Struct, frozen=True):
    """A page of doctors; `next_cursor` is null on the last one."""

    items: tuple[DoctorOut, ...]
    next_cursor: str | None


class SlotOut(Struct, frozen=True, omit_defaults=True):
    """A slot; instants are Moscow time with its offset."""

    id: UUID
    starts_at: datetime
    lpu_code: str
    ends_at: datetime | None = None
    room: str | None = None


class DayOut(Struct, frozen=True):
    """The free slots of one Moscow day, by start."""

    date: date
    slots: tuple[SlotOut, ...]


class DoctorSlotsOut(Struct, frozen=True):
    """A doctor's free slots; `as_of` is when EMIAS last told them, `stale` that this is too long ago."""

    doctor_id: str
    as_of: datetime | None
    stale: bool
    days: tuple[DayOut, ...]


class DoctorNameOut(Struct, frozen=True):
    """Who sees the patient."""

    id: str
    name: str


class HoldOut(Struct, frozen=True):
    """A hold; `verified` is false when EMIAS could not be asked anew in time."""

    id: UUID
    slot: SlotOut
    doctor: DoctorNameOut
    expires_at: datetime
    renewals_left: int
    verified: bool


class BookingOut(Struct, frozen=True, omit_defaults=True):
    """A booking without its patient; `status_url` and `retry_after` (seconds) while its state is not final."""

    id: UUID
    state: BookingStateName
    slot: SlotOut
    doctor: DoctorNameOut
    emias_appointment_id: str | None = None
    ticket: str | None = None
    reason: str | None = None
    status_url: str | None = None
    retry_after: int | None = None


class BookingPendingOut(Struct, frozen=True):
    """EMIAS's answer is not known yet: ask `status_url` again after `retry_after` seconds."""

    id: UUID
    state: PendingState
    status_url: str
    retry_after: int


class AlternativeOut(Struct, frozen=True):
    """A free slot in place of one that was lost."""

    slot_id: UUID
    doctor_id: str
    doctor_name: str
    lpu_code: str
    starts_at: datetime
    same_doctor: bool


class FieldProblemOut(Struct, frozen=True):
    """A wrong field; `code` is stable, `message` is for people."""

    field: str
    code: str
    message: str


class ProblemOut(Struct, frozen=True, omit_defaults=True):
    """A problem as RFC 9457 has it; act on `code`, show `title` and `detail`.

    `booking_id` names the patient's other booking of this site, made or still in doubt, that stands in the way;
    `esia_code` is what Gosuslugi said (`ESIA-0070NN`).
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    reason: str | None = None
    alternatives: tuple[AlternativeOut, ...] | None = None
    errors: tuple[FieldProblemOut, ...] | None = None
    retry_after: int | None = None
    booking_id: UUID | None = None
    esia_code: str | None = None


class SyncOut(Struct, frozen=True):
    """How fresh the mirror is; `lagging` counts bookable doctors that are shown as stale."""

    oldest_as_of: datetime | None
    lagging: int
    doctors: int


class ClockOut(Struct, frozen=True):
    """The gateway's clock, and by how many seconds the database's differs."""

    now: datetime
    skew_seconds: float


class InstitutionStateOut(Struct, frozen=True):
    """How one institution's EMIAS answers; `stopped` when an operator lets nothing be sent to it."""

    lpu_code: str
    emias: Annotated[str, Meta(extra_json_schema={"enum": ["up", "partial", "down", "stopped"]})]


class StatusOut(Struct, frozen=True):
    """The gateway for a site's health page."""

    status: Literal["ok", "degraded", "down"]
    emias: Annotated[str, Meta(extra_json_schema={"enum": ["up", "partial", "down", "unknown"]})]
    institutions: tuple[InstitutionStateOut, ...]
    sync: SyncOut
    clock: ClockOut


class EventBody(Struct):
    """An element of the site's doctor list that has changed; `uuid` names the event, not the element."""

    uuid: UUID
    element_id: Annotated[str, Meta(pattern="^[1-9][0-9]{0,17}$")] | Annotated[int, Meta(ge=1)]
    kind: Literal["upsert", "delete"]


class EventsBody(Struct):
    """A batch of events, in any order."""

    events: Annotated[tuple[EventBody, ...], Meta(min_length=1, max_length=100)]


class EventsOut(Struct, frozen=True):
    """How many events were new, and how many had come before."""

    accepted: int
    duplicates: int


class HoldBody(Struct, omit_defaults=True):
    """Which slot to hold; `doctor_id` when several of the site's doctors share it."""

    slot_id: UUID
    doctor_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None


class OmsBody(Struct, omit_defaults=True):
    """An OMS policy; its kind is told by its form when not given."""

    number: Annotated[str, Meta(min_length=6, max_length=32)]
    series: Annotated[str, Meta(max_length=16)] | None = None
    kind: Literal["enp", "old", "temporary"] | None = None


class PatientBody(Struct, omit_defaults=True, forbid_unknown_fields=True):
    """The person to be booked; a SNILS and an ENP are checked by their control digits."""

    last_name: Text100
    first_name: Text100
    birth_date: BirthDate
    snils: Annotated[str, Meta(pattern=SNILS)]
    oms: OmsBody
    middle_name: Annotated[str, Meta(max_length=100)] | None = None
    sex: Literal["F", "M"] | None = None


class BookingBody(Struct, omit_defaults=True):
    """The final submission; `contact` is a phone or an e-mail, `referral` the number of a referral."""

    hold_id: UUID
    patient: PatientBody
    referral: Annotated[str, Meta(max_length=64)] | None = None
    contact: Annotated[str, Meta(max_length=200)] | None = None


class CancelBody(Struct):
    """Why the booking is cancelled."""

    reason: Literal["patient_request", "mistake", "illness", "other"]


class LookupBody(Struct):
    """What a guest knows of a booking."""

    ticket: Text100
    birth_date: BirthDate
