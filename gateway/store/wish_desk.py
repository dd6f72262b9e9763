"""Where people leave their wishes, and see what became of them; needs no key to personal data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.domain.moscow import as_moscow
from gateway.domain.wish import DECISIONS, WishKind, WishState, about
from gateway.store import audit
from gateway.store.engine import Database

__all__ = ["WishDesk", "WishSeen", "Wished"]

_KEPT: Final = timedelta(hours=1)
_INSERT: Final = """
INSERT INTO wishes (kind, subject, arguments, reason, wished_by, expires_at)
VALUES ($1, $2, $3::jsonb, $4, $5, now() + $6::interval)
ON CONFLICT DO NOTHING
RETURNING id
"""
_IN_THE_WAY: Final = """
SELECT * FROM wishes
WHERE subject = $2 AND state IN ('new', 'running') AND (kind = $1 OR kind = ANY($3::text[]) AND $1 = ANY($3::text[]))
ORDER BY id LIMIT 1
"""
_ABOUT: Final = """
SELECT * FROM wishes WHERE subject = $1 AND kind = ANY($2::text[]) ORDER BY ended_at IS NULL DESC, id DESC LIMIT $3
"""
_ONE: Final = "SELECT * FROM wishes WHERE id = $1"


@dataclass(frozen=True, slots=True)
class WishSeen:
    """A wish as people see it; instants are Moscow's."""

    id: int
    kind: str
    subject: str
    state: WishState
    reason: str
    wished_by: str
    wished_at: datetime
    ended_at: datetime | None
    result: str
    data: Mapping[str, Any]
    paused: bool
    is_part: bool

    @property
    def is_open(self) -> bool:
        """Tell whether the worker has not ended it yet."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Wished:
    """What became of the asking: the wish that is under way now, and whether it is the one just asked for."""

    wish: WishSeen
    is_new: bool


@dataclass(frozen=True, slots=True)
class WishDesk:
    """Takes wishes and shows them."""

    database: Database

    async def make(
        self,
        kind: WishKind,
        subject: str,
        *,
        reason: str,
        wished_by: str,
        arguments: Mapping[str, Any] | None = None,
        kept: timedelta = _KEPT,
    ) -> Wished:
        """Leave a wish, with its audit row; the worker begins it within `kept` or refuses it.

        Whoever asks for what is under way already, or decides about a booking of which somebody else's decision is
        being carried out, is shown that wish instead.
        """
        while True:
            async with self.database.transaction() as connection:
                values = (kind, subject, json.dumps(dict(arguments or {})), reason.strip(), wished_by, kept)
                made = await connection.fetchval(_INSERT, *values)
                if made is not None:
                    await audit.record(
                        connection,
                        actor=f"admin:{wished_by}",
                        what=audit.AuditEvent.WISH_MADE,
                        subject=about(kind, subject),
                        details={"wish": made, "kind": kind.value, "reason": reason.strip()},
                    )
                    return Wished(_seen(await connection.fetchrow(_ONE, made)), is_new=True)
                row = await connection.fetchrow(_IN_THE_WAY, kind, subject, sorted(DECISIONS))
            if row is not None:  # else it has ended in between, and ours may be had
                return Wished(_seen(row), is_new=False)

    async def about(self, subject: str, kinds: Sequence[WishKind], most: int = 10) -> list[WishSeen]:
        """List the last wishes of these kinds about a subject: those under way, then the others, the newest first."""
        return [_seen(row) for row in await self.database.pool.fetch(_ABOUT, subject, list(kinds), most)]


def _seen(row: Mapping[str, Any]) -> WishSeen:
    ended_at = row["ended_at"]
    return WishSeen(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        state=WishState(row["state"]),
        reason=row["reason"],
        wished_by=row["wished_by"],
        wished_at=as_moscow(row["wished_at"]),
        ended_at=ended_at and as_moscow(ended_at),
        result=row["result"],
        data=json.loads(row["result_data"]) if row["result_data"] else {},
        paused=row["paused"],
        is_part=row["parent_id"] is not None,
    )
