"""What must always be true of the tables, each as a query for the rows in which it is not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.domain.accounting import Account
from gateway.domain.booking import LIVE_STATES, MOVES, BookingState
from gateway.domain.hold import HOLD_FOR, MAX_RENEWALS
from gateway.store.audit_chain import BROKEN_LINKS, OUTSIDE_THE_CHAIN, WRONG_HEAD
from gateway.store.disclosure_audit import DISCLOSED_WITHOUT_TRACE, TRACE_WITHOUT_DISCLOSURE
from gateway.store.engine import Database

__all__ = ["CHECKS", "Check", "Snapshot", "open_snapshot"]

_HOLD_GRACE: Final = timedelta(seconds=5)
_LOOK_GRACE: Final = timedelta(minutes=15)
_LONGEST_DOUBT: Final = timedelta(hours=48)
_LONGEST_CALL: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Check:
    """A query whose every row names a breach, with its arguments; `invariant` is I1 to I13."""

    invariant: str
    query: str
    arguments: tuple[Any, ...] = ()


_LIVE: Final = sorted(state.value for state in LIVE_STATES)
_ENDED: Final = sorted(state.value for state in BookingState if state not in LIVE_STATES)


def _moves() -> Iterator[str]:
    yield f">{BookingState.SUBMITTING}"
    for before, afters in MOVES.items():
        yield from (f"{before}>{after}" for after in sorted(afters))


_TWO_LIVE_BOOKINGS: Final = """
SELECT 'bookings ' || string_agg(id::text, ', ' ORDER BY created_at) FROM bookings
WHERE state = ANY($1) GROUP BY doctor_id, starts_at HAVING count(*) > 1
"""
_TWO_LIVE_HOLDS: Final = """
SELECT 'holds ' || string_agg(id::text, ', ' ORDER BY created_at) FROM holds
WHERE state = 'held' AND expires_at > now() GROUP BY doctor_id, starts_at HAVING count(*) > 1
"""
_HOLD_BESIDE_BOOKING: Final = """
SELECT format('hold %s beside booking %s', h.id, b.id)
FROM holds h JOIN bookings b ON b.doctor_id = h.doctor_id AND b.starts_at = h.starts_at
WHERE h.state = 'held' AND h.expires_at > now() AND b.state = ANY($1) AND b.hold_id <> h.id
"""
# Two that are no longer both live may still have been so once.
_LIVED_TOGETHER: Final = """
WITH lives AS (
    SELECT b.id, b.doctor_id, b.starts_at, min(h.at) AS began,
           coalesce(min(h.at) FILTER (WHERE h.to_state = ANY($1)), 'infinity') AS ended
    FROM bookings b JOIN booking_history h ON h.booking_id = b.id GROUP BY b.id)
SELECT format('bookings %s and %s were live together', one.id, other.id)
FROM lives one JOIN lives other ON other.doctor_id = one.doctor_id AND other.starts_at = one.starts_at
WHERE one.id < other.id AND one.began < other.ended AND other.began < one.ended
"""
_ONE_APPOINTMENT_TWICE: Final = """
SELECT format('appointment %s of %s: bookings %s', b.emias_appointment_id, e.lpu_code, string_agg(b.id::text, ', '))
FROM bookings b JOIN emias_doctors e ON e.id = b.doctor_id
WHERE b.emias_appointment_id IS NOT NULL GROUP BY e.lpu_code, b.emias_appointment_id HAVING count(*) > 1
"""
_TWO_KEYS: Final = """
SELECT format('booking %s: %s keys', booking_id, count(*)) FROM idempotency_keys
WHERE operation = 'book' AND booking_id IS NOT NULL GROUP BY booking_id HAVING count(*) > 1
"""
_NO_KEY: Final = """
SELECT format('booking %s: no key', b.id) FROM bookings b
WHERE b.created_at > now() - interval '24 hours' AND b.state = ANY($1)
  AND NOT EXISTS (SELECT FROM idempotency_keys k WHERE k.operation = 'book' AND k.booking_id = b.id)
"""
_FALSE_ANSWER: Final = """
SELECT format('%s key of booking %s: answer %s', k.operation, k.booking_id, k.status) FROM idempotency_keys k
WHERE k.state = 'done' AND (
    k.status IS NULL OR k.body IS NULL
    OR k.status IN (200, 201) AND (
        k.booking_id IS NULL OR position(k.booking_id::text IN convert_from(k.body, 'UTF8')) = 0
        OR NOT EXISTS (SELECT FROM booking_history h WHERE h.booking_id = k.booking_id
                       AND h.to_state = CASE k.operation WHEN 'book' THEN 'booked' ELSE 'cancelled' END)))
"""
_HOLD_PAST_ITS_END: Final = """
SELECT format('hold %s: over since %s', id, expires_at) FROM holds
WHERE state = 'held' AND expires_at < now() - $1::interval
"""
_HOLD_TOO_LONG: Final = """
SELECT format('hold %s: %s renewals, until %s', id, renewals, expires_at) FROM holds
WHERE renewals > $2 OR expires_at > created_at + $1::interval * (1 + renewals) + $3::interval
"""
_ILLEGAL_MOVE: Final = """
SELECT format('booking %s: %s to %s', booking_id, coalesce(from_state, 'nothing'), to_state) FROM booking_history
WHERE from_state IS DISTINCT FROM to_state AND concat(from_state, '>', to_state) <> ALL($1)
"""
_BROKEN_CHAIN: Final = """
SELECT format('booking %s: from %s after %s, attempt %s after %s', booking_id, coalesce(from_state, 'nothing'),
              coalesce(before, 'nothing'), attempt, attempt_before)
