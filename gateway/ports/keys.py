"""What the doors need to know a caller."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

__all__ = [
    "ApiKey",
    "KeyRing",
]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A site's key without its secret."""

    id: str
    site_id: int
    site: str
    scopes: frozenset[str]
    secret_hash: bytes = field(repr=False)


class KeyRing(Protocol):
    """API keys by their public id."""

    async def find(self, key_id: str) -> ApiKey | None:
        """Return a key that is neither revoked nor unknown."""
