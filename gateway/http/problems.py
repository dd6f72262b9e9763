"""The one place where an error becomes a status and a code; what is not known here is a bare 500."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import msgspec
from litestar.exceptions import HTTPException

from gateway.domain import errors
from gateway.domain.booking import BookingState
from gateway.domain.login_failure import PERSONS_OWN_REASONS, FailureReason
from gateway.domain.outcomes import Refusal, Rejected
from gateway.http.language import Language
from gateway.http.problem_kinds import PROBLEM_KINDS, ProblemKind
from gateway.http.problem_words import LOGIN_WORDS, REFUSAL_WORDS, field_message
from gateway.http.schemas import FieldProblemOut, ProblemOut
from gateway.http.shapes import alternatives_out
from gateway.store.engine import OUTAGES

__all__ = ["DoorError", "Told", "login_code", "problem_bytes", "refusal_code", "tell"]


class DoorError(Exception):
    """The door itself refuses, by the code of a kind of problem; `retry_after` in seconds."""

    def __init__(self, code: str, *, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Told:
    """A problem before it is put into words; `cause` may bring alternatives, fields or a refusal."""

    kind: ProblemKind
    cause: Exception
    retry_after: int | None
    allow: str | None


_BY_HTTP_STATUS: Final = MappingProxyType(
    {
        400: "bad_request",
        404: "not_found",
        405: "method_not_allowed",
        413: "body_too_large",
        415: "unsupported_media_type",
    }
)
_BY_REFUSAL: Final = MappingProxyType(
    dict.fromkeys((Refusal.SLOT_TAKEN, Refusal.SLOT_LOCKED, Refusal.SLOT_GONE, Refusal.SLOT_IN_PAST), "slot_taken")
    | {Refusal.PATIENT_ALREADY_BOOKED: "patient_already_booked", Refusal.PATIENT_BUSY: "patient_busy"}
    | dict.fromkeys(REFUSAL_WORDS, "patient_rejected")
)
_PLAIN: Final[MappingProxyType[type[Exception], str]] = MappingProxyType(
    {
        errors.InvalidInput: "validation_failed",
        errors.FieldError: "validation_failed",
        errors.SlotHeld: "slot_held",
        errors.SlotTaken: "slot_taken",
        errors.TooManyHolds: "too_many_holds",
        errors.HoldExpired: "hold_expired",
        errors.RenewalsExhausted: "renewals_exhausted",
        errors.EmiasUnavailable: "emias_unavailable",
        errors.EmiasFailure: "emias_unavailable",
        errors.NotCancellable: "not_cancellable",
        errors.IdempotencyReused: "idempotency_key_reused",
        errors.IdempotencyInProgress: "idempotency_in_progress",
        errors.IdentityUnavailable: "identity_unavailable",
        errors.LoginExpired: "login_expired",
        errors.LoginMismatch: "login_mismatch",
        errors.TicketExpired: "ticket_expired",
        errors.TicketMismatch: "ticket_mismatch",
    }
)
_EMIAS_FIELDS: Final = frozenset(
    {"last_name", "first_name", "middle_name", "birth_date", "snils", "oms", "oms.number", "oms.series", "sex"}
)
_REASONS: Final = frozenset({*(kind.value for kind in Refusal), *(state.value for state in BookingState)})
_UNAVAILABLE_FOR: Final = 5


def refusal_code(kind: Refusal) -> str:
    """Name the problem that a refusal by EMIAS is; what we cannot explain to a patient is `emias_refused`."""
    return _BY_REFUSAL.get(kind, "emias_refused")


def login_code(reason: FailureReason) -> str:
    """Name the problem that a failed login is: the person's own to solve, or not."""
    return "login_refused" if reason in PERSONS_OWN_REASONS else "login_failed"


def tell(error: Exception) -> Told:
    """Find the kind of problem that an error is."""
    allow = (
        error.headers["allow"]
        if isinstance(error, HTTPException) and error.headers and "allow" in error.headers
        else None
    )
    return Told(PROBLEM_KINDS[_code(error)], error, _retry_after(error), allow)


def _code(error: Exception) -> str:
    found = _PLAIN.get(type(error), "internal_error")
    match error:
        case DoorError():
            found = error.code
        case errors.NotFound():
            found = f"{error.what}_not_found"
        case errors.BookingRefused():
            found = refusal_code(error.outcome.kind)
        case errors.LoginFailed():
            found = login_code(error.reason)
        case HTTPException():
            found = _BY_HTTP_STATUS.get(error.status_code, "internal_error")
        case _ if isinstance(error, OUTAGES):
            found = "temporarily_unavailable"
    return found


def _retry_after(error: Exception) -> int | None:
    match error:
        case DoorError():
            return error.retry_after
        case (
            errors.TooManyHolds()
            | errors.EmiasUnavailable()
            | errors.IdempotencyInProgress()
            | errors.IdentityUnavailable()
        ):
            return max(error.retry_after, 1)
        case errors.EmiasFailure():
            return max(round(error.retry_after or _UNAVAILABLE_FOR), 1)
    return _UNAVAILABLE_FOR if isinstance(error, OUTAGES) else None


def problem_bytes(told: Told, language: Language, request_id: str) -> bytes:
    """Put a problem into words; neither a caller's nor EMIAS's own text is repeated."""
    kind, cause = told.kind, told.cause
    detail, reason, esia_code = kind.detail, None, None
    fields: tuple[errors.FieldProblem, ...] = ()
    match cause:
        case errors.InvalidInput():
            fields = cause.problems
        case errors.BookingRefused():
            reason = cause.outcome.kind.value
            detail = REFUSAL_WORDS.get(cause.outcome.kind, detail)
            fields = _refused_fields(cause.outcome)
        case errors.LoginFailed():
            reason, esia_code = cause.reason.value, cause.code
            detail = LOGIN_WORDS.get(cause.reason, detail)
        case errors.NotCancellable() if cause.reason in _REASONS:
            reason = cause.reason
    alternatives = (
        alternatives_out(cause.alternatives) if isinstance(cause, (errors.SlotHeld, errors.SlotTaken)) else None
    )
    return msgspec.json.encode(
        ProblemOut(
            kind.type,
            kind.title.told(language),
            kind.status,
            detail.told(language),
            kind.code,
            request_id,
            reason,
            alternatives,
            tuple(FieldProblemOut(one.field, one.code, field_message(one.code, language)) for one in fields) or None,
            told.retry_after,
            cause.standing.id if isinstance(cause, errors.BookingRefused) and cause.standing else None,
            esia_code,
        )
    )


def _refused_fields(outcome: Rejected) -> tuple[errors.FieldProblem, ...]:
    if outcome.field not in _EMIAS_FIELDS:
        return ()
    return (errors.FieldProblem(f"patient.{outcome.field}", outcome.kind.value),)
