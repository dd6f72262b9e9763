"""The due list of schedules and the slot table that it fills; a lease's token fences every write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from gateway.domain.diff import KnownSlot, SlotDiff
from gateway.domain.moscow import as_moscow
from gateway.domain.outcomes import Cause
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow, SlotKey
from gateway.ports import DueDoctor, Written
from gateway.store.engine import Database

__all__ = ["SyncBook"]

_LONGEST_CODE: Final = 64

_LEASE: Final = """
UPDATE emias_doctors e
SET lease_token = gen_random_uuid(), lease_until = now() + $1::interval, attempted_at = now()
FROM wanted
WHERE e.id = wanted.id
RETURNING e.id, e.lpu_code, e.emias_doctor_id, e.lease_token, e.digest, e.as_of, e.interval_s, e.failures,
          e.quarantined, e.next_sync_at
"""
_UNLEASED_BOOKABLE: Final = """
(e.lease_until IS NULL OR e.lease_until <= now())
AND EXISTS (SELECT FROM bookable_mappings b WHERE b.emias_doctor = e.id)
"""
_CLAIM_DUE: Final = f"""
WITH room AS (
    SELECT i.lpu_code, greatest($3::integer - coalesce(r.running, 0), 0) AS places
    FROM institutions i LEFT JOIN unnest($4::text[], $5::integer[]) AS r (lpu_code, running) USING (lpu_code)
), wanted AS MATERIALIZED (
    SELECT due.id FROM room CROSS JOIN LATERAL (
        SELECT e.id, e.next_sync_at FROM emias_doctors e
        WHERE e.lpu_code = room.lpu_code AND e.next_sync_at <= now() AND {_UNLEASED_BOOKABLE}
        ORDER BY e.next_sync_at, e.id
        LIMIT room.places
        FOR NO KEY UPDATE OF e SKIP LOCKED
    ) AS due
    ORDER BY due.next_sync_at, due.id
    LIMIT $2
), leased AS ({_LEASE})
SELECT * FROM leased ORDER BY next_sync_at, id
"""  # noqa: S608 - joined from constants
_CLAIM: Final = f"""
WITH wanted AS MATERIALIZED (
    SELECT e.id FROM emias_doctors e
    WHERE e.lpu_code = $2 AND e.emias_doctor_id = $3 AND {_UNLEASED_BOOKABLE}
    FOR NO KEY UPDATE OF e SKIP LOCKED
)
{_LEASE}
"""  # noqa: S608 - joined from constants

_NEXT_DUE: Final = """
SELECT min(CASE WHEN e.lease_until > now() THEN greatest(e.next_sync_at, e.lease_until) ELSE e.next_sync_at END)
FROM emias_doctors e
WHERE EXISTS (SELECT FROM bookable_mappings b WHERE b.emias_doctor = e.id)
"""

_ALL_DUE: Final = """
WITH bookable AS (
    SELECT e.id FROM emias_doctors e WHERE EXISTS (SELECT FROM bookable_mappings b WHERE b.emias_doctor = e.id)
), hastened AS (
    UPDATE emias_doctors e SET next_sync_at = now() FROM bookable WHERE e.id = bookable.id AND e.next_sync_at > now()
)
SELECT count(*) FROM bookable
"""

_KNOWN: Final = """
SELECT starts_at, emias_slot_id, is_free, ends_at, room, state = 'closed' AS closed
FROM local_emias_slots WHERE doctor_id = $1 AND slot_date BETWEEN $2 AND $3
"""

_OWN: Final = "SELECT FROM emias_doctors WHERE id = $1 AND lease_token = $2 FOR NO KEY UPDATE"

_INSERT: Final = """
INSERT INTO local_emias_slots (doctor_id, slot_date, slot_time, starts_at, ends_at, id, emias_slot_id, is_free, state,
                               room)
SELECT $1, (starts_at AT TIME ZONE 'Europe/Moscow')::date, (starts_at AT TIME ZONE 'Europe/Moscow')::time,
       starts_at, ends_at, id, emias_slot_id, is_free, CASE WHEN is_free THEN 'free' ELSE 'busy' END, room
FROM unnest($2::timestamptz[], $3::timestamptz[], $4::text[], $5::boolean[], $6::text[], $7::uuid[])
     AS u (starts_at, ends_at, emias_slot_id, is_free, room, id)
