"""The site's pushes: each event counts once and marks an element to be read anew; marks of one element are one mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gateway.domain.moscow import as_moscow
from gateway.ports import MarkedDoctor, PushedChange
from gateway.store.engine import Database

__all__ = ["PushBook"]

# In one order, so that two deliveries of the same events never wait for each other in a circle.
_NOTE: Final = """
WITH given AS (
    SELECT * FROM unnest($2::uuid[], $3::text[], $4::boolean[]) AS g (uuid, element_id, is_deletion)
), fresh AS (
    INSERT INTO bitrix_events (site_id, uuid) SELECT $1, uuid FROM given ORDER BY uuid
    ON CONFLICT DO NOTHING RETURNING uuid
), marked AS (
    INSERT INTO doctor_rereads (site_id, element_id, is_deleted)
    SELECT $1, element_id, bool_or(is_deletion) FROM given JOIN fresh USING (uuid)
    GROUP BY element_id ORDER BY element_id
    ON CONFLICT (site_id, element_id) DO UPDATE
    SET is_deleted = excluded.is_deleted OR (doctor_rereads.is_deleted AND doctor_rereads.next_read_at IS NOT NULL),
        version = nextval('doctor_reread_versions'), marked_at = now(), next_read_at = now(), failures = 0
)
SELECT count(*) FROM fresh
"""

_CLAIM: Final = """
UPDATE doctor_rereads SET version = nextval('doctor_reread_versions'), next_read_at = now() + $2::interval
WHERE (site_id, element_id) = (SELECT site_id, element_id FROM doctor_rereads
                               WHERE site_id = $1 AND next_read_at <= now()
                               ORDER BY next_read_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING element_id, version, is_deleted, failures, now() AS claimed_at
"""

_PUT_OFF: Final = """
UPDATE doctor_rereads SET failures = failures + 1, next_read_at = now() + $4::interval
WHERE site_id = $1 AND element_id = $2 AND version = $3
"""


@dataclass(frozen=True, slots=True)
class PushBook:
    """Keeps events and marks in PostgreSQL, so that no restart loses one that was answered with 202."""

    database: Database

    async def note(self, site_id: int, changes: Sequence[PushedChange]) -> int:
        """Mark the elements of events that are new and count those events."""
        columns = (
            [change.uuid for change in changes],
            [change.element_id for change in changes],
            [change.is_deletion for change in changes],
        )
        return int(await self.database.pool.fetchval(_NOTE, site_id, *columns))

    async def claim(self, site_id: int, lease: timedelta) -> MarkedDoctor | None:
        """Lease the element that has waited longest; None when none is due."""
        row = await self.database.pool.fetchrow(_CLAIM, site_id, lease)
        if row is None:
            return None
        return MarkedDoctor(
            row["element_id"], row["version"], row["is_deleted"], row["failures"], as_moscow(row["claimed_at"])
        )

    async def put_off(self, site_id: int, marked: MarkedDoctor, again_after: timedelta) -> None:
        """Give an element back that could not be read; a newer mark is not put off."""
        await self.database.pool.execute(_PUT_OFF, site_id, marked.element_id, marked.version, again_after)
