"""Why a login through Gosuslugi brought no identity."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["PERSONS_OWN_REASONS", "FailureReason"]


class FailureReason(StrEnum):
    """Why a login brought no identity."""

    PERSON_REFUSED = "person_refused"
    ACCOUNT_NOT_CONFIRMED = "account_not_confirmed"
    CODE_SPENT = "code_spent"
    CLOCK = "clock"
    CERTIFICATE = "certificate"
    SCOPE = "scope"
    PARAMETER = "parameter"
    REDIRECT_URI = "redirect_uri"
    OVERLOADED = "overloaded"
    UNREACHABLE = "unreachable"
    GARBLED = "garbled"
    TOKEN_NOT_BELIEVED = "token_not_believed"  # noqa: S105 - a reason, no secret
    PERSON_INCOMPLETE = "person_incomplete"
    OTHER = "other"


PERSONS_OWN_REASONS: Final = frozenset({FailureReason.PERSON_REFUSED, FailureReason.ACCOUNT_NOT_CONFIRMED})
"""What only the person can change; everything else lies with us, the operator or Gosuslugi."""
