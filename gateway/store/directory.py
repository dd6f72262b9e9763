"""The site's doctors and their free slots, each answer by one statement."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from gateway.domain.directory import Alternative, Doctor, DoctorSlots, FreeSlot, Specialty
from gateway.domain.errors import FieldError, NotFound
from gateway.domain.moscow import as_moscow
from gateway.domain.schedule import EmiasDoctorRef
from gateway.ports import DoctorFilter, SlotSighting, SyncFigures
from gateway.store.engine import Database
from gateway.store.free_slots import read_free_slot

__all__ = ["Directory"]

_LONGEST_CURSOR: Final = 1024

_SPECIALTIES: Final = """
SELECT s.specialty_id, max(s.specialty_name) AS name, count(*) AS doctors
FROM doctors d JOIN shown_specialties s ON s.doctor_id = d.id
WHERE d.site_id = $1 AND EXISTS (SELECT FROM bookable_mappings b WHERE b.doctor_id = d.id AND b.as_of IS NOT NULL)
GROUP BY s.specialty_id
ORDER BY name, s.specialty_id
"""

_DOCTORS: Final = """
WITH page AS (
    SELECT d.id, d.element_id, d.name, d.sort, d.is_blocked, s.specialty_id, s.specialty_name
    FROM doctors d JOIN shown_specialties s ON s.doctor_id = d.id
    WHERE d.site_id = $1 AND d.is_active
      AND ($2::text IS NULL OR s.specialty_id = $2)
      AND ($3::text IS NULL OR EXISTS (SELECT FROM doctor_mappings m
                                       WHERE m.doctor_id = d.id AND m.status = 'mapped' AND m.lpu_code = $3))
      AND ($4::text IS NULL OR position(lower($4) IN lower(d.name)) > 0)
      AND ($5::integer IS NULL OR (d.sort, d.name, d.id) > ($5, $6::text, $7::bigint))
    ORDER BY d.sort, d.name, d.id
    LIMIT $8
)
SELECT p.id, p.element_id, p.name, p.specialty_id, p.specialty_name, p.sort, p.is_blocked,
       m.lpu_codes, m.some_mapped, m.some_conflict, m.some_lpu_unknown, b.sources, b.as_of, b.next_free
FROM page p
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(DISTINCT lpu_code) FILTER (WHERE status = 'mapped'), '{}') AS lpu_codes,
           coalesce(bool_or(status = 'mapped'), false) AS some_mapped,
           coalesce(bool_or(status = 'conflict'), false) AS some_conflict,
           coalesce(bool_or(reason = 'lpu_unknown'), false) AS some_lpu_unknown
    FROM doctor_mappings WHERE doctor_id = p.id
) m
CROSS JOIN LATERAL (
    SELECT count(*) AS sources, min(s.as_of) AS as_of, min(f.starts_at) AS next_free
    FROM bookable_mappings s
    LEFT JOIN LATERAL (SELECT starts_at FROM slots_for_sale WHERE doctor_id = s.emias_doctor
                       ORDER BY starts_at LIMIT 1) f ON true
    WHERE s.doctor_id = p.id
) b
ORDER BY p.sort, p.name, p.id
"""

_DOCTOR_SLOTS: Final = """
SELECT d.name AS doctor_name, b.emias_doctor, b.lpu_code, b.emias_doctor_id, b.as_of, h.hold_ends,
       s.ids, s.emias_slot_ids, s.starts, s.ends, s.rooms
FROM doctors d
LEFT JOIN bookable_mappings b ON b.doctor_id = d.id
LEFT JOIN LATERAL (
    SELECT array_agg(id) AS ids, array_agg(emias_slot_id) AS emias_slot_ids, array_agg(starts_at) AS starts,
           array_agg(ends_at) AS ends, array_agg(room) AS rooms
    FROM (SELECT id, emias_slot_id, starts_at, ends_at, room FROM slots_for_sale
          WHERE doctor_id = b.emias_doctor AND slot_date BETWEEN $3 AND $4) listed
) s ON true
LEFT JOIN LATERAL (
    SELECT min(expires_at) AS hold_ends FROM holds
    WHERE doctor_id = b.emias_doctor AND state = 'held' AND expires_at > now()
      AND (starts_at AT TIME ZONE 'Europe/Moscow')::date BETWEEN $3 AND $4
) h ON true
WHERE d.site_id = $1 AND d.element_id = $2 AND d.is_active
"""

_SIGHT: Final = """
SELECT s.id AS slot_id, b.lpu_code, b.emias_doctor_id, b.element_id, b.doctor_name, s.emias_slot_id, s.starts_at,
       s.ends_at, s.room, b.as_of, s.is_free AND s.starts_at > now() AS is_free
