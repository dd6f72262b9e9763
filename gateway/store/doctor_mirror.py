"""The local copy of a site's doctors: what changed is written, a snapshot that lost too many is not believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.domain.directory import FeedDoctor
from gateway.domain.errors import MirrorRefused
from gateway.domain.moscow import as_moscow
from gateway.domain.removal import Removal, is_believable
from gateway.ports import DoctorSnapshot, MarkedDoctor, MirrorSummary, Reread
from gateway.store.doctor_rows import differs, take_turn, write_doctor
from gateway.store.engine import Database
from gateway.store.mirror_refusals import is_approved, note_removal, settle_removal

__all__ = ["DoctorMirror"]

_MISSED_BEFORE_HIDDEN: Final = 2

_KNOWN: Final = "SELECT id, element_id, source_hash, is_active, missed FROM doctors WHERE site_id = $1"
_KNOWN_ONE: Final = f"{_KNOWN} AND element_id = $2"
_READ_SINCE: Final = "SELECT element_id FROM doctor_rereads WHERE site_id = $1 AND read_at > $2"
_OVERTAKEN: Final = """
DELETE FROM doctor_rereads
WHERE site_id = $1 AND coalesce(read_at <= $2, true)
  AND (next_read_at IS NULL OR (marked_at <= $2 AND NOT is_deleted))
"""

_MISS: Final = """
UPDATE doctors SET missed = missed + $2, missing_since = coalesce(missing_since, now()), is_active = missed + $2 < $3
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

_TAKE_MARK_OFF: Final = """
UPDATE doctor_rereads SET next_read_at = NULL, read_at = $4, is_deleted = false, failures = 0
WHERE site_id = $1 AND element_id = $2 AND version = $3
RETURNING element_id
"""
_GONE_BY_PUSH: Final = """
SELECT count(*) FILTER (WHERE d.is_active) AS shown,
       count(*) FILTER (WHERE NOT d.is_active AND d.missing_since > coalesce(s.mirrored_at, '-infinity')) AS gone
FROM doctors d JOIN sites s ON s.id = d.site_id WHERE d.site_id = $1
"""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a snapshot would do to the rows that are known; `missing` by row id."""

    changed: list[FeedDoctor]
    added: int
    missing: list[Mapping[str, Any]]
    removal: Removal


@dataclass(frozen=True, slots=True)
class DoctorMirror:
    """Brings `doctors` and the mappings that came from Bitrix up to the site's list."""

    database: Database

    async def now(self) -> datetime:
        """Tell the database's time."""
        return as_moscow(await self.database.pool.fetchval("SELECT clock_timestamp()"))

    async def apply(self, site_id: int, snapshot: DoctorSnapshot, since: datetime) -> MirrorSummary:
        """Bring the copy up to a complete snapshot whose reading began at `since`.

        A doctor missing from two snapshots in a row is hidden, at once when a person has approved it. What an
        administrator mapped, pinned or blocked stays untouched, and so does what was read anew after `since`.

        Raises:
            MirrorRefused: `duplicate_doctor`, or `too_many_missing` when more than five and more than a fifth of the
                shown doctors are not in the snapshot and nobody has approved it; no doctor is then written.
        """
        if len({doctor.element_id for doctor in snapshot.doctors}) != len(snapshot.doctors):
            raise MirrorRefused("duplicate_doctor")
        async with self.database.transaction() as connection:
            await take_turn(connection, site_id)
            plan = await _plan(connection, site_id, snapshot, since)
            approved = not plan.removal.is_believable and await is_approved(connection, site_id, plan.removal)
            if plan.removal.is_believable or approved:
                return await _carry_out(connection, site_id, plan, since, at_once=approved)
            await note_removal(connection, site_id, plan.removal)
        raise MirrorRefused("too_many_missing")

    async def apply_one(self, site_id: int, marked: MarkedDoctor, found: DoctorSnapshot) -> Reread:
        """Bring the copy of one element up to what a new reading found, and take the mark off.

        An element that the site said was deleted and no longer has is hidden, but not more of them than a snapshot may
        hide; those, and elements that are gone without a word, are left to the snapshots.
        """
        async with self.database.transaction() as connection:
            await take_turn(connection, site_id)
            if not await connection.fetchval(
                _TAKE_MARK_OFF, site_id, marked.element_id, marked.version, marked.claimed_at
            ):
                return Reread(is_current=False)
            row = await connection.fetchrow(_KNOWN_ONE, site_id, marked.element_id)
            if found.doctors:
                return Reread(written=await _write_if_new(connection, site_id, found.doctors[0], row))
            gone = marked.is_deletion and not found.illegible and row is not None and row["is_active"]
            if not gone or not await _may_go(connection, site_id):
                return Reread()
            await connection.execute(_MISS, [row["id"]], _MISSED_BEFORE_HIDDEN, _MISSED_BEFORE_HIDDEN)
            await connection.execute(_LOG, "mirror", "push", 0, 0, 1)
            return Reread(hidden=True)

    async def refused(self, site_id: int, reason: str) -> None:
        """Write down that a snapshot was not believed, and why."""
        async with self.database.transaction() as connection:
            await connection.execute(_REFUSED, site_id, reason)
            await connection.execute(_LOG, "mirror_refused", reason, 0, 0, 0)


