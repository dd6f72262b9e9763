"""The wishes as the worker has them: leased, moved on under the lease's token, ended with an audit row."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from gateway.domain.moscow import as_moscow
from gateway.domain.wish import Ending, Later, Wish, WishKind, about
from gateway.ports import Bulk
from gateway.store import audit
from gateway.store.engine import Database

__all__ = ["WishBook"]

_PART_KEPT: Final = timedelta(days=1)

# A bulk wish and its parts wait while the institution's calls or retries are stopped. People come before parts.
_CLAIM: Final = """
WITH wanted AS MATERIALIZED (
    SELECT w.id
    FROM wishes w
    LEFT JOIN wishes p ON p.id = w.parent_id
    LEFT JOIN institutions i
           ON i.lpu_code = CASE WHEN w.kind = 'retry_failed' THEN w.subject ELSE p.subject END
    WHERE w.state IN ('new', 'running') AND (w.lease_until IS NULL OR w.lease_until <= now())
      AND w.kind = ANY($1::text[]) AND NOT w.paused AND NOT coalesce(p.paused, false)
      AND NOT coalesce(i.calls_stopped OR i.retries_stopped, false)
    ORDER BY w.parent_id IS NOT NULL, w.lease_until NULLS FIRST, w.id
    LIMIT $2
    FOR UPDATE OF w SKIP LOCKED
)
UPDATE wishes w
SET state = 'running', token = nextval('wish_tokens'), lease_until = now() + $3::interval, tries = tries + 1
FROM wanted WHERE w.id = wanted.id
RETURNING w.id, w.kind, w.subject, w.arguments, w.reason, w.wished_by, w.wished_at, w.token, w.tries, w.parent_id,
          w.result_data, w.tries = 1 AND w.result = '' AND w.expires_at <= now() AS is_expired
"""
_SIGN: Final = "SELECT set_config('gateway.wish_token', $1, true)"
_END: Final = """
UPDATE wishes SET state = $3, result = $4, result_data = $5::jsonb, lease_until = NULL, ended_at = now()
WHERE id = $1 AND token = $2 AND state = 'running'
"""
_PUT_BACK: Final = """
UPDATE wishes
SET result = $3, result_data = $4::jsonb, lease_until = now() + $5::interval,
    tries = CASE WHEN $6 THEN 0 ELSE tries END
WHERE id = $1 AND token = $2 AND state = 'running'
"""
_ADD_RETRY: Final = """
INSERT INTO wishes (kind, subject, reason, wished_by, parent_id, expires_at)
VALUES ('retry_booking', $1, $2, $3, $4, now() + $5::interval)
ON CONFLICT DO NOTHING
RETURNING id
"""
_BULK: Final = "SELECT state, count(*) AS many FROM wishes WHERE parent_id = $1 GROUP BY state"
_TAIL: Final = """
SELECT state FROM wishes WHERE parent_id = $1 AND ended_at IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT 10
"""
_PAUSE: Final = """
UPDATE wishes SET paused = $2 WHERE kind = 'retry_failed' AND subject = $1 AND state IN ('new', 'running')
"""
_OLDEST: Final = """
SELECT now() - min(wished_at) FROM wishes
WHERE state IN ('new', 'running') AND parent_id IS NULL AND NOT paused AND kind <> 'retry_failed'
"""


@dataclass(frozen=True, slots=True)
class WishBook:
    """Leases wishes and writes down what became of them."""

    database: Database

    async def claim(self, kinds: Collection[WishKind], limit: int, lease: timedelta) -> list[Wish]:
        """Lease open wishes of these kinds, oldest first, skipping paused ones and those that another carries out."""
        rows = await self.database.pool.fetch(_CLAIM, sorted(kinds), limit, lease)
        return [_read(row) for row in rows]

    async def end(self, wish: Wish, ending: Ending) -> bool:
        """Write the result with its audit row; False when the token is no longer the row's."""
        values = (ending.state, str(ending.said), _json(ending.data))
        async with self.database.transaction() as connection:
            if not await _move(connection, wish, _END, *values):
                return False
            details = {"wish": wish.id, "kind": wish.kind.value, "state": ending.state.value, "for": wish.wished_by}
            await audit.record(
                connection, actor="sync", what=audit.AuditEvent.WISH_ENDED, subject=wish.about, details=details
            )
            return True

    async def put_back(self, wish: Wish, later: Later) -> bool:
        """Let the wish go on after a while; False when the token is no longer the row's."""
        values = (str(later.said), _json(later.data), later.after, later.is_step)
        async with self.database.transaction() as connection:
            return await _move(connection, wish, _PUT_BACK, *values)

    async def add_retry(self, bulk: Wish, booking_id: UUID) -> bool:
        """Wish the retry of one booking as a part of a bulk wish; False when a decision about it is open already."""
        subject = str(booking_id)
        async with self.database.transaction() as connection:
            part = await connection.fetchval(_ADD_RETRY, subject, bulk.reason, bulk.wished_by, bulk.id, _PART_KEPT)
            if part is None:
                return False
            await audit.record(
                connection,
                actor="sync",
                what=audit.AuditEvent.WISH_MADE,
                subject=about(WishKind.RETRY_BOOKING, subject),
                details={"wish": part, "kind": WishKind.RETRY_BOOKING.value, "part_of": bulk.id},
            )
            return True

    async def bulk(self, bulk: Wish) -> Bulk:
        """Sum up the parts of a bulk wish."""
        async with self.database.pool.acquire() as connection:
            counts = {row["state"]: row["many"] for row in await connection.fetch(_BULK, bulk.id)}
            tail = [row["state"] for row in await connection.fetch(_TAIL, bulk.id)]
        in_a_row = next((place for place, state in enumerate(tail) if state != "failed"), len(tail))
        ended = {state: counts.get(state, 0) for state in ("done", "refused", "failed")}
        return Bulk(open=counts.get("new", 0) + counts.get("running", 0), failed_in_a_row=in_a_row, **ended)

    async def pause(self, lpu_code: str, *, paused: bool) -> bool:
        """Pause the institution's bulk wish or let it go on; False when there is none open."""
        return bool(await self.database.pool.execute(_PAUSE, lpu_code, paused) == "UPDATE 1")

    async def oldest_open(self) -> timedelta | None:
        """Return how long the oldest open wish has waited, bulk ones and paused ones left out."""
        waited: timedelta | None = await self.database.pool.fetchval(_OLDEST)
        return waited


async def _move(connection: Any, wish: Wish, statement: str, *values: Any) -> bool:
    await connection.execute(_SIGN, str(wish.token))
    return bool(await connection.execute(statement, wish.id, wish.token, *values) == "UPDATE 1")


def _json(data: Mapping[str, Any]) -> str | None:
    return msgspec.json.encode(dict(data)).decode() if data else None


def _read(row: Mapping[str, Any]) -> Wish:
    return Wish(
        id=row["id"],
        kind=WishKind(row["kind"]),
        subject=row["subject"],
        arguments=json.loads(row["arguments"]),
        reason=row["reason"],
        wished_by=row["wished_by"],
        wished_at=as_moscow(row["wished_at"]),
        token=row["token"],
        tries=row["tries"],
        is_expired=row["is_expired"],
        parent_id=row["parent_id"],
        data=json.loads(row["result_data"]) if row["result_data"] else {},
    )
