"""The shape of a contract profile: what an institution's EMIAS calls things, as data.

A path is dotted (`patient.lastName`). Parameter paths start at the operation's request element, result paths at its
response element, member paths of a list at the list's item.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from gateway.domain.outcomes import Refusal

__all__ = [
    "Call",
    "CancelCall",
    "CancelResult",
    "CreateCall",
    "CreateResult",
    "Faults",
    "FindCall",
    "FindResult",
    "Formats",
    "Operations",
    "ProbeCall",
    "ProbeResult",
    "Profile",
    "Schedule",
    "ScheduleCall",
    "ScheduleResult",
    "Soap",
    "TextRule",
]

Seconds = Annotated[float, Meta(gt=0, le=300)]
Bytes = Annotated[int, Meta(gt=0)]
Days = Annotated[int, Meta(ge=1, le=366)]


class _Table(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file: unknown keys are errors."""


class Soap(_Table, frozen=True, kw_only=True):
    """How the service is spoken to; `binding` is `{namespace}name`, `addressing_to` the server's own address."""

    version: Literal["1.1", "1.2"]
    wsdl: str
    binding: str
    addressing: Literal["auto", "force", "off"] = "auto"
    addressing_to: str | None = None


class Formats(_Table, frozen=True, kw_only=True):
    """How our values are written; dates by strftime, `time_zone` is that of instants without offset."""

    time_zone: str = "Europe/Moscow"
    date: str = "%Y-%m-%d"
    birth_date: str = "%Y-%m-%d"
    snils: Literal["plain", "dashed"] = "plain"
    policy: Literal["number", "series_and_number"] = "number"
    absent: Literal["omit", "nil", "empty"] = "omit"


class Schedule(_Table, frozen=True, kw_only=True):
    """What a schedule reply covers; with `lists_busy` false a slot that is not listed is taken."""

    horizon_days: Days = 30
    days_per_call: Days = 10
    lists_busy: bool = True


class Call(_Table, frozen=True, kw_only=True):
    """One operation: its name, its parameters (path to the name of our value, or `=text`) and its bounds."""

    name: str
    deadline: Seconds
    max_bytes: Bytes
    parameters: dict[str, str] = {}


class ProbeResult(_Table, frozen=True, kw_only=True):
    """Where the version stands."""

    version: str


class ProbeCall(Call, frozen=True, kw_only=True):
    """The cheapest read-only operation."""

    result: ProbeResult


class ScheduleResult(_Table, frozen=True, kw_only=True):
    """Where the slots stand; the doctor's id and institution are compared with those asked for."""

    slots: str
    slot_id: str
    starts_at: str
    ends_at: str | None = None
    is_free: str | None = None
    room: str | None = None
    doctor_id: str | None = None
    lpu_code: str | None = None


class ScheduleCall(Call, frozen=True, kw_only=True):
    """The operation that reads a doctor's slots."""

    result: ScheduleResult


class CreateResult(_Table, frozen=True, kw_only=True):
    """Where the receipt of a booking stands; the doctor and the start are compared with those asked for."""

    appointment_id: str | None = None
    ticket: str | None = None
    starts_at: str | None = None
    doctor_id: str | None = None


class CreateCall(Call, frozen=True, kw_only=True):
    """The operation that books."""

    result: CreateResult


class FindResult(_Table, frozen=True, kw_only=True):
    """Where the patient's appointments stand; any state not among `cancelled_states` is active."""

    appointments: str
    appointment_id: str
    doctor_id: str
    starts_at: str
    state: str | None = None
    cancelled_states: tuple[str, ...] = ()
    slot_id: str | None = None
    ticket: str | None = None
    created_at: str | None = None
    client_ref: str | None = None


class FindCall(Call, frozen=True, kw_only=True):
    """The operation that lists a patient's appointments."""

    result: FindResult


class CancelResult(_Table, frozen=True, kw_only=True):
    """Where the confirmation stands; without one the absence of a fault confirms."""

    cancelled: str | None = None


class CancelCall(Call, frozen=True, kw_only=True):
    """The operation that cancels."""

    result: CancelResult = CancelResult()


class Operations(_Table, frozen=True, kw_only=True):
    """The operations by our names; one that the contract lacks is left out."""

    probe: ProbeCall
    get_schedule: ScheduleCall
    create: CreateCall
    find: FindCall | None = None
    cancel: CancelCall | None = None


class TextRule(_Table, frozen=True, kw_only=True):
    """A refusal told by the fault's text when its code says too little."""

    pattern: str
    refusal: Refusal


class Faults(_Table, frozen=True, kw_only=True):
    """How a typed fault is read; a `doubtful` code does not say whether EMIAS acted."""

    element: str
    code: str
    message: str | None = None
    field: str | None = None
    refusals: dict[str, Refusal] = {}
    doubtful: tuple[str, ...] = ()
    texts: tuple[TextRule, ...] = ()


class Profile(_Table, frozen=True, kw_only=True):
    """A contract as its file says it, and the folder that its WSDL stands in."""

    title: str
    soap: Soap
    operations: Operations
    faults: Faults
    formats: Formats = Formats()
    schedule: Schedule = Schedule()
    folder: str = ""
