"""API keys of sites: `egw_<id>_<secret>`, shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.domain.moscow import as_moscow
from gateway.ports import ApiKey
from gateway.store.engine import Database

__all__ = ["ApiKeyEntry", "KeyRing", "hash_secret"]

_ID_BYTES: Final = 6
_SECRET_BYTES: Final = 32

_FIND: Final = """
SELECT k.id, k.site_id, s.code AS site, k.scopes, k.secret_hash
FROM api_keys k JOIN sites s ON s.id = k.site_id
WHERE k.id = $1 AND k.revoked_at IS NULL
"""

_LIST: Final = """
SELECT k.id, s.code AS site, k.label, k.scopes, k.created_at, k.revoked_at
FROM api_keys k JOIN sites s ON s.id = k.site_id
WHERE $1::text IS NULL OR s.code = $1
ORDER BY s.code, k.created_at, k.id
"""


@dataclass(frozen=True, slots=True)
class ApiKeyEntry:
    """A key as an administrator sees it."""

    id: str
    site: str
    label: str
    scopes: frozenset[str]
    created_at: datetime
    revoked_at: datetime | None


def hash_secret(secret: str) -> bytes:
    """Return what is kept of a secret; it is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Finds, makes and revokes keys."""

    database: Database

    async def find(self, key_id: str) -> ApiKey | None:
        """Return a key that is neither revoked nor unknown."""
        row = await self.database.pool.fetchrow(_FIND, key_id)
        if row is None:
            return None
        return ApiKey(row["id"], row["site_id"], row["site"], frozenset(row["scopes"]), row["secret_hash"])

    async def create(self, site_id: int, scopes: Collection[str], label: str = "") -> str:
        """Make a key and return it whole, for the only time.

        Raises:
            asyncpg.CheckViolationError: there is no such scope.
        """
        key_id = secrets.token_hex(_ID_BYTES)
        secret = secrets.token_hex(_SECRET_BYTES)
        await self.database.pool.execute(
            "INSERT INTO api_keys (id, site_id, label, secret_hash, scopes) VALUES ($1, $2, $3, $4, $5)",
            key_id,
            site_id,
            label,
            hash_secret(secret),
            sorted(set(scopes)),
        )
        return f"egw_{key_id}_{secret}"

    async def entries(self, site: str | None = None) -> list[ApiKeyEntry]:
        """List the keys of a site, by its code, or of all sites; revoked ones too."""
        return [
            ApiKeyEntry(
                row["id"],
                row["site"],
                row["label"],
                frozenset(row["scopes"]),
                as_moscow(row["created_at"]),
                row["revoked_at"] and as_moscow(row["revoked_at"]),
            )
            for row in await self.database.pool.fetch(_LIST, site)
        ]

    async def revoke(self, key_id: str) -> bool:
        """End a key for good; False when there was none to end."""
        revoked = await self.database.pool.execute(
            "UPDATE api_keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL", key_id
        )
        return bool(revoked == "UPDATE 1")
