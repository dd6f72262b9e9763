"""A doctor of a site as rows: the doctor, and the mappings that came from the site."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from gateway.domain.directory import FeedDoctor

__all__ = ["differs", "take_turn", "write_doctor"]

_LONGEST_CODE: Final = 200

_TURN: Final = """
SELECT pg_advisory_xact_lock(hashtextextended('mirror', $1)), set_config('gateway.writer', 'mirror', true)
"""

_UPSERT: Final = """
INSERT INTO doctors (site_id, element_id, xml_id, name, specialty_id, specialty_name, is_active, sort, source_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (site_id, element_id) DO UPDATE
SET xml_id = excluded.xml_id, name = excluded.name, specialty_id = excluded.specialty_id,
    specialty_name = excluded.specialty_name, is_active = excluded.is_active, sort = excluded.sort,
    source_hash = excluded.source_hash, seen_at = now(), missing_since = NULL, missed = 0
RETURNING id
"""

_DROP_MAPPINGS: Final = """
DELETE FROM doctor_mappings m
WHERE m.doctor_id = $1 AND m.origin = 'bitrix'
  AND NOT EXISTS (SELECT FROM unnest($2::text[], $3::text[]) AS u (lpu_code, emias_doctor_id)
                  WHERE u.lpu_code = m.lpu_code AND u.emias_doctor_id = m.emias_doctor_id)
"""

_ADD_MAPPINGS: Final = """
INSERT INTO doctor_mappings (doctor_id, lpu_code, emias_doctor_id, origin)
SELECT $1, lpu_code, emias_doctor_id, 'bitrix'
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS u (lpu_code, emias_doctor_id, place)
WHERE NOT EXISTS (SELECT FROM mapping_corrections c
                  WHERE c.doctor_id = $1 AND c.lpu_code = u.lpu_code AND c.emias_doctor_id = u.emias_doctor_id)
ORDER BY place
ON CONFLICT (doctor_id, lpu_code, emias_doctor_id) DO NOTHING
"""


async def take_turn(connection: Any, site_id: int) -> None:
    """Be the only one that writes the site's doctors until the transaction ends; what is written is the site's word."""
    await connection.execute(_TURN, site_id)


def differs(doctor: FeedDoctor, row: Mapping[str, Any] | None) -> bool:
    """Tell whether the site's doctor is not what was last written of him."""
    return row is None or row["missed"] > 0 or row["source_hash"] != _digest(doctor)


def _digest(doctor: FeedDoctor) -> str:
    """Name the whole record: the site's own `hash` may leave out a field that its editors changed."""
    return hashlib.sha256(msgspec.json.encode(doctor)).hexdigest()


async def write_doctor(connection: Any, site_id: int, doctor: FeedDoctor) -> None:
    """Write the doctor with the site's mappings, but for those that an administrator has put right."""
    row_id = await connection.fetchval(
        _UPSERT,
        site_id,
        doctor.element_id,
        doctor.xml_id and _plain(doctor.xml_id),
        _plain(doctor.name),
        _plain(doctor.specialty_id),
        _plain(doctor.specialty_name),
        doctor.active,
        doctor.sort,
        _digest(doctor),
    )
    places = _places(doctor)
    columns = ([lpu_code for lpu_code, _ in places], [emias_doctor_id for _, emias_doctor_id in places])
    await connection.execute(_DROP_MAPPINGS, row_id, *columns)
    await connection.execute(_ADD_MAPPINGS, row_id, *columns)


def _places(doctor: FeedDoctor) -> list[tuple[str, str]]:
    typed: Iterable[tuple[str, str]] = (
        (_code(mapping.lpu_code), _code(mapping.emias_doctor_id)) for mapping in doctor.mappings
    )
    return list(dict.fromkeys(typed))


def _code(text: str) -> str:
    return _plain(text).strip()[:_LONGEST_CODE]


def _plain(text: str) -> str:
    return text.replace("\0", "")  # PostgreSQL's text holds none
