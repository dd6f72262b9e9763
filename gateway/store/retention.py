"""Personal data that has outlived its deadline: erased in place or removed, and shown to be gone.

Everything goes in portions, each in a transaction of its own together with the count of what it erased: a pass that is
killed has done what it counted, and the next one goes on. A row that somebody works on is left for the next pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from gateway.domain.retention import GRACE, OF_PATIENTS, Deadlines, Kind, Standing
from gateway.store.engine import Database

__all__ = ["Retention", "read_standings"]

_ROWS_AT_ONCE: Final = 500
_SEALED: Final = "(patient_sealed IS NOT NULL OR contact_sealed IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where the rows of a kind are, by which instant their time counts, which of them count, and what names one."""

    table: str
    since: str
    condition: str = "true"
    key: str = "id"


def _patients(kind: Kind) -> _Rows:
    return _Rows("bookings", "rests_since", f"retention = '{kind}' AND {_SEALED}")


_ROWS: Final[Mapping[Kind, _Rows]] = MappingProxyType(
    {kind: _patients(kind) for kind in OF_PATIENTS}
    | {
        Kind.TRACES: _Rows("bookings", "rests_since", "snils_hash IS NOT NULL AND rests_since IS NOT NULL"),
        Kind.BOOKINGS: _Rows("bookings", "greatest(rests_since, starts_at)", "rests_since IS NOT NULL"),
        Kind.HOLDS: _Rows("holds", "ended_at", "client_ref IS NOT NULL AND ended_at IS NOT NULL"),
        Kind.IDEMPOTENCY: _Rows("idempotency_keys", "expires_at", key="(api_key_id, operation, key)"),
        Kind.WISHES: _Rows(
            "wishes",
            "ended_at",
            "ended_at IS NOT NULL AND NOT EXISTS (SELECT FROM wishes w WHERE w.parent_id = wishes.id)",
        ),
        Kind.DISCLOSURES: _Rows("disclosures", "asked_at"),
        Kind.SYNC_LOG: _Rows("sync_log", "at"),
        Kind.UNSETTLED: _Rows("bookings", "created_at", "retention IS NULL AND patient_sealed IS NOT NULL"),
    }
)

_ERASE_PATIENT: Final = "patient_sealed = NULL, contact_sealed = NULL"
_ERASE_TRACES: Final = "snils_hash = NULL, birth_hash = NULL, guest_hash = NULL, patient_mask = '—'"
_UNUSED_HOLDS: Final = _Rows(
    "holds", "ended_at", "ended_at IS NOT NULL AND NOT EXISTS (SELECT FROM bookings b WHERE b.hold_id = holds.id)"
)


def _portion(act: str, rows: _Rows) -> str:
    """Write the statement that does something to the oldest rows past an instant, and to no more than so many."""
    return f"""
    {act} WHERE {rows.key} IN (
        SELECT {rows.key.strip("()")} FROM {rows.table} WHERE {rows.condition} AND {rows.since} <= $1
        ORDER BY {rows.since} LIMIT $2 FOR UPDATE SKIP LOCKED)
    """  # noqa: S608 - joined from constants


def _erasure(what: str, cause: str, rows: _Rows) -> str:
    """Write the statement that erases in place; the booking's history keeps when, which is the proof of it."""
    erase = _portion(f"UPDATE bookings SET {what}", rows)  # noqa: S608 - joined from constants
    return f"""
    WITH erased AS ({erase} RETURNING id, state, attempt)
    INSERT INTO booking_history (booking_id, from_state, to_state, cause, attempt, actor)
    SELECT id, state, state, '{cause}', attempt, 'retention' FROM erased
    """  # noqa: S608 - joined from constants


def _removal(rows: _Rows) -> str:
    return _portion(f"DELETE FROM {rows.table}", rows)  # noqa: S608 - joined from constants