FROM local_emias_slots s
JOIN bookable_mappings b ON b.emias_doctor = s.doctor_id
WHERE s.id = $2 AND b.site_id = $1 AND ($3::text IS NULL OR b.element_id = $3)
  AND s.slot_date >= (now() AT TIME ZONE 'Europe/Moscow')::date
ORDER BY b.sort, b.doctor_id
LIMIT 1
"""

_NEAREST: Final = """
SELECT s.id AS slot_id, b.lpu_code, b.emias_doctor_id, b.element_id, b.doctor_name, s.emias_slot_id, s.starts_at,
       s.ends_at, s.room
FROM doctors mine
JOIN shown_specialties wanted ON wanted.doctor_id = mine.id
JOIN bookable_mappings b ON b.site_id = mine.site_id AND b.specialty_id = wanted.specialty_id
CROSS JOIN LATERAL (
    (SELECT * FROM slots_for_sale WHERE doctor_id = b.emias_doctor AND starts_at >= $3 ORDER BY starts_at LIMIT $6)
    UNION ALL
    (SELECT * FROM slots_for_sale WHERE doctor_id = b.emias_doctor AND starts_at < $3 ORDER BY starts_at DESC LIMIT $6)
) s
WHERE mine.site_id = $1 AND mine.element_id = $2 AND s.id <> $5
ORDER BY b.element_id <> $2, b.lpu_code <> $4, greatest(s.starts_at - $3, $3 - s.starts_at), s.starts_at, b.sort, s.id
LIMIT $6
"""

_FIGURES: Final = """
WITH schedules AS (
    SELECT DISTINCT emias_doctor, lpu_code, as_of FROM bookable_mappings WHERE site_id = $1
), asked AS (
    SELECT DISTINCT i.lpu_code, i.calls_stopped,
           i.last_error_at IS NOT NULL
           AND (i.last_ok_at IS NULL OR i.last_ok_at < least(i.last_error_at, now() - $2::interval)) AS silent
    FROM schedules JOIN institutions i USING (lpu_code)
)
SELECT min(as_of) AS oldest_as_of, count(*) AS doctors,
       count(*) FILTER (WHERE as_of IS NULL OR as_of < now() - $2::interval) AS lagging,
       ARRAY(SELECT lpu_code FROM asked WHERE silent ORDER BY lpu_code) AS silent,
       ARRAY(SELECT lpu_code FROM asked WHERE calls_stopped ORDER BY lpu_code) AS stopped,
       ARRAY(SELECT lpu_code FROM asked ORDER BY lpu_code) AS institutions,
       now() AS database_now
