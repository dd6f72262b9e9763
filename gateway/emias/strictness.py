"""How much of an operation's reply must be beyond doubt."""

from __future__ import annotations

from gateway.emias.profiles.profile import Profile

__all__ = ["is_strict"]


def is_strict(profile: Profile, name: str) -> bool:
    """Tell whether a member that stands twice spoils the operation's reply."""
    strictness = profile.strictness
    return (strictness.create if name in {"create", "cancel"} else strictness.reads) == "strict"
