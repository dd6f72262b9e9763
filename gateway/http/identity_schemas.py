"""What callers send and receive of a Gosuslugi login, as JSON; nobody is named but by a mask."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct

from gateway.http.schemas import SNILS, OmsBody

__all__ = [
    "CallbackBody",
    "IdentifiedBookingBody",
    "IdentifiedOut",
    "IdentityOut",
    "LoginBody",
    "LoginOut",
    "RefusedCallbackBody",
    "RefusedLoginOut",
    "SubjectOut",
    "TypedBody",
]

SessionRef = Annotated[
    str,
    Meta(pattern="^[!-~]{16,128}$", description="The site's opaque name of the visitor's session: an HMAC of its id"),
]
RETURN_PATH: Final = r"^/(?![/\\])[!-\[\]-~]*$"
IdentityTicketText = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{43}$")]
PolicyStateName = Literal["verified", "unverified", "absent"]


class TypedBody(Struct, omit_defaults=True, forbid_unknown_fields=True):
    """What Gosuslugi does not tell of a person: a policy that it knows not or has not verified, a missing SNILS."""

    oms: OmsBody | None = None
    snils: Annotated[str, Meta(pattern=SNILS)] | None = None


class IdentifiedBookingBody(Struct, omit_defaults=True, forbid_unknown_fields=True):
    """The same with the ticket of a Gosuslugi login in the patient's place.

    `subject` is for whom (else the holder of the account); `patient` tells what Gosuslugi does not.
    """

    hold_id: UUID
    identity_ticket: IdentityTicketText
    session_ref: SessionRef
    subject: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    patient: TypedBody | None = None
    referral: Annotated[str, Meta(max_length=64)] | None = None
    contact: Annotated[str, Meta(max_length=200)] | None = None


class IdentityOut(Struct, frozen=True):
    """Whether visitors can log in through Gosuslugi, and by whom they are known."""

    enabled: bool
    provider: Literal["off", "esia", "broker"]


class LoginBody(Struct):
    """Who wants to log in, and the path of the site to come back to."""

    session_ref: SessionRef
    return_path: Annotated[str, Meta(min_length=1, max_length=512, pattern=RETURN_PATH)]


class LoginOut(Struct, frozen=True):
    """Send the browser to `authorize_url`; keep `login_id` in the visitor's session."""

    login_id: UUID
    authorize_url: str
    expires_at: datetime


class CallbackBody(Struct):
    """What the callback brought."""

    code: Annotated[str, Meta(min_length=1, max_length=4096)]
    state: Annotated[str, Meta(min_length=1, max_length=128)]
    session_ref: SessionRef


class RefusedCallbackBody(Struct):
    """What the callback brought in place of a code."""

    error: Annotated[str, Meta(min_length=1, max_length=200)]
    state: Annotated[str, Meta(min_length=1, max_length=128)]
    session_ref: SessionRef
    error_description: str | None = None


class SubjectOut(Struct, frozen=True):
    """Somebody who may be booked with a ticket, masked."""

    subject: str
    display: str
    snils_mask: str | None
    has_snils: bool
    oms: PolicyStateName


class IdentifiedOut(Struct, frozen=True):
    """A ticket, and the holder of the account, masked; `subjects` adds the children for whom they may act."""

    ticket: str
    expires_at: datetime
    return_path: str
    source: Literal["esia", "broker"]
    trusted: bool
    display: str
    snils_mask: str | None
    has_snils: bool
    oms: PolicyStateName
    subjects: tuple[SubjectOut, ...]
    logout_url: str | None


class RefusedLoginOut(Struct, frozen=True):
    """Why there was no login, in words for the visitor."""

    reason: str
    esia_code: str | None
    title: str
    detail: str
    return_path: str