ON CONFLICT DO NOTHING
"""

_UPDATE: Final = """
UPDATE local_emias_slots s
SET ends_at = u.ends_at, emias_slot_id = u.emias_slot_id, is_free = u.is_free,
    state = CASE WHEN u.is_free THEN 'free' ELSE 'busy' END, room = u.room, seen_at = now()
FROM unnest($2::timestamptz[], $3::timestamptz[], $4::text[], $5::boolean[], $6::text[])
     AS u (starts_at, ends_at, emias_slot_id, is_free, room)
WHERE s.doctor_id = $1 AND s.starts_at = u.starts_at AND s.slot_date BETWEEN $7 AND $8
"""

_CLOSE: Final = """
UPDATE local_emias_slots SET is_free = false, state = 'closed', seen_at = now()
WHERE doctor_id = $1 AND starts_at = ANY($2::timestamptz[]) AND slot_date BETWEEN $3 AND $4 AND state <> 'closed'
"""

# Reads planned together drift apart by a tenth of their interval.
_PLAN: Final = """
lease_token = NULL, lease_until = NULL, next_sync_at = now() + $3::interval * (0.9 + random() * 0.2)
"""
_TRUSTED: Final = f"""
as_of = now(), failures = 0, quarantined = 0, interval_s = extract(epoch FROM $3::interval)::integer, {_PLAN}
"""
_UNCHANGED: Final = f"UPDATE emias_doctors SET {_TRUSTED} WHERE id = $1 AND lease_token = $2"  # noqa: S608 - constants
_WRITTEN: Final = f"""
UPDATE emias_doctors SET digest = $4, {_TRUSTED}, hint_name = coalesce($5, hint_name),
    hint_specialty = coalesce($6, hint_specialty),
    hinted_at = CASE WHEN coalesce($5, $6) IS NULL THEN hinted_at ELSE now() END, free_slots = (
    SELECT count(*) FROM local_emias_slots
    WHERE doctor_id = $1 AND is_free AND starts_at > now() AND slot_date >= (now() AT TIME ZONE 'Europe/Moscow')::date)
WHERE id = $1 AND lease_token = $2
"""  # noqa: S608 - joined from constants
_QUARANTINED: Final = f"""
UPDATE emias_doctors SET quarantined = quarantined + 1, {_PLAN} WHERE id = $1 AND lease_token = $2
"""  # noqa: S608 - joined from constants
_FAILED: Final = f"""
UPDATE emias_doctors SET failures = failures + 1, last_error = $4, last_error_at = now(), {_PLAN}
WHERE id = $1 AND lease_token = $2
"""  # noqa: S608 - joined from constants

_POSTPONED: Final = f"UPDATE emias_doctors SET {_PLAN} WHERE id = $1 AND lease_token = $2"  # noqa: S608 - constants

_LOG: Final = """
INSERT INTO sync_log (lpu_code, emias_doctor_id, outcome, cause, inserted, updated, closed)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


