"""Everything the admin knows of one doctor, as of one instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.store.engine import Database

__all__ = ["Seen", "read_doctor"]

_DOCTOR: Final = """
SELECT d.*, s.code AS site, now() AS now FROM doctors d JOIN sites s ON s.id = d.site_id WHERE d.id = $1
"""
_MAPPINGS: Final = """
SELECT m.id, m.lpu_code, m.emias_doctor_id, m.status, m.reason, m.origin, m.emias_doctor, i.name AS institution,
       i.is_open, i.calls_stopped, e.as_of, e.free_slots, e.last_error, e.failures,
       (SELECT string_agg(his.name || ' (№ ' || held.id || ')', ', ' ORDER BY held.id)
        FROM doctor_mappings held JOIN doctors his ON his.id = held.doctor_id AND his.site_id = $2
        WHERE m.status = 'conflict' AND held.status = 'mapped' AND held.lpu_code = m.lpu_code
          AND held.emias_doctor_id = m.emias_doctor_id) AS holders
FROM doctor_mappings m
LEFT JOIN institutions i ON i.lpu_code = m.lpu_code
LEFT JOIN emias_doctors e ON e.id = m.emias_doctor
WHERE m.doctor_id = $1 ORDER BY m.id
"""
_PINS: Final = "SELECT * FROM doctor_pins WHERE doctor_id = $1"


@dataclass(frozen=True, slots=True)
class Seen:
    """A doctor, the mappings, and the pins by field."""

    doctor: Mapping[str, Any]
    mappings: Sequence[Mapping[str, Any]]
    pins: Mapping[str, Mapping[str, Any]]

    @property
    def now(self) -> datetime:
        """Return the instant of the reading, by the database's clock."""
        now: datetime = self.doctor["now"]
        return now


async def read_doctor(database: Database, doctor_id: int) -> Seen | None:
    """Read a doctor; None when there is none."""
    async with (
        database.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        doctor = await connection.fetchrow(_DOCTOR, doctor_id)
        if doctor is None:
            return None
        mappings = await connection.fetch(_MAPPINGS, doctor_id, doctor["site_id"])
        pins = {row["field"]: row for row in await connection.fetch(_PINS, doctor_id)}
        return Seen(doctor, mappings, pins)
