"""What the rules of alerts look at, asked of the tables in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gateway.domain.alerts.alert import Rule
from gateway.domain.alerts.orders import Orders
from gateway.domain.alerts.snapshot import (
    Certificate,
    Circuits,
    Clinic,
    ErrorCount,
    OverdueKind,
    RefusedList,
    Snapshot,
    Voice,
)
from gateway.domain.circuit import Lane
from gateway.store.retention import read_standings

__all__ = ["take_snapshot"]

# A schedule that was never read lags once reading it has failed; before that its turn has not come.
_CLINICS: Final = """
WITH schedules AS (
    SELECT e.lpu_code, count(*) AS schedules,
           count(*) FILTER (WHERE e.as_of IS NULL AND e.failures > 0
                            OR e.as_of < now() - $1 * make_interval(secs => e.interval_s)) AS lagging,
           count(*) FILTER (WHERE e.quarantined > 0) AS quarantined
    FROM emias_doctors e
    WHERE EXISTS (SELECT FROM bookable_mappings b WHERE b.emias_doctor = e.id) GROUP BY e.lpu_code
), recent AS (
    SELECT e.lpu_code,
           count(*) FILTER (WHERE b.created_at > now() - $2::interval AND b.state IN
                            ('booked', 'cancelling', 'cancelled', 'cancel_in_doubt')) AS came_through,
           count(*) FILTER (WHERE b.created_at > now() - $2::interval AND b.state IN
                            ('failed', 'in_doubt', 'manual')) AS lost,
           count(*) FILTER (WHERE b.created_at > now() - $3::interval) AS submitted,
           count(*) FILTER (WHERE b.created_at > now() - $3::interval AND b.state = 'rejected'
                            AND starts_with(b.refusal, 'slot_')) AS taken
    FROM bookings b JOIN emias_doctors e ON e.id = b.doctor_id
    WHERE b.created_at > now() - greatest($2::interval, $3::interval) GROUP BY e.lpu_code
), waiting AS (
    SELECT e.lpu_code, count(*) FILTER (WHERE b.state <> 'manual') AS in_doubt,
           max(extract(epoch FROM now() - CASE WHEN b.state IN ('submitting', 'cancelling') THEN b.updated_at
                                               ELSE coalesce(b.doubted_at, b.updated_at) END))
               FILTER (WHERE b.state <> 'manual')::float8 AS oldest_doubt,
           count(*) FILTER (WHERE b.state = 'manual') AS manual
    FROM bookings b JOIN emias_doctors e ON e.id = b.doctor_id
    WHERE b.state IN ('in_doubt', 'cancel_in_doubt', 'manual')
       OR b.state IN ('submitting', 'cancelling') AND b.updated_at < now() - interval '3 minutes'
    GROUP BY e.lpu_code
)
SELECT i.lpu_code, coalesce(in_doubt, 0) AS in_doubt, coalesce(oldest_doubt, 0) AS oldest_doubt,
       coalesce(manual, 0) AS manual, coalesce(came_through, 0) AS came_through, coalesce(lost, 0) AS lost,
       coalesce(submitted, 0) AS submitted, coalesce(taken, 0) AS taken, coalesce(schedules, 0) AS schedules,
       coalesce(lagging, 0) AS lagging, coalesce(quarantined, 0) AS quarantined, i.calls_stopped AS is_stopped
FROM institutions i LEFT JOIN schedules USING (lpu_code) LEFT JOIN recent USING (lpu_code)
     LEFT JOIN waiting USING (lpu_code)
"""

_ALIVE: Final = """
SELECT process, instance, at, at > now() - interval '20 seconds' AS is_alive FROM beats WHERE what = 'alive'
"""
_CIRCUITS: Final = f"""
WITH alive AS ({_ALIVE})
SELECT i.lpu_code, lane, (
    SELECT b.value >= 2 FROM beats b JOIN alive a USING (process, instance)
    WHERE b.what = 'breaker_' || lane AND b.lpu_code = i.lpu_code AND a.is_alive AND b.at > now() - interval '1 minute'
    ORDER BY b.at DESC LIMIT 1) AS is_tripped
FROM institutions i CROSS JOIN unnest($1::text[]) AS lane
"""  # noqa: S608 - joined from constants
# Of the living processes the worst; with none alive, what was said last.
_CERTIFICATES: Final = f"""
WITH alive AS ({_ALIVE})
SELECT DISTINCT ON (b.lpu_code) b.lpu_code, b.value
FROM beats b JOIN alive a USING (process, instance) WHERE b.what = 'certificate_ends'
ORDER BY b.lpu_code, a.is_alive DESC, CASE WHEN a.is_alive THEN b.value END, a.at DESC
"""  # noqa: S608 - joined from constants
_VOICES: Final = f"""
WITH alive AS ({_ALIVE})
SELECT process, (SELECT extract(epoch FROM now() - max(at))::float8 FROM alive WHERE alive.process = p.process),
       coalesce((SELECT string_agg(DISTINCT b.note, ', ') FROM beats b JOIN alive a USING (process, instance)
                 WHERE b.process = p.process AND b.what = 'silent_loops' AND b.value > 0 AND a.is_alive), '')
FROM unnest(ARRAY['gateway', 'sync']) AS p (process)
"""  # noqa: S608 - joined from constants
_REFUSED: Final = """
SELECT s.code, r.missing FROM mirror_refusals r JOIN sites s ON s.id = r.site_id WHERE NOT r.is_approved
"""
_ERRORS: Final = """
SELECT ending, cause, operation, lpu_code, times, doctors,
       extract(epoch FROM now() - last_at)::float8 AS age, state <> 'new' AS is_known
FROM error_groups WHERE last_at > now() - $1::interval ORDER BY last_at DESC LIMIT 500
"""


async def take_snapshot(connection: Any, orders: Orders) -> Snapshot:
    """Ask for all that the rules look at; `connection` is in a transaction, whose beginning is now."""
    now: datetime = await connection.fetchval("SELECT now()")
    spans = [timedelta(seconds=orders[rule].window) for rule in (Rule.SUCCESS_LOW, Rule.TAKEN_AFTER_HOLD)]
    clinics = await connection.fetch(_CLINICS, orders[Rule.SYNC_LAG].limit, *spans)
    circuits = await connection.fetch(_CIRCUITS, list(Lane))
    errors = await connection.fetch(_ERRORS, timedelta(seconds=orders[Rule.ERRORS].window))
    return Snapshot(
        now=now,
        clinics=tuple(Clinic(**row) for row in clinics),
        circuits=tuple(Circuits(lpu_code, Lane(lane), is_tripped) for lpu_code, lane, is_tripped in circuits),
        certificates=tuple(
            Certificate(channel, datetime.fromtimestamp(ends, UTC))
            for channel, ends in await connection.fetch(_CERTIFICATES)
        ),
        refused_lists=tuple(RefusedList(*row) for row in await connection.fetch(_REFUSED)),
        overdue=await _overdue(connection, now),
        voices=tuple(Voice(*row) for row in await connection.fetch(_VOICES)),
        errors=tuple(
            ErrorCount(":".join([row["ending"], row["cause"], row["operation"], row["lpu_code"]]), **row)
            for row in errors
        ),
    )


async def _overdue(connection: Any, now: datetime) -> tuple[OverdueKind, ...]:
    return tuple(
        OverdueKind(standing.kind, standing.overdue, (now - standing.due_at).days)
        for standing in await read_standings(connection)
        if standing.due_at is not None
    )
