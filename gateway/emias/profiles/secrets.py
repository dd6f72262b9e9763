"""The secrets that a profile asks its channel for."""

from __future__ import annotations

from gateway.emias.profiles.profile import Profile
from gateway.emias.profiles.value_names import BROUGHT

__all__ = ["secret_names"]

_OF_THE_TOKEN = frozenset({"username", "password"})


def secret_names(profile: Profile) -> frozenset[str]:
    """List the names, without their prefix."""
    asked = [value for call in profile.operations.calls().values() for value in call.parameters.values()]
    asked += profile.security.headers.values()
    named = {value.removeprefix(BROUGHT) for value in asked if value.startswith(BROUGHT)}
    return frozenset(named | (_OF_THE_TOKEN if profile.security.ws_security != "off" else frozenset()))
