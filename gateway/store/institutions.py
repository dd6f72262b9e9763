"""The institutions (LPU) and how their EMIAS answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from gateway.store.engine import Database

__all__ = ["Institutions", "note_answer", "note_error"]

# At most once a second, and never waiting: many workers read doctors of one institution at once.
_ANSWERED: Final = """
UPDATE institutions SET last_ok_at = now()
WHERE lpu_code = (SELECT lpu_code FROM institutions
                  WHERE lpu_code = $1 AND (last_ok_at IS NULL OR last_ok_at < now() - interval '1 second')
                  FOR NO KEY UPDATE SKIP LOCKED)
"""
_FAILED: Final = """
UPDATE institutions SET last_error_at = now(), last_error = $2
WHERE lpu_code = (SELECT lpu_code FROM institutions
                  WHERE lpu_code = $1 AND (last_error_at IS NULL OR last_error_at < now() - interval '1 second')
                  FOR NO KEY UPDATE SKIP LOCKED)
"""


async def note_answer(connection: Any, lpu_code: str) -> None:
    """Write down, on a pool or a connection, that the institution's EMIAS has just answered."""
    await connection.execute(_ANSWERED, lpu_code)


async def note_error(connection: Any, lpu_code: str, error: str) -> None:
    """Write down, on a pool or a connection, that the institution's EMIAS has just failed, with a code without data."""
    await connection.execute(_FAILED, lpu_code, error)


@dataclass(frozen=True, slots=True)
class Institutions:
    """Registers institutions."""

    database: Database

    async def ensure(self, lpu_code: str, name: str = "") -> None:
        """Register an institution, so that mappings to it join; a known one keeps its name unless that is empty."""
        await self.database.pool.execute(
            "INSERT INTO institutions (lpu_code, name) VALUES ($1, $2) ON CONFLICT (lpu_code) DO UPDATE"
            " SET name = excluded.name WHERE institutions.name = '' AND excluded.name <> ''",
            lpu_code,
            name,
        )
