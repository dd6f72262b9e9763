"""The sites that the gateway serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.store.engine import Database

__all__ = ["Sites"]

_FIND: Final = "SELECT id FROM sites WHERE code = $1"
_REGISTER: Final = "INSERT INTO sites (code, name) VALUES ($1, $2) ON CONFLICT (code) DO NOTHING"


@dataclass(frozen=True, slots=True)
class Sites:
    """Registers sites."""

    database: Database

    async def ensure(self, code: str, name: str = "") -> int:
        """Return the id of the site with this code, registering it first if need be.

        Raises:
            asyncpg.CheckViolationError: the code is not of letters a-z, digits, `_` and `-`.
        """
        found: int | None = await self.database.pool.fetchval(_FIND, code)
        if found is not None:
            return found
        await self.database.pool.execute(_REGISTER, code, name)
        return int(await self.database.pool.fetchval(_FIND, code))