# In the order in which it is done: the sealed patient first, the row after it, then the hold that the row leaned on.
_ERASURES: Final[Mapping[Kind, Sequence[str]]] = MappingProxyType(
    {kind: [_erasure(_ERASE_PATIENT, "patient_erased", _ROWS[kind])] for kind in OF_PATIENTS}
    | {
        Kind.TRACES: [_erasure(_ERASE_TRACES, "traces_erased", _ROWS[Kind.TRACES])],
        Kind.BOOKINGS: [_removal(_ROWS[Kind.BOOKINGS])],
        Kind.HOLDS: [_removal(_UNUSED_HOLDS), _portion("UPDATE holds SET client_ref = NULL", _ROWS[Kind.HOLDS])],
        Kind.IDEMPOTENCY: [_removal(_ROWS[Kind.IDEMPOTENCY])],
        Kind.WISHES: [_removal(_ROWS[Kind.WISHES])],
        Kind.DISCLOSURES: [_removal(_ROWS[Kind.DISCLOSURES])],
        Kind.SYNC_LOG: [_removal(_ROWS[Kind.SYNC_LOG])],
    }
)

_BEGIN: Final = """
INSERT INTO retention_clock AS c (kind, keep, passed_at, erased_until)
VALUES ($1, $2, '-infinity', now() - $2::interval)
ON CONFLICT (kind) DO UPDATE
SET keep = excluded.keep, erased = 0, erased_until = greatest(c.erased_until, excluded.erased_until)
RETURNING now() - $2::interval
"""
_COUNT: Final = "UPDATE retention_clock SET erased = erased + $2, erased_ever = erased_ever + $2 WHERE kind = $1"
_PASSED: Final = "UPDATE retention_clock SET passed_at = now() WHERE kind = $1"


def _standing(kind: Kind, rows: _Rows) -> str:
    found = f"FROM {rows.table} WHERE {rows.condition}"
    return f"""
    SELECT '{kind}', c.keep, nullif(c.passed_at, '-infinity'), coalesce(c.erased, 0), coalesce(c.erased_ever, 0),
           (SELECT min({rows.since}) {found}),
           (SELECT count(*) {found} AND {rows.since} < now() - c.keep - $1::interval)
    FROM (SELECT) AS one LEFT JOIN retention_clock c ON c.kind = '{kind}'
    """  # noqa: S608 - joined from constants


_STANDINGS: Final = " UNION ALL ".join(_standing(kind, rows) for kind, rows in _ROWS.items())


@dataclass(frozen=True, slots=True)
class Retention:
    """Erases what is past its deadline by the database's clock; several workers may do so at the same time."""

    database: Database
    deadlines: Deadlines
    rows_at_once: int = _ROWS_AT_ONCE

    async def run(self) -> Mapping[Kind, int]:
        """Erase all that is past its deadline and count the rows of each kind."""
        return {kind: await self._erase(kind, statements) for kind, statements in _ERASURES.items()}

    async def standings(self) -> Sequence[Standing]:
        """Tell how every kind stands."""
        return await read_standings(self.database.pool)

    async def _erase(self, kind: Kind, statements: Sequence[str]) -> int:
        until: datetime = await self.database.pool.fetchval(_BEGIN, kind, self.deadlines.keep[kind])
        total = sum([await self._in_portions(kind, statement, until) for statement in statements])
        await self.database.pool.execute(_PASSED, kind)
        return total

    async def _in_portions(self, kind: Kind, statement: str, until: datetime) -> int:
        total = 0
        while rows := await self._portion(kind, statement, until):
            total += rows
        return total

    async def _portion(self, kind: Kind, statement: str, until: datetime) -> int:
        async with self.database.transaction() as connection:
            status = await connection.execute(statement, until, self.rows_at_once)
            rows = int(status.rpartition(" ")[2])
            if rows:
                await connection.execute(_COUNT, kind, rows)
            return rows


async def read_standings(connection: Any) -> Sequence[Standing]:
    """Tell how every kind stands; a kind that no worker has looked at yet has no deadline here."""
    rows = await connection.fetch(_STANDINGS, GRACE)
    return [
        Standing(Kind(kind), keep, passed_at=passed_at, erased=erased, erased_ever=ever, oldest=oldest, overdue=overdue)
        for kind, keep, passed_at, erased, ever, oldest, overdue in rows
    ]
