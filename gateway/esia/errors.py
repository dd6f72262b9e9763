"""What goes wrong between us and ESIA, and what each of its codes means.

EsiaError
├── EsiaSetupError      what the settings name cannot be used; the message says what to put right
├── SigningFailed       the signer brought no signature
└── TokenRefused        a token is not believed, and for what (`what`)
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from gateway.domain.errors import LoginFailed
from gateway.domain.login_failure import FailureReason

__all__ = ["EsiaError", "EsiaSetupError", "SigningFailed", "TokenRefused", "read_refusal"]


class EsiaError(Exception):
    """Base of what this room raises beyond the domain's errors."""


class EsiaSetupError(EsiaError):
    """What the settings name is missing or cannot be used."""


class SigningFailed(EsiaError):
    """The signer brought no signature."""


class TokenRefused(EsiaError):
    """A token is not believed; `what` names the check that it did not pass."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


_R = FailureReason
_REASONS: Final = MappingProxyType(
    {
        "ESIA-007002": _R.CERTIFICATE,
        "ESIA-007003": _R.PARAMETER,
        "ESIA-007004": _R.PERSON_REFUSED,
        "ESIA-007005": _R.PARAMETER,
        "ESIA-007006": _R.SCOPE,
        "ESIA-007008": _R.OVERLOADED,
        "ESIA-007011": _R.CODE_SPENT,
        "ESIA-007013": _R.SCOPE,
        "ESIA-007014": _R.PARAMETER,
        "ESIA-007015": _R.CLOCK,
        "ESIA-007019": _R.SCOPE,
        "ESIA-007023": _R.REDIRECT_URI,
        "ESIA-007039": _R.PARAMETER,
        "ESIA-007040": _R.PARAMETER,
        "ESIA-007053": _R.CERTIFICATE,
        "ESIA-007055": _R.ACCOUNT_NOT_CONFIRMED,
    }
)
_OAUTH: Final = MappingProxyType(
    {
        "access_denied": _R.PERSON_REFUSED,
        "invalid_client": _R.CERTIFICATE,
        "invalid_grant": _R.CODE_SPENT,
        "invalid_request": _R.PARAMETER,
        "invalid_scope": _R.SCOPE,
        "server_error": _R.OTHER,
        "temporarily_unavailable": _R.OVERLOADED,
        "unauthorized_client": _R.PARAMETER,
    }
)
_CODE: Final = re.compile(r"ESIA-\d{6}", re.ASCII)


def read_refusal(error: str, description: str) -> LoginFailed:
    """Tell what an error of the callback or of the token endpoint means; only a code is kept of its words."""
    found = _CODE.search(description)
    code = found.group() if found else None
    if code is not None:
        return LoginFailed(_REASONS.get(code, _R.OTHER), code)
    return LoginFailed(_OAUTH.get(error, _R.OTHER))
