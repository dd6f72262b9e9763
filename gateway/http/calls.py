"""What a call is: the scope that it asks of a key, and what the OpenAPI document says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

__all__ = [
    "ACCEPT_LANGUAGE",
    "CALL",
    "CLIENT_REF",
    "IDEMPOTENCY_KEY",
    "IF_NONE_MATCH",
    "NOT_MODIFIED",
    "PATH_PARAMETERS",
    "PENDING",
    "REPLAYED",
    "Answer",
    "Call",
    "Parameter",
    "Scope",
    "documented",
]

Scope = Literal["read", "book", "events", "identity"]
CALL: Final = "call"
"""Where a handler's `opt` keeps its `Call`."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter or header with its JSON schema."""

    name: str
    place: Literal["query", "header", "path"]
    schema: Mapping[str, Any]
    description: str
    example: Any
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: its type (None for an empty body), an example, and the headers that matter."""

    description: str
    type: Any = None
    example: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One operation; `problems` are the codes beyond those that any call with a key may meet.

    `other_body` is a second form that the body may have.
    """

    id: str
    summary: str
    tag: str
    scope: Scope
    answers: Mapping[int, Answer]
    description: str = ""
    problems: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
    body_example: Any = None
    other_body: Any = None
    other_body_example: Any = None


def documented(call: Call) -> dict[str, Any]:
    """Return a handler's `opt` for a call that needs a key."""
    return {CALL: call}


ACCEPT_LANGUAGE: Final = Parameter(
    "Accept-Language", "header", {"type": "string"}, "Language of problems: `ru` (default) or `en`.", "ru"
)
CLIENT_REF: Final = Parameter(
    "X-Client-Ref",
    "header",
    {"type": "string", "maxLength": 128, "pattern": "^[ -~]*$"},
    "The site's opaque name for its visitor; limits are counted by it. Never personal data.",
    "7c9e6679f7425de944be07fc1f90ae7d",
)
IDEMPOTENCY_KEY: Final = Parameter(
    "Idempotency-Key",
    "header",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "One for each submission of the form, kept for 48 hours; a repeated request with the key has no second effect.",
    "5b0c9d0e-6f0a-4a57-9a1e-0f2b8e0f5a11",
    required=True,
)
IF_NONE_MATCH: Final = Parameter(
    "If-None-Match", "header", {"type": "string"}, "The `ETag` of the answer that the caller has.", '"5d41402abc4b2a76"'
)
NOT_MODIFIED: Final = Answer("What the caller has is still true.", headers={"ETag": "Names the answer."})
REPLAYED: Final[Mapping[str, str]] = {"Idempotent-Replayed": "`true` when an earlier run under this key answers."}
PENDING: Final[Mapping[str, str]] = {**REPLAYED, "Retry-After": "Seconds until `status_url` is worth asking."}
PATH_PARAMETERS: Final[Mapping[str, Parameter]] = {
    "doctor_id": Parameter(
        "doctor_id",
        "path",
        {"type": "string", "minLength": 1, "maxLength": 64},
        "The site's own id of the doctor.",
        "57",
        required=True,
    ),
    "hold_id": Parameter(
        "hold_id",
        "path",
        {"type": "string", "format": "uuid"},
        "Id of a hold.",
        "0d4f6d2a-8f36-4c8e-9a53-2f1f0f9b7a10",
        required=True,
    ),
    "booking_id": Parameter(
        "booking_id",
        "path",
        {"type": "string", "format": "uuid"},
        "Id of a booking.",
        "1b1f7c5e-0f7a-4d57-8c0b-7c9a3c0c2d21",
        required=True,
    ),
    "login_id": Parameter(
        "login_id",
        "path",
        {"type": "string", "format": "uuid"},
        "Id of a login.",
        "8c3f0b0e-1d0a-4f1c-9a55-5a3c1f0d7e21",
        required=True,
    ),
    "ticket": Parameter(
        "ticket",
        "path",
        {"type": "string", "minLength": 1},
        "An identity ticket.",
        "pVb0m3x5Yw2mC8n3r0a7s1t9u6v4w2x0y8z6A4B2C0D",
        required=True,
    ),
}
