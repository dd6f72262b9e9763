"""Errors of the domain; they know no HTTP.

GatewayError
├── InvalidInput ─ FieldError             what the caller sent cannot be right
├── NotFound                              doctor, slot, hold or booking (`what`)
├── SlotHeld · SlotTaken                  somebody else has it (alternatives go with it)
├── TooManyHolds                          this visitor or key holds enough already
├── HoldExpired · RenewalsExhausted       the five minutes are over
├── BookingRefused                        EMIAS refused, and says why (`outcome`)
├── EmiasUnavailable                      surely not sent; try later
├── NotCancellable                        not booked, or EMIAS says too late
├── IdempotencyReused · IdempotencyInProgress
├── LoginExpired · LoginMismatch          a Gosuslugi login is over, or another visitor's
├── LoginFailed                           it brought no identity, and why (`reason`)
├── TicketExpired · TicketMismatch        so is its ticket
├── IdentityUnavailable                   no login now; booking by hand goes on
├── MirrorRefused                         the site's doctor feed cannot be believed or read
└── EmiasFailure                          a read of EMIAS brought nothing to believe (`cause`)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from gateway.domain.booking import Booking
    from gateway.domain.directory import Alternative
    from gateway.domain.login_failure import FailureReason
    from gateway.domain.outcomes import Cause, Rejected

__all__ = [
    "BookingRefused",
    "EmiasFailure",
    "EmiasUnavailable",
    "FieldError",
    "FieldProblem",
    "GatewayError",
    "HoldExpired",
    "IdempotencyInProgress",
    "IdempotencyReused",
    "IdentityUnavailable",
    "InvalidInput",
    "LoginExpired",
    "LoginFailed",
    "LoginMismatch",
    "MirrorRefused",
    "NotCancellable",
    "NotFound",
    "RenewalsExhausted",
    "SlotHeld",
    "SlotTaken",
    "TicketExpired",
    "TicketMismatch",
    "TooManyHolds",
]


class GatewayError(Exception):
    """Base of all errors that a door turns into an answer."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field and the stable code of what is wrong with it; never its value."""

    field: str
    code: str


class InvalidInput(GatewayError):
    """What the caller sent cannot be right; every wrong field is named."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__(", ".join(f"{problem.field}: {problem.code}" for problem in problems))
        self.problems = tuple(problems)


class FieldError(InvalidInput):
    """One field cannot be right."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__([FieldProblem(field, code)])


class NotFound(GatewayError):
    """There is no such thing for this site: `what` is doctor, slot, hold or booking."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class _Offering(GatewayError):
    """Somebody else has the slot; other free slots go with the news."""

    def __init__(self, alternatives: Sequence[Alternative] = ()) -> None:
        super().__init__(type(self).__name__)
        self.alternatives = tuple(alternatives)


class SlotHeld(_Offering):
    """Another visitor holds the slot or is booking it."""


class SlotTaken(_Offering):
    """The slot is no longer for sale; `slot_id` names it where the caller may not know it."""

    def __init__(self, alternatives: Sequence[Alternative] = (), slot_id: UUID | None = None) -> None:
        super().__init__(alternatives)
        self.slot_id = slot_id


class TooManyHolds(GatewayError):
    """This visitor or key holds as many slots as it may; `retry_after` in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many holds")
        self.retry_after = retry_after


class HoldExpired(GatewayError):
    """The hold has ended and the slot may be another's."""


class RenewalsExhausted(GatewayError):
    """The hold may not be renewed again."""


class BookingRefused(GatewayError):
    """EMIAS refused the booking for a reason that lies with the patient's data or rights.

    `standing` is the patient's other booking of the site, booked or in doubt, that the refusal may speak of.
    """

    def __init__(self, outcome: Rejected, standing: Booking | None = None) -> None:
        super().__init__(outcome.kind.value)
        self.outcome = outcome
        self.standing = standing


class EmiasUnavailable(GatewayError):
    """The request surely was not sent to EMIAS; `retry_after` in seconds."""

    def __init__(self, cause: Cause, retry_after: int) -> None:
        super().__init__(cause.value)
        self.cause = cause
        self.retry_after = retry_after


class NotCancellable(GatewayError):
    """The booking is not in a state to cancel, or EMIAS says that it is too late (`reason`)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class IdempotencyReused(GatewayError):
    """The key has already been used for another request."""


class IdempotencyInProgress(GatewayError):
    """The first request under this key is still running; `booking_id` names what it works on, when known."""

    def __init__(self, retry_after: int, booking_id: UUID | None = None) -> None:
        super().__init__("in progress")
        self.retry_after = retry_after
        self.booking_id = booking_id


class LoginExpired(GatewayError):
    """There is no such Gosuslugi login: never begun, finished before, or too old."""


class LoginMismatch(GatewayError):
    """The login was begun by another visitor, another site's key, or under another id."""


class LoginFailed(GatewayError):
    """Gosuslugi told no identity that may be used; `code` is its own (`ESIA-0070NN`), where it gave one."""

    def __init__(self, reason: FailureReason, code: str | None = None) -> None:
        super().__init__(f"{reason.value} {code or ''}".strip())
        self.reason = reason
        self.code = code


class TicketExpired(GatewayError):
    """There is no such identity ticket: spent, revoked or too old."""


class TicketMismatch(GatewayError):
    """The identity ticket is another visitor's or another key's."""


class IdentityUnavailable(GatewayError):
    """No login can be begun or finished now; `retry_after` in seconds."""

    def __init__(self, retry_after: int = 30) -> None:
        super().__init__("identity unavailable")
        self.retry_after = retry_after


class MirrorRefused(GatewayError):
    """The site's doctor feed was not believed: the last mirror stays (`reason` is a stable code)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class EmiasFailure(GatewayError):
    """A read of EMIAS brought nothing to believe; `retry_after` in seconds where EMIAS gave it."""

    def __init__(
        self,
        cause: Cause,
        *,
        http_status: int | None = None,
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{cause.value} {http_status or ''} {code or ''}".strip())
        self.cause = cause
        self.http_status = http_status
        self.code = code
        self.retry_after = retry_after
