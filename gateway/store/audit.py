"""The audit log: who did what to which row, in words without personal data.

The database chains the rows by hashes when their transaction commits, and lets nobody change them.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from gateway.domain.discretion import LONG_NUMBER
from gateway.store.engine import Database

__all__ = ["AuditEntry", "AuditEvent", "read_log", "record"]


class AuditEvent(StrEnum):
    """What is written down; nothing else is."""

    ALERT_ACKNOWLEDGED = "alert_acknowledged"
    APPROVAL = "approval"
    EXPORT = "export"
    IMPORT = "import"
    KEYS_ROTATED = "keys_rotated"
    LOCKED_OUT = "locked_out"
    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOGOUT = "logout"
    MFA_ENROLLED = "mfa_enrolled"
    MFA_REMOVED = "mfa_removed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    REVEAL = "reveal"
    ROW_CHANGED = "row_changed"
    SEARCH = "search"
    SWITCH_TURNED = "switch_turned"
    USER_CHANGED = "user_changed"
    USER_CREATED = "user_created"
    WISH_ENDED = "wish_ended"
    WISH_MADE = "wish_made"


_INSERT: Final = "INSERT INTO audit_log (actor, what, subject, details) VALUES ($1, $2, $3, $4::jsonb) RETURNING id"
_READ: Final = """
SELECT c.number, l.at, l.actor, l.what, l.subject, l.details::text, encode(c.hash, 'hex'), audit_text(l)
FROM audit_chain c JOIN audit_log l ON l.id = c.audit_id
WHERE l.at >= coalesce($1, '-infinity'::timestamptz) AND l.at < coalesce($2, 'infinity'::timestamptz) AND c.number > $3
ORDER BY c.number LIMIT $4
"""
_ROWS_AT_ONCE: Final = 1000
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A row of the log with its place in the chain; sha256 of the hash before it and of `text` is `hash`."""

    number: int
    at: datetime
    actor: str
    what: str
    subject: str
    details: Mapping[str, str | int | bool]
    hash: str
    text: str


async def record(
    connection: Any, *, actor: str, what: AuditEvent | str, subject: str, details: Mapping[str, str | int | bool]
) -> int:
    """Write down an event in the transaction of `connection`, asyncpg's, and return the row's id.

    `actor` is `admin:<user name>`, `cli:<login>` or the name of a process; `subject` is `<kind>:<key>`, for instance
    `booking:<id>`. Long numbers in the details, as people type them into reasons, are blacked out.

    Raises:
        ValueError: no such event.
    """
    tidy = {name: _tidy(value) for name, value in details.items()}
    told = json.dumps(tidy, ensure_ascii=False)
    row: int = await connection.fetchval(_INSERT, actor[:200], AuditEvent(what).value, subject[:_LONGEST], told)
    return row


async def read_log(
    database: Database, since: datetime | None = None, until: datetime | None = None
) -> AsyncIterator[AuditEntry]:
    """Yield the rows in the order of the chain, from `since` up to but not including `until`."""
    last = 0
    while rows := await database.pool.fetch(_READ, since, until, last, _ROWS_AT_ONCE):
        for number, at, actor, what, subject, details, digest, text in rows:
            yield AuditEntry(number, at, actor, what, subject, json.loads(details), digest, text)
        last = rows[-1][0]


def _tidy(value: str | int | bool) -> str | int | bool:  # noqa: FBT001 - a JSON value
    return LONG_NUMBER.sub("…", value)[:_LONGEST] if isinstance(value, str) else value
