"""How we show who we are, beside the client certificate: headers whose values the profile or the channel knows."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.emias.profiles.profile import Profile
from gateway.emias.profiles.value_names import BROUGHT
from gateway.emias.translate import Values

__all__ = ["fixed_values", "security_headers"]


def security_headers(profile: Profile, secrets: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that each request carries."""
    return {
        name: value[1:] if value.startswith("=") else secrets[value.removeprefix(BROUGHT)]
        for name, value in profile.security.headers.items()
    }


def fixed_values(profile: Profile, secrets: Mapping[str, str]) -> Values:
    """Return the values that are the same in each request: our channel's code, the secrets, and nothing."""
    return {
        "absent": None,
        "channel": profile.channel,
        **{f"{BROUGHT}{name}": secret for name, secret in secrets.items()},
    }
