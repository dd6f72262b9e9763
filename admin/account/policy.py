"""Who logs in with one-time codes."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from admin.roles import Role
from gateway.settings import AdminSettings

__all__ = ["CodePolicy", "must_enrol", "policy_of"]

_SPARED: Final = frozenset({Role.VIEWER})


class CodePolicy(StrEnum):
    """Nobody has codes; whoever likes; or everybody who may do or see more than a viewer."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


def policy_of(settings: AdminSettings) -> CodePolicy:
    """Read the policy: unless it is set, codes are required behind an https address, else they are a free choice."""
    if settings.admin_mfa_required:
        return CodePolicy.REQUIRED
    has_keys = settings.admin_mfa_keys is not None
    return CodePolicy.OPTIONAL if has_keys and settings.admin_mfa != "off" else CodePolicy.OFF


def must_enrol(policy: CodePolicy, role: Role, *, is_enrolled: bool) -> bool:
    """Tell whether a person has to set up codes before anything else."""
    return policy is CodePolicy.REQUIRED and role not in _SPARED and not is_enrolled
