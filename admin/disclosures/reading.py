"""What the pages show of a booking without any disclosure: its mask, doctor and state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from gateway.store.engine import Database

__all__ = ["read_bookings"]

_BOOKINGS: Final = """
SELECT b.id, b.patient_mask, b.state, b.starts_at, b.patient_sealed IS NULL AS is_erased, d.name AS doctor, e.lpu_code
FROM bookings b
JOIN doctors d ON d.id = b.site_doctor_id
JOIN emias_doctors e ON e.id = b.doctor_id
WHERE b.id = ANY($1::uuid[])
ORDER BY b.starts_at DESC
"""


async def read_bookings(database: Database, ids: Sequence[UUID]) -> Sequence[Mapping[str, Any]]:
    """Read masked bookings, the latest visit first; those that are gone are left out."""
    rows: Sequence[Mapping[str, Any]] = await database.pool.fetch(_BOOKINGS, ids)
    return rows
