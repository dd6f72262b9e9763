"""Errors of this room; the first branch stops a start, the second never leaves the room.

EmiasSetupError                 what an operator must put right before EMIAS can be called
├── ProfileError                the profile cannot be read (`file`, dotted key)
├── ContractError               the profile does not fit its WSDL (`problems`)
├── TlsSetupError               certificate, key or CA cannot be used (`code`, what to do)
└── ChannelError                the address of the channel cannot be used
CallError
├── CallFailed                  no answer to believe (`cause`, `is_sent`)
└── CallRefused                 EMIAS said no in its own words (`kind`)
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.domain.outcomes import Cause, Refusal

__all__ = [
    "CallError",
    "CallFailed",
    "CallRefused",
    "ChannelError",
    "ContractError",
    "EmiasSetupError",
    "ProfileError",
    "TlsSetupError",
]


class EmiasSetupError(Exception):
    """The channel to EMIAS cannot be opened as it is set up."""


class ProfileError(EmiasSetupError):
    """A profile cannot be read; `key` is the dotted key at fault, empty for the file as a whole."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(": ".join(part for part in (file, key, problem) if part))
        self.file = file
        self.key = key


class ContractError(EmiasSetupError):
    """A profile names what its WSDL does not have."""

    def __init__(self, profile: str, problems: Sequence[str]) -> None:
        super().__init__(f"{profile}: " + "; ".join(problems))
        self.problems = tuple(problems)


class TlsSetupError(EmiasSetupError):
    """A certificate, key or CA file cannot be used; the text says what to do, `code` is stable."""

    def __init__(self, code: str, what_to_do: str) -> None:
        super().__init__(what_to_do)
        self.code = code


class ChannelError(EmiasSetupError):
    """The address cannot be used for EMIAS."""


class CallError(Exception):
    """A call to EMIAS brought no result."""


class CallFailed(CallError):
    """There is no answer to believe; `is_sent` unless the request surely did not reach EMIAS."""

    def __init__(
        self,
        cause: Cause,
        *,
        is_sent: bool = True,
        http_status: int | None = None,
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(cause.value)
        self.cause = cause
        self.is_sent = is_sent
        self.http_status = http_status
        self.code = code
        self.retry_after = retry_after


class CallRefused(CallError):
    """EMIAS refused; `field` is the name of ours behind the parameter that it blamed."""

    def __init__(self, kind: Refusal, code: str, field: str | None, http_status: int) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.code = code
        self.field = field
        self.http_status = http_status
