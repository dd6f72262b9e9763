"""Seal personal data anew, under the newest field key, while everything runs.

Row after row: what a row holds is replaced only where it is still what was read, so that an erasing or another writer
goes first. Nothing is remembered of a run but its result; the next run skips what the newest key opens.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from gateway.store.audit import AuditEvent, record
from gateway.store.engine import Database

__all__ = ["SEALED_COLUMNS", "Rotated", "Rotation"]

SEALED_COLUMNS: Final = (("bookings", "patient_sealed"), ("bookings", "contact_sealed"))
"""Every column that the field keys seal; the tables have uuid keys named `id`."""

_ROWS_AT_ONCE: Final = 500
_FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a run did and left: rows sealed anew, rows still under old keys, and rows that no key opens."""

    sealed: int
    old: int
    unreadable: int

    @property
    def is_done(self) -> bool:
        """Tell whether the newest key opens everything."""
        return not self.old and not self.unreadable


@dataclass(frozen=True, slots=True)
class Rotation:
    """Seals under the first of the field keys what the others have sealed."""

    database: Database
    field_keys: Sequence[str]
    rows_at_once: int = _ROWS_AT_ONCE

    async def run(self, actor: str) -> Rotated:
        """Seal anew what needs it, then read everything once more: only what was seen afterwards counts as done."""
        sealed = sum([await self._rotate(table, column) for table, column in SEALED_COLUMNS])
        left = [await self._left(table, column) for table, column in SEALED_COLUMNS]
        rotated = Rotated(sealed, sum(old for old, _ in left), sum(unreadable for _, unreadable in left))
        async with self.database.transaction() as connection:
            details: dict[str, str | int | bool] = {"sealed": sealed, "old": rotated.old}
            details["unreadable"] = rotated.unreadable
            await record(connection, actor=actor, what=AuditEvent.KEYS_ROTATED, subject="fields", details=details)
        return rotated

    async def _rotate(self, table: str, column: str) -> int:
        every, sealed = MultiFernet([Fernet(key) for key in self.field_keys]), 0
        swap = f"UPDATE {table} SET {column} = $2 WHERE id = $1 AND {column} = $3"  # noqa: S608 - from constants
        async for row_id, text in self._under_old_keys(table, column):
            try:
                anew = every.rotate(text).decode()
            except InvalidToken:
                continue
            sealed += await self.database.pool.execute(swap, row_id, anew, text) == "UPDATE 1"
        return sealed

    async def _left(self, table: str, column: str) -> tuple[int, int]:
        every, old, unreadable = MultiFernet([Fernet(key) for key in self.field_keys]), 0, 0
        async for _, text in self._under_old_keys(table, column):
            is_ours = _opens(every, text)
            old += is_ours
            unreadable += not is_ours
        return old, unreadable

    async def _under_old_keys(self, table: str, column: str) -> AsyncIterator[tuple[UUID, str]]:
        """Yield the rows that the newest key does not open, a portion at a time."""
        newest, last = Fernet(self.field_keys[0]), _FIRST
        portion = f"SELECT id, {column} FROM {table} WHERE id > $1 AND {column} IS NOT NULL ORDER BY id LIMIT $2"  # noqa: S608 - from constants
        while rows := await self.database.pool.fetch(portion, last, self.rows_at_once):
            for row_id, text in rows:
                if not _opens(newest, text):
                    yield row_id, text
            last = rows[-1][0]


def _opens(key: Fernet | MultiFernet, text: str) -> bool:
    try:
        key.decrypt(text)
    except InvalidToken:
        return False
    return True
