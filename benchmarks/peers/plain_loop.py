"""The plain agent without PHP: doctors one after another, a statement a slot, a transaction a doctor."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import asyncpg
import httpx
from lxml import etree

from benchmarks.replies import DATA_CONTRACT, LPU_CODE

__all__ = ["PEER_TABLE", "plain_pass"]

PEER_TABLE: Final = """
CREATE TABLE IF NOT EXISTS peer_slots (
    doctor_id text, slot_date date, slot_time time, emias_slot_id text, is_free boolean,
    PRIMARY KEY (doctor_id, slot_date, slot_time))
"""
_UPSERT: Final = """
INSERT INTO peer_slots (doctor_id, slot_date, slot_time, emias_slot_id, is_free) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (doctor_id, slot_date, slot_time)
DO UPDATE SET emias_slot_id = excluded.emias_slot_id, is_free = excluded.is_free
"""
_SLOT: Final = f"{{{DATA_CONTRACT}}}ScheduleSlot"
_CALL: Final = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><GetSchedule xmlns="http://tempuri.org/">'
    f"<lpuCode>{LPU_CODE}</lpuCode><doctorId>{{}}</doctorId><dateFrom>{{}}</dateFrom><dateTo>{{}}</dateTo>"
    "</GetSchedule></s:Body></s:Envelope>"
)


async def plain_pass(database_url: str, address: str, first: date, last: date, doctors: Sequence[str]) -> float:
    """Read and write every doctor and return the seconds that it took."""
    connection = await asyncpg.connect(database_url)
    try:
        begun = time.perf_counter()
        async with httpx.AsyncClient(trust_env=False) as client:
            for doctor in doctors:
                reply = await client.post(address, content=_CALL.format(doctor, first, last), timeout=30)
                await _write(connection, doctor, reply.content)
        return time.perf_counter() - begun
    finally:
        await connection.close()


async def _write(connection: Any, doctor: str, body: bytes) -> None:
    async with connection.transaction():
        upsert = await connection.prepare(_UPSERT)
        for item in etree.fromstring(body).iter(_SLOT):
            members = {etree.QName(child).localname: child.text or "" for child in item}
            start = datetime.fromisoformat(members["StartTime"])
            await upsert.fetch(doctor, start.date(), start.time(), members["SlotId"], members["IsFree"] == "true")