FROM schedules
"""


@dataclass(frozen=True, slots=True)
class Directory:
    """Reads for the site's pages; held, live-booked and past slots are never among the free ones."""

    database: Database

    async def specialties(self, site_id: int) -> list[Specialty]:
        """List the specialties that have bookable doctors, by name."""
        rows = await self.database.pool.fetch(_SPECIALTIES, site_id)
        return [Specialty(row["specialty_id"], row["name"], row["doctors"]) for row in rows]

    async def doctors(self, site_id: int, wanted: DoctorFilter) -> tuple[list[Doctor], str | None]:
        """List a page of doctors in the site's order, and the next page's cursor; raise `FieldError` on a wrong one."""
        sort, name, row_id = _read_cursor(wanted.cursor) if wanted.cursor else (None, None, None)
        rows = await self.database.pool.fetch(
            _DOCTORS, site_id, wanted.specialty, wanted.lpu, wanted.q, sort, name, row_id, wanted.limit + 1
        )
        page = rows[: wanted.limit]
        return [_doctor(row) for row in page], _cursor(page[-1]) if len(rows) > len(page) else None

    async def doctor_slots(self, site_id: int, doctor_id: str, first: date, last: date) -> DoctorSlots:
        """List a doctor's free slots over days, both included; none if not bookable. Raise `NotFound`."""
        rows = await self.database.pool.fetch(_DOCTOR_SLOTS, site_id, doctor_id, first, last)
        if not rows:
            raise NotFound("doctor")
        sources = [row for row in rows if row["emias_doctor"] is not None]
        slots = sorted((slot for row in sources for slot in _slots(doctor_id, row)), key=lambda slot: slot.starts_at)
        hold_ends = [row["hold_ends"] for row in sources if row["hold_ends"]]
        return DoctorSlots(
            doctor_id=doctor_id,
            as_of=_earliest([row["as_of"] for row in sources if row["as_of"]]),
            first=first,
            last=last,
            slots=tuple(slots),
            source_ids=tuple(row["emias_doctor"] for row in sources),
            changes_at=_earliest([*hold_ends, *(slot.starts_at for slot in slots[:1])]),
        )

    async def sight(self, site_id: int, slot_id: UUID, doctor_id: str | None) -> SlotSighting | None:
        """Find a slot, from today on, of one of the site's bookable doctors."""
        row = await self.database.pool.fetchrow(_SIGHT, site_id, slot_id, doctor_id)
        if row is None:
            return None
        return SlotSighting(read_free_slot(row), is_free=row["is_free"], as_of=_moscow(row["as_of"]))

    async def nearest(self, site_id: int, around: FreeSlot, limit: int) -> list[Alternative]:
        """List free slots nearest to one: same doctor, then same specialty and institution, then same specialty."""
        rows = await self.database.pool.fetch(
            _NEAREST, site_id, around.doctor_id, around.starts_at, around.doctor.lpu_code, around.id, limit
        )
        return [Alternative(slot, slot.doctor_id == around.doctor_id) for slot in map(read_free_slot, rows)]

    async def figures(self, site_id: int, lag_after: timedelta) -> SyncFigures:
        """Sum up how fresh the mirror is; a silent institution has failed and not answered for `lag_after`."""
        row = await self.database.pool.fetchrow(_FIGURES, site_id, lag_after)
        return SyncFigures(
            oldest_as_of=_moscow(row["oldest_as_of"]),
            lagging=row["lagging"],
            doctors=row["doctors"],
            silent_institutions=tuple(row["silent"]),
            stopped_institutions=tuple(row["stopped"]),
            institutions=tuple(row["institutions"]),
            database_now=as_moscow(row["database_now"]),
        )


def _doctor(row: Mapping[str, Any]) -> Doctor:
    reason = _reason(row)
    return Doctor(
        id=row["element_id"],
        name=row["name"],
        specialty_id=row["specialty_id"],
        specialty_name=row["specialty_name"],
        lpu_codes=tuple(row["lpu_codes"]),
        bookable=reason is None,
        reason=reason,
        next_free=_moscow(row["next_free"]),
        as_of=_moscow(row["as_of"]),
        sort=row["sort"],
    )


def _reason(row: Mapping[str, Any]) -> str | None:
    if row["is_blocked"]:
        return "blocked"
    if row["sources"]:
        return None if row["as_of"] else "never_synced"
    if row["some_mapped"]:
        return "institution_closed"
    if row["some_conflict"]:
        return "conflict"
    return "lpu_unknown" if row["some_lpu_unknown"] else "unmapped"


def _slots(doctor_id: str, row: Mapping[str, Any]) -> list[FreeSlot]:
    doctor = EmiasDoctorRef(row["lpu_code"], row["emias_doctor_id"])
    name = row["doctor_name"]
    columns = zip(
        row["ids"] or (),
        row["emias_slot_ids"] or (),
        row["starts"] or (),
        row["ends"] or (),
        row["rooms"] or (),
        strict=True,
    )
    return [
        FreeSlot(slot_id, doctor, doctor_id, name, emias_slot_id, as_moscow(starts_at), _moscow(ends_at), room)
        for slot_id, emias_slot_id, starts_at, ends_at, room in columns
    ]


def _moscow(instant: datetime | None) -> datetime | None:
    return as_moscow(instant) if instant else None


def _earliest(instants: Sequence[datetime]) -> datetime | None:
    return _moscow(min(instants, default=None))


def _cursor(row: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((row["sort"], row["name"], row["id"]))).decode()


def _read_cursor(cursor: str) -> tuple[int, str, int]:
    try:
        place = msgspec.json.decode(
            base64.b64decode(cursor[:_LONGEST_CURSOR], altchars=b"-_", validate=True), type=tuple[int, str, int]
        )
    except ValueError:
        raise FieldError("cursor", "cursor_format") from None
    if not (abs(place[0]) < 2**31 and abs(place[2]) < 2**63 and "\0" not in place[1]):
        raise FieldError("cursor", "cursor_format")
    return place