FROM (SELECT booking_id, from_state, attempt, lag(to_state) OVER one AS before, lag(attempt) OVER one AS attempt_before
      FROM booking_history WINDOW one AS (PARTITION BY booking_id ORDER BY id)) AS steps
WHERE from_state IS DISTINCT FROM before OR attempt < attempt_before
"""
_HISTORY_BEHIND: Final = """
SELECT format('booking %s: %s, history %s', b.id, b.state, coalesce(h.to_state, 'nothing'))
FROM bookings b
LEFT JOIN LATERAL (SELECT to_state, attempt FROM booking_history WHERE booking_id = b.id ORDER BY id DESC LIMIT 1) h
     ON true
WHERE h.to_state IS DISTINCT FROM b.state OR h.attempt > b.attempt
"""
_TOKENS: Final = """
SELECT format('token %s: bookings %s', token, string_agg(id::text, ', ')) FROM bookings
GROUP BY token HAVING count(*) > 1 OR token > (SELECT last_value FROM fencing_tokens)
"""
_NOBODY_LOOKS: Final = """
SELECT format('booking %s: %s since %s, next look %s', id, state, doubted_at, coalesce(next_check_at::text, 'never'))
FROM bookings
WHERE state IN ('in_doubt', 'cancel_in_doubt')
  AND (next_check_at IS NULL OR next_check_at < now() - $1::interval OR doubted_at < now() - $2::interval)
"""
_OFFERED: Final = """
SELECT format('booking %s: %s, its slot is for sale', b.id, b.state)
FROM slots_for_sale s JOIN bookings b ON b.doctor_id = s.doctor_id AND b.starts_at = s.starts_at
WHERE b.state = ANY($1)
"""
# Every row that a read inserted is still there, whatever later reads failed; the log is kept for a month.
_SLOTS_DELETED: Final = """
SELECT format('doctor %s/%s: %s slots, %s were written', e.lpu_code, e.emias_doctor_id, s.standing, l.written)
FROM emias_doctors e
JOIN (SELECT lpu_code, emias_doctor_id, sum(inserted) AS written FROM sync_log GROUP BY 1, 2) l
     USING (lpu_code, emias_doctor_id)
CROSS JOIN LATERAL (SELECT count(*) AS standing FROM local_emias_slots WHERE doctor_id = e.id) s
WHERE s.standing < l.written
"""
_NEVER_ENDS: Final = """
SELECT format('booking %s: %s since %s', id, state, updated_at) FROM bookings
WHERE state IN ('submitting', 'cancelling') AND updated_at < now() - $1::interval
"""

CHECKS: Final = (
    Check("I1", _TWO_LIVE_BOOKINGS, (_LIVE,)),
    Check("I1", _TWO_LIVE_HOLDS),
    Check("I1", _HOLD_BESIDE_BOOKING, (_LIVE,)),
    Check("I1", _LIVED_TOGETHER, (_ENDED,)),
    Check("I2", _ONE_APPOINTMENT_TWICE),
    Check("I5", _TWO_KEYS),
    Check("I5", _NO_KEY, (_LIVE,)),
    Check("I5", _FALSE_ANSWER),
    Check("I6", _HOLD_PAST_ITS_END, (_HOLD_GRACE,)),
    Check("I6", _HOLD_TOO_LONG, (HOLD_FOR, MAX_RENEWALS, _HOLD_GRACE)),
    Check("I7", _ILLEGAL_MOVE, (list(_moves()),)),
    Check("I7", _BROKEN_CHAIN),
    Check("I7", _HISTORY_BEHIND),
    Check("I7", _TOKENS),
    Check("I8", _NOBODY_LOOKS, (_LOOK_GRACE, _LONGEST_DOUBT)),
    Check("I8", _OFFERED, (_LIVE,)),
    Check("I10", DISCLOSED_WITHOUT_TRACE),
    Check("I10", TRACE_WITHOUT_DISCLOSURE),
    Check("I11", _SLOTS_DELETED),
    Check("I12", _NEVER_ENDS, (_LONGEST_CALL,)),
    Check("I13", BROKEN_LINKS),
    Check("I13", OUTSIDE_THE_CHAIN),
    Check("I13", WRONG_HEAD),
)
"""Every check, in the order of the invariants."""

_ACCOUNTS: Final = """
SELECT b.id::text, b.state, e.lpu_code, e.emias_doctor_id, b.starts_at, b.emias_appointment_id
FROM bookings b JOIN emias_doctors e ON e.id = b.doctor_id
"""

_ERASED_UNTIL: Final = "SELECT erased_until FROM retention_clock WHERE kind = 'bookings'"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tables as they were at one instant."""

    connection: Any

    async def breaches(self, check: Check) -> list[str]:
        """Name the rows in which an invariant does not hold."""
        return [row[0] for row in await self.connection.fetch(check.query, *check.arguments)]

    async def accounts(self) -> dict[str, Account]:
        """List every booking by its id, as EMIAS's book knows it."""
        rows = await self.connection.fetch(_ACCOUNTS)
        return {row[0]: Account(row[0], BookingState(row[1]), *row[2:]) for row in rows}

    async def bookings_erased_until(self) -> datetime | None:
        """Tell up to which visit bookings have been removed by their deadline."""
        until: datetime | None = await self.connection.fetchval(_ERASED_UNTIL)
        return until


@asynccontextmanager
async def open_snapshot(database: Database) -> AsyncIterator[Snapshot]:
    """Hold the tables still for a reader; writers are not disturbed."""
    async with (
        database.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield Snapshot(connection)
