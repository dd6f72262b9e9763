"""Read a row of a slot as the domain's free slot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.domain.directory import FreeSlot
from gateway.domain.moscow import as_moscow
from gateway.domain.schedule import EmiasDoctorRef

__all__ = ["read_free_slot"]


def read_free_slot(row: Mapping[str, Any]) -> FreeSlot:
    """Read a slot's row.

    Its columns: slot_id, lpu_code, emias_doctor_id, element_id, doctor_name, emias_slot_id, starts_at, ends_at, room.
    """
    ends_at = row["ends_at"]
    return FreeSlot(
        id=row["slot_id"],
        doctor=EmiasDoctorRef(row["lpu_code"], row["emias_doctor_id"]),
        doctor_id=row["element_id"],
        doctor_name=row["doctor_name"],
        emias_slot_id=row["emias_slot_id"],
        starts_at=as_moscow(row["starts_at"]),
        ends_at=ends_at and as_moscow(ends_at),
        room=row["room"],
    )