async def _plan(connection: Any, site_id: int, snapshot: DoctorSnapshot, since: datetime) -> _Plan:
    known = {row["element_id"]: row for row in await connection.fetch(_KNOWN, site_id)}
    newer = {row["element_id"] for row in await connection.fetch(_READ_SINCE, site_id, since)}
    listed = {doctor.element_id for doctor in snapshot.doctors} | snapshot.illegible
    # A doctor whom a pin keeps on show has been missed often enough already.
    shown = [row for row in known.values() if row["is_active"] and row["missed"] < _MISSED_BEFORE_HIDDEN]
    missing = [row for row in shown if row["element_id"] not in listed | newer]
    changed = [
        doctor
        for doctor in snapshot.doctors
        if doctor.element_id not in newer and differs(doctor, known.get(doctor.element_id))
    ]
    return _Plan(
        changed,
        sum(doctor.element_id not in known for doctor in changed),
        missing,
        Removal(frozenset(row["element_id"] for row in missing), len(shown), len(listed)),
    )


async def _carry_out(connection: Any, site_id: int, plan: _Plan, since: datetime, *, at_once: bool) -> MirrorSummary:
    for doctor in plan.changed:
        await write_doctor(connection, site_id, doctor)
    step = _MISSED_BEFORE_HIDDEN if at_once else 1
    if plan.missing:
        await connection.execute(_MISS, [row["id"] for row in plan.missing], step, _MISSED_BEFORE_HIDDEN)
    await settle_removal(connection, site_id)
    await connection.execute(_OVERTAKEN, site_id, since)
    await connection.execute(_DONE, site_id)
    summary = MirrorSummary(
        added=plan.added,
        changed=len(plan.changed) - plan.added,
        missing=len(plan.missing),
        removed=sum(row["missed"] + step >= _MISSED_BEFORE_HIDDEN for row in plan.missing),
        unmapped=await connection.fetchval(_UNMAPPED, site_id),
    )
    if plan.changed or plan.missing:
        await connection.execute(_LOG, "mirror", "", summary.added, summary.changed, summary.removed)
    return summary


async def _write_if_new(connection: Any, site_id: int, doctor: FeedDoctor, row: Mapping[str, Any] | None) -> bool:
    if not differs(doctor, row):
        return False
    await write_doctor(connection, site_id, doctor)
    await connection.execute(_LOG, "mirror", "push", int(row is None), int(row is not None), 0)
    return True


async def _may_go(connection: Any, site_id: int) -> bool:
    """Tell whether one more doctor may be hidden by pushes alone since the last snapshot."""
    counts = await connection.fetchrow(_GONE_BY_PUSH, site_id)
    return is_believable(counts["gone"] + 1, counts["shown"] + counts["gone"])
