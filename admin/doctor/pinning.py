"""An administrator's word on a doctor: fields pinned and released, booking closed and opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from admin.pins import checked_pin
from gateway.store.audit import AuditEvent, record
from gateway.store.engine import Database

__all__ = ["Pinning"]

_PIN: Final = """
INSERT INTO doctor_pins (doctor_id, field, value, reason, author) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (doctor_id, field) DO UPDATE
SET value = excluded.value, reason = excluded.reason, author = excluded.author, at = now()
"""
_RELEASE: Final = "DELETE FROM doctor_pins WHERE doctor_id = $1 AND field = $2 RETURNING id"
_BLOCK: Final = "UPDATE doctors SET is_blocked = $2 WHERE id = $1 AND is_blocked <> $2 RETURNING id"


@dataclass(frozen=True, slots=True)
class Pinning:
    """Writes in the name of one user, each change in one transaction with its row of the audit log."""

    database: Database
    user: str

    async def pin(self, doctor_id: int, field: str, value: str, reason: str) -> None:
        """Put a value before the site's.

        Raises:
            fastapi.HTTPException: the field cannot have this value, or there is no reason.
        """
        tidy, why = checked_pin(field, value, reason)
        async with self.database.transaction() as connection:
            await connection.execute(_PIN, doctor_id, field, tidy, why, self.user)
            await self._note(connection, doctor_id, action="pin", column=field, reason=why)

    async def release(self, doctor_id: int, field: str, reason: str) -> bool:
        """Let the site's value stand again; False when it was not pinned."""
        async with self.database.transaction() as connection:
            if await connection.fetchval(_RELEASE, doctor_id, field) is None:
                return False
            await self._note(connection, doctor_id, action="unpin", column=field, reason=reason)
            return True

    async def block(self, doctor_id: int, reason: str, *, is_blocked: bool) -> bool:
        """Close or open booking with the doctor; False when it is so already."""
        async with self.database.transaction() as connection:
            if await connection.fetchval(_BLOCK, doctor_id, is_blocked) is None:
                return False
            await self._note(connection, doctor_id, action="block" if is_blocked else "unblock", reason=reason)
            return True

    async def _note(self, connection: Any, doctor_id: int, **details: str) -> None:
        subject, actor = f"doctors:{doctor_id}", f"admin:{self.user}"
        await record(connection, actor=actor, what=AuditEvent.ROW_CHANGED, subject=subject, details=details)
