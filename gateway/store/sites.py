"""The sites that the gateway serves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.moscow import as_moscow
from gateway.store.engine import Database

__all__ = ["Site", "Sites"]


@dataclass(frozen=True, slots=True)
class Site:
    """A site and how its doctors' mirror stands; `mirror_error` is the last refusal since the last good pass."""

    id: int
    code: str
    name: str
    mirrored_at: datetime | None
    mirror_error: str | None


@dataclass(frozen=True, slots=True)
class Sites:
    """Finds and registers sites."""

    database: Database

    async def ensure(self, code: str, name: str = "") -> int:
        """Return the id of the site with this code, registering it first if need be.

        Raises:
            asyncpg.CheckViolationError: the code is not of letters a-z, digits, `_` and `-`.
        """
        found = await self.find(code)
        if found is not None:
            return found
        await self.database.pool.execute(
            "INSERT INTO sites (code, name) VALUES ($1, $2) ON CONFLICT (code) DO NOTHING", code, name
        )
        return int(await self.database.pool.fetchval("SELECT id FROM sites WHERE code = $1", code))

    async def find(self, code: str) -> int | None:
        """Return the id of the site with this code."""
        site_id: int | None = await self.database.pool.fetchval("SELECT id FROM sites WHERE code = $1", code)
        return site_id

    async def every(self) -> list[Site]:
        """List the sites by code."""
        rows = await self.database.pool.fetch(
            "SELECT id, code, name, mirrored_at, mirror_error FROM sites ORDER BY code"
        )
        return [
            Site(
                row["id"],
                row["code"],
                row["name"],
                row["mirrored_at"] and as_moscow(row["mirrored_at"]),
                row["mirror_error"],
            )
            for row in rows
        ]
