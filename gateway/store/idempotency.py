"""What was answered under each idempotency key."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from gateway.domain.errors import IdempotencyInProgress, IdempotencyReused
from gateway.ports import IdempotencyKey, Replay, Retold, Started
from gateway.store.engine import Database

__all__ = ["IdempotencyBook"]

_KEPT: Final = timedelta(hours=48)
_ASK_AGAIN: Final = 2

# An over-aged key is as new; a run that died before it had a booking is taken over by an equal request.
_CLAIM: Final = """
INSERT INTO idempotency_keys AS k (api_key_id, operation, key, fingerprint, lease_until, expires_at, run)
VALUES ($1, $2, $3, $4, now() + $5::interval, now() + $6::interval, $7)
ON CONFLICT (api_key_id, operation, key) DO UPDATE
SET fingerprint = excluded.fingerprint, state = 'running', lease_until = excluded.lease_until, booking_id = NULL,
    status = NULL, body = NULL, created_at = now(), expires_at = excluded.expires_at,
    run = excluded.run
WHERE k.expires_at <= now()
   OR (k.fingerprint = excluded.fingerprint AND k.booking_id IS NULL
       AND (k.state = 'open' OR (k.state = 'running' AND k.lease_until <= now())))
RETURNING true
"""

# A booking whose run was killed is told as soon as it is known to be in doubt; else the run may be about to answer.
_STANDING: Final = """
SELECT k.fingerprint, k.state, k.booking_id, k.status, k.body, k.lease_until - now() AS lease_left,
       coalesce(b.state IN ('in_doubt', 'cancel_in_doubt', 'manual')
                OR (b.state NOT IN ('submitting', 'cancelling') AND b.updated_at < now() - interval '5 seconds'),
                false) AS settled
FROM idempotency_keys k LEFT JOIN bookings b ON b.id = k.booking_id
WHERE k.api_key_id = $1 AND k.operation = $2 AND k.key = $3
"""

_FINISH: Final = """
UPDATE idempotency_keys SET state = 'done', status = $4, body = $5
WHERE api_key_id = $1 AND operation = $2 AND key = $3 AND run = $6 AND state <> 'done'
"""

_LEAVE_OPEN: Final = """
UPDATE idempotency_keys SET state = 'open'
WHERE api_key_id = $1 AND operation = $2 AND key = $3 AND run = $4 AND state = 'running'
"""

_FORGET: Final = """
DELETE FROM idempotency_keys WHERE api_key_id = $1 AND operation = $2 AND key = $3 AND run = $4 AND state <> 'done'
"""


@dataclass(frozen=True, slots=True)
class IdempotencyBook:
    """Keys and their answers, kept for two days; only the run that has claimed a key speaks for it."""

    database: Database

    async def begin(self, key: IdempotencyKey, fingerprint: bytes, lease: timedelta) -> Started | Replay | Retold:
        """Claim the key; raise `IdempotencyReused` or `IdempotencyInProgress`."""
        named = (key.api_key_id, key.operation, key.key)
        while True:
            if await self.database.pool.fetchval(_CLAIM, *named, fingerprint, lease, _KEPT, key.run):
                return Started()
            row = await self.database.pool.fetchrow(_STANDING, *named)
            if row:  # else it was forgotten in between, and is to be had
                return _standing(row, fingerprint)

    async def finish(self, key: IdempotencyKey, status: int, body: bytes) -> None:
        """Keep the final answer; the first one stays."""
        await self.database.pool.execute(_FINISH, key.api_key_id, key.operation, key.key, status, body, key.run)

    async def leave_open(self, key: IdempotencyKey) -> None:
        """End the run without a final answer: later calls are told the booking's state."""
        await self.database.pool.execute(_LEAVE_OPEN, key.api_key_id, key.operation, key.key, key.run)

    async def forget(self, key: IdempotencyKey) -> None:
        """Free a key whose request surely did nothing."""
        await self.database.pool.execute(_FORGET, key.api_key_id, key.operation, key.key, key.run)


def _standing(row: Mapping[str, Any], fingerprint: bytes) -> Replay | Retold:
    if row["fingerprint"] != fingerprint:
        raise IdempotencyReused
    if row["state"] == "done":
        return Replay(row["status"], row["body"])
    left = row["lease_left"].total_seconds()
    if row["booking_id"] and (row["state"] == "open" or row["settled"] or left <= 0):
        return Retold(row["booking_id"])
    raise IdempotencyInProgress(max(1, min(math.ceil(left), _ASK_AGAIN)), row["booking_id"])
