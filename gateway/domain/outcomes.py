"""What a call to EMIAS may have done: a closed set, so that every caller must face the unknown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = [
    "Booked",
    "CancelOutcome",
    "Cancelled",
    "Capabilities",
    "Cause",
    "CreateOutcome",
    "NotSent",
    "Refusal",
    "Rejected",
    "RemoteAppointment",
    "Unknown",
]


class Refusal(StrEnum):
    """Kinds of a refusal that EMIAS itself pronounced; `OTHER` carries its code."""

    SLOT_TAKEN = "slot_taken"
    SLOT_LOCKED = "slot_locked"
    SLOT_GONE = "slot_gone"
    SLOT_IN_PAST = "slot_in_past"
    PATIENT_ALREADY_BOOKED = "patient_already_booked"
    PATIENT_BUSY = "patient_busy"
    PATIENT_NOT_FOUND = "patient_not_found"
    PATIENT_DATA_MISMATCH = "patient_data_mismatch"
    NOT_ATTACHED = "not_attached"
    POLICY_INVALID = "policy_invalid"
    AGE_OR_SEX = "age_or_sex"
    REFERRAL_REQUIRED = "referral_required"
    LIMIT_REACHED = "limit_reached"
    VALIDATION = "validation"
    ACCESS_DENIED = "access_denied"
    APPOINTMENT_NOT_FOUND = "appointment_not_found"
    ALREADY_CANCELLED = "already_cancelled"
    CANCEL_TOO_LATE = "cancel_too_late"
    OTHER = "other"


class Cause(StrEnum):
    """Technical causes, as an operator groups them."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    POOL = "pool"
    BUDGET = "budget"
    BREAKER = "breaker"
    STOPPED = "stopped"
    TIMEOUT = "timeout"
    RESET = "reset"
    RATE_LIMITED = "rate_limited"
    HTTP_STATUS = "http_status"
    NOT_XML = "not_xml"
    TRUNCATED = "truncated"
    GARBLED = "garbled"
    TOO_LARGE = "too_large"
    FORBIDDEN_XML = "forbidden_xml"
    FAULT_WITHOUT_CODE = "fault_without_code"
    CONTRACT_MISMATCH = "contract_mismatch"
    REFUSED = "refused"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Booked:
    """EMIAS made the appointment; `appointment_id` is None where the contract returns none at once."""

    appointment_id: str | None
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """EMIAS refused in its own words; nothing was made."""

    kind: Refusal
    code: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """The request surely never reached EMIAS; `retry_after` in seconds where known."""

    cause: Cause
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """EMIAS may or may not have acted; the evidence holds no personal data."""

    cause: Cause
    http_status: int | None = None
    code: str | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The appointment is cancelled in EMIAS; `already` when it had been before this call."""

    already: bool = False


CreateOutcome = Booked | Rejected | NotSent | Unknown
CancelOutcome = Cancelled | Rejected | NotSent | Unknown


@dataclass(frozen=True, slots=True)
class RemoteAppointment:
    """An appointment as EMIAS's look-up lists it; `starts_at` carries the Moscow zone."""

    appointment_id: str
    emias_doctor_id: str
    starts_at: datetime
    active: bool
    emias_slot_id: str | None = None
    ticket: str | None = None
    created_at: datetime | None = None
    client_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an institution's contract can do, as its profile says.

    `echoes_client_ref` when the look-up lists the reference that each create call carried.
    """

    lookup: bool
    cancel: bool
    returns_appointment_id: bool
    lists_busy_slots: bool
    horizon_days: int = field(default=30)
    echoes_client_ref: bool = False
