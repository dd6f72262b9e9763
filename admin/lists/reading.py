"""What a person must see before a list may hide doctors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.store.engine import Database

__all__ = ["RefusedList", "read_lists"]

_LISTS: Final = """
SELECT r.site_id, s.code AS site, s.name, r.fingerprint, r.listed, r.shown, r.missing, r.missing_ids, r.examples,
       r.first_at, r.last_at, r.is_approved
FROM mirror_refusals r JOIN sites s ON s.id = r.site_id ORDER BY s.code
"""
_MISSING: Final = """
SELECT d.id, d.element_id, d.name, d.specialty_name, count(b.id) AS bookings
FROM doctors d
LEFT JOIN bookings b ON b.site_doctor_id = d.id AND b.starts_at > now()
     AND b.state IN ('submitting', 'booked', 'in_doubt', 'manual', 'cancelling', 'cancel_in_doubt')
WHERE d.site_id = $1 AND d.element_id = ANY ($2::text[])
GROUP BY d.id ORDER BY count(b.id) DESC, d.name, d.id
"""


@dataclass(frozen=True, slots=True)
class RefusedList:
    """A refused list, and each doctor whom it would hide with the number of bookings ahead."""

    row: Mapping[str, Any]
    missing: Sequence[Mapping[str, Any]]

    @property
    def bookings(self) -> int:
        """Return how many bookings ahead are with those doctors."""
        return sum(each["bookings"] for each in self.missing)


async def read_lists(database: Database) -> list[RefusedList]:
    """Read every refused list of one instant."""
    async with (
        database.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        rows = await connection.fetch(_LISTS)
        return [
            RefusedList(row, await connection.fetch(_MISSING, row["site_id"], list(row["missing_ids"]))) for row in rows
        ]