@dataclass(frozen=True, slots=True)
class SyncBook:
    """Leases schedules to workers and writes down what they read."""

    database: Database

    async def claim_due(
        self, limit: int, lease: timedelta, *, at_once: int | None = None, running: Mapping[str, int] | None = None
    ) -> list[DueDoctor]:
        """Lease the doctors that are due, oldest first, skipping those that another worker has.

        Together with those of `running`, by LPU code, no institution gets more than `at_once`.
        """
        counts = running or {}
        rows = await self.database.pool.fetch(
            _CLAIM_DUE, lease, limit, limit if at_once is None else at_once, list(counts), list(counts.values())
        )
        return [_due(row) for row in rows]

    async def claim(self, doctor: EmiasDoctorRef, lease: timedelta) -> DueDoctor | None:
        """Lease one doctor now; None when another has it or no bookable doctor of a site uses it."""
        row = await self.database.pool.fetchrow(_CLAIM, lease, doctor.lpu_code, doctor.emias_doctor_id)
        return _due(row) if row else None

    async def next_due(self) -> datetime | None:
        """Return when the next doctor falls due; a leased one not before its lease ends."""
        instant = await self.database.pool.fetchval(_NEXT_DUE)
        return as_moscow(instant) if instant else None

    async def all_due_now(self) -> int:
        """Make every bookable doctor due at once and count them."""
        return int(await self.database.pool.fetchval(_ALL_DUE))

    async def known_slots(self, due: DueDoctor, first: date, last: date) -> list[KnownSlot]:
        """Read the doctor's rows over a range of days, closed ones too."""
        return [KnownSlot(*row) for row in await self.database.pool.fetch(_KNOWN, due.row_id, first, last)]

    async def unchanged(self, due: DueDoctor, next_after: timedelta) -> bool:
        """Note a read with nothing new; False when the lease was lost (then nothing is written)."""
        noted = await self.database.pool.execute(_UNCHANGED, due.row_id, due.token, next_after)
        return bool(noted == "UPDATE 1")

    async def write(
        self, due: DueDoctor, window: ScheduleWindow, diff: SlotDiff, next_after: timedelta
    ) -> Written | None:
        """Apply a diff and the new digest in one transaction; None when the lease was lost.

        Slots with a live booking are closed like others: the booking blocks them by itself, and no row is ever deleted.
        """
        if diff.insert:
            starts = [slot.starts_at for slot in diff.insert]
            await self.database.pool.execute(
                "SELECT ensure_slot_partitions(($1::timestamptz AT TIME ZONE 'Europe/Moscow')::date,"
                " ($2::timestamptz AT TIME ZONE 'Europe/Moscow')::date)",
                min(starts),
                max(starts),
            )
        async with self.database.transaction() as connection:
            if await connection.fetchrow(_OWN, due.row_id, due.token) is None:
                return None
            written = await _write_slots(connection, due, window, diff)
            await connection.execute(_WRITTEN, due.row_id, due.token, next_after, window.digest, *window.hint)
            if written.inserted or written.updated or written.closed:
                await _log(connection, due, "changed", written=written)
        return written

    async def quarantine(self, due: DueDoctor, window: ScheduleWindow, known_free: int, next_after: timedelta) -> None:
        """Note that a reply was not believed; the slots, their age and their digest stay as they are."""
        async with self.database.transaction() as connection:
            if await connection.execute(_QUARANTINED, due.row_id, due.token, next_after) != "UPDATE 1":
                return
            listed = sum(slot.is_free for slot in window.slots)
            await _log(connection, due, "quarantined", f"{listed} free of {known_free} known")

    async def postpone(self, due: DueDoctor, next_after: timedelta) -> None:
        """Give the lease back unused: EMIAS was not asked, which says nothing of the doctor."""
        await self.database.pool.execute(_POSTPONED, due.row_id, due.token, next_after)

    async def failed(self, due: DueDoctor, cause: Cause, code: str | None, next_after: timedelta) -> None:
        """Note a failed read with its cause; nobody else's rows change."""
        error = f"{cause}: {code[:_LONGEST_CODE]}" if code else str(cause)
        async with self.database.transaction() as connection:
            if await connection.execute(_FAILED, due.row_id, due.token, next_after, error) != "UPDATE 1":
                return
            await _log(connection, due, "failed", error)


async def _write_slots(connection: Any, due: DueDoctor, window: ScheduleWindow, diff: SlotDiff) -> Written:
    inserted = updated = closed = 0
    days = (window.covered_from, window.covered_to)
    if diff.insert:
        ids = [SlotKey(due.ref, slot.starts_at).public_id() for slot in diff.insert]
        inserted = _rows(await connection.execute(_INSERT, due.row_id, *_columns(diff.insert), ids))
    if diff.update:
        updated = _rows(await connection.execute(_UPDATE, due.row_id, *_columns(diff.update), *days))
    if diff.close:
        closed = _rows(await connection.execute(_CLOSE, due.row_id, list(diff.close), *days))
    return Written(inserted, updated, closed, diff.kept)


def _columns(slots: Sequence[RemoteSlot]) -> tuple[list[Any], ...]:
    return (
        [slot.starts_at for slot in slots],
        [slot.ends_at for slot in slots],
        [slot.emias_slot_id for slot in slots],
        [slot.is_free for slot in slots],
        [slot.room for slot in slots],
    )


def _rows(status: str) -> int:
    return int(status.rpartition(" ")[2])


async def _log(
    connection: Any, due: DueDoctor, outcome: str, cause: str = "", *, written: Written | None = None
) -> None:
    figures = written or Written()
    await connection.execute(_LOG, *due.ref, outcome, cause, figures.inserted, figures.updated, figures.closed)


def _due(row: Any) -> DueDoctor:
    return DueDoctor(
        row_id=row["id"],
        ref=EmiasDoctorRef(row["lpu_code"], row["emias_doctor_id"]),
        token=row["lease_token"],
        digest=row["digest"],
        as_of=row["as_of"] and as_moscow(row["as_of"]),
        interval=timedelta(seconds=row["interval_s"]),
        failures=row["failures"],
        quarantined=row["quarantined"],
    )
