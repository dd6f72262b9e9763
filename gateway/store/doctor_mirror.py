"""The local copy of a site's doctors: what changed is written, a snapshot that lost too many is not believed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from gateway.domain.directory import FeedDoctor
from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorSnapshot, MirrorSummary
from gateway.store.engine import Database

__all__ = ["DoctorMirror"]

_MISSED_BEFORE_HIDDEN: Final = 2
_ALWAYS_BELIEVED: Final = 5
_BELIEVED_SHARE: Final = 0.2
_LONGEST_CODE: Final = 200

_KNOWN: Final = "SELECT id, element_id, source_hash, is_active, missed FROM doctors WHERE site_id = $1"

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
ORDER BY place
ON CONFLICT (doctor_id, lpu_code, emias_doctor_id) DO NOTHING
"""

# A place that its rival has left, or lost by being hidden, goes to whoever waited for it.
_SETTLE_CONFLICTS: Final = """
UPDATE doctor_mappings w SET lpu_code = w.lpu_code
FROM doctors d
WHERE w.status = 'conflict' AND d.id = w.doctor_id AND d.site_id = $1 AND d.is_active
  AND NOT EXISTS (SELECT FROM doctor_mappings m JOIN doctors r ON r.id = m.doctor_id
                  WHERE m.status = 'mapped' AND m.lpu_code = w.lpu_code AND m.emias_doctor_id = w.emias_doctor_id
                    AND r.site_id = d.site_id AND r.is_active AND r.id <> d.id)
"""
_ANY_CONFLICT: Final = """
SELECT EXISTS (SELECT FROM doctor_mappings w JOIN doctors d ON d.id = w.doctor_id
               WHERE w.status = 'conflict' AND d.site_id = $1)
"""

_MISS: Final = """
UPDATE doctors SET missed = missed + 1, missing_since = coalesce(missing_since, now()), is_active = missed + 1 < $2
WHERE id = ANY($1::bigint[])
"""

_UNMAPPED: Final = """
SELECT count(*) FROM doctors d
WHERE d.site_id = $1 AND d.is_active
  AND NOT EXISTS (SELECT FROM doctor_mappings m WHERE m.doctor_id = d.id AND m.status = 'mapped')
"""

_REFUSED: Final = "UPDATE sites SET mirror_error = $2, mirror_error_at = now() WHERE id = $1"
_DONE: Final = "UPDATE sites SET mirrored_at = now(), mirror_error = NULL, mirror_error_at = NULL WHERE id = $1"

_LOG: Final = """
INSERT INTO sync_log (lpu_code, outcome, cause, inserted, updated, closed) VALUES ('', $1, $2, $3, $4, $5)
"""


@dataclass(frozen=True, slots=True)
class DoctorMirror:
    """Brings `doctors` and the mappings that came from Bitrix up to the site's snapshot."""

    database: Database

    async def apply(self, site_id: int, snapshot: DoctorSnapshot) -> MirrorSummary:
        """Bring the copy up to a complete snapshot.

        A doctor missing from two snapshots in a row is hidden; an administrator's mappings and blocks stay untouched.

        Raises:
            MirrorRefused: `duplicate_doctor`, or `too_many_missing` when more than five and more than a fifth of the
                shown doctors are not in the snapshot; nothing is then written.
        """
        doctors = snapshot.doctors
        wanted = {doctor.element_id: doctor for doctor in doctors}
        if len(wanted) != len(doctors):
            raise MirrorRefused("duplicate_doctor")
        async with self.database.transaction() as connection:
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('mirror', $1))", site_id)
            known = {row["element_id"]: row for row in await connection.fetch(_KNOWN, site_id)}
            missing = _missing(known, wanted.keys() | snapshot.illegible)
            changed = [doctor for doctor in doctors if _differs(doctor, known.get(doctor.element_id))]
            for doctor in changed:
                await _write(connection, site_id, doctor)
            if missing:
                await connection.execute(_MISS, [row["id"] for row in missing], _MISSED_BEFORE_HIDDEN)
            if await connection.fetchval(_ANY_CONFLICT, site_id):
                await connection.execute(_SETTLE_CONFLICTS, site_id)
            await connection.execute(_DONE, site_id)
            added = sum(doctor.element_id not in known for doctor in changed)
            summary = MirrorSummary(
                added=added,
                changed=len(changed) - added,
                missing=len(missing),
                removed=sum(row["missed"] + 1 >= _MISSED_BEFORE_HIDDEN for row in missing),
                unmapped=await connection.fetchval(_UNMAPPED, site_id),
            )
            if changed or missing:
                await connection.execute(_LOG, "mirror", "", summary.added, summary.changed, summary.removed)
            return summary

    async def refused(self, site_id: int, reason: str) -> None:
        """Write down that a snapshot was not believed, and why."""
        async with self.database.transaction() as connection:
            await connection.execute(_REFUSED, site_id, reason)
            await connection.execute(_LOG, "mirror_refused", reason, 0, 0, 0)


def _missing(known: Mapping[str, Any], listed: AbstractSet[str]) -> list[Any]:
    shown = [row for row in known.values() if row["is_active"]]
    missing = [row for row in shown if row["element_id"] not in listed]
    if len(missing) > max(_ALWAYS_BELIEVED, _BELIEVED_SHARE * len(shown)):
        raise MirrorRefused("too_many_missing")
    return missing


def _differs(doctor: FeedDoctor, row: Mapping[str, Any] | None) -> bool:
    return row is None or row["missed"] > 0 or row["source_hash"] != _digest(doctor)


def _digest(doctor: FeedDoctor) -> str:
    """Name the whole record: the site's own `hash` may leave out a field that its editors changed."""
    return hashlib.sha256(msgspec.json.encode(doctor)).hexdigest()


async def _write(connection: Any, site_id: int, doctor: FeedDoctor) -> None:
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
