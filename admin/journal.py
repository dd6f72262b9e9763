"""Changes of rows through Piccolo's pages, each in one transaction with its row of the audit log.

The answer waits until both are committed: what the browser is told has happened has been written down.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.store.audit import AuditEvent, record
from gateway.store.engine import Database

__all__ = ["Journal"]

_TABLES: Final = "/api/tables/"
_CHANGES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEYS: Final[Mapping[str, str]] = {"institutions": "lpu_code"}
_USERS: Final = "piccolo_user"
_NAME: Final = "username"
_PASSWORD: Final = "password"  # noqa: S105 - the name of a column
_SIGNED: Final = "SELECT set_config('gateway.switch_actor', $1, true)"
_UNCHANGED: Final = frozenset({"last_login", "admin", "superuser"})


class _Undone(Exception):
    """The answer refuses: what it has done so far is undone."""


class Journal:
    """The layer itself, behind the gate, which tells it who acts."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self._app = app
        self._database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; one that changes a row is written down."""
        is_change = scope["type"] == "http" and scope["method"] in _CHANGES and scope["path"].startswith(_TABLES)
        if not is_change:
            await self._app(scope, receive, send)
            return
        held: list[Message] = []
        try:
            async with self._database.engine.transaction() as transaction:
                await self._written_down(transaction.connection, scope, receive, held)
        except _Undone:
            pass
        for message in held:
            await send(message)

    async def _written_down(self, connection: Any, scope: Scope, receive: Receive, held: list[Message]) -> None:
        table, _, rest = scope["path"].removeprefix(_TABLES).partition("/")
        visitor, key = scope["visitor"], _key_meant(table, rest.strip("/"))
        await connection.execute(_SIGNED, visitor.actor)
        before = await _row(connection, table, key)

        async def hold(message: Message) -> None:
            held.append(message)

        await self._app(scope, receive, hold)
        if held[0]["status"] >= 300:  # noqa: PLR2004 - where redirects begin, and refusals after them
            raise _Undone
        key = key or _key_made(held)
        after = await _row(connection, table, key)
        for what, subject, details in _events(scope["method"], table, key, before, after):
            await record(connection, actor=visitor.actor, what=what, subject=subject, details=details)


def _events(
    method: str, table: str, key: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[AuditEvent, str, dict[str, str | int | bool]]]:
    """Say what has happened; a column's name is told, what stands in it is not."""
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    columns = ", ".join(name for name in changed if name not in _UNCHANGED)
    if table == _USERS:
        what = AuditEvent.USER_CREATED if method == "POST" else AuditEvent.USER_CHANGED
        row, name = after or before, (before or after).get(_NAME, key)
        subject = f"user:{name}"
        told: dict[str, str | int | bool] = {
            "method": method,
            "columns": columns,
            "role": str(row.get("role", "")),
            "active": bool(row.get("active")),
        }
        if row.get(_NAME, name) != name:
            told[_NAME] = str(row[_NAME])
        is_new_password = method != "POST" and _PASSWORD in changed and method != "DELETE"
        return [(what, subject, told)] + ([(AuditEvent.PASSWORD_CHANGED, subject, {})] if is_new_password else [])
    return [(AuditEvent.ROW_CHANGED, f"{table}:{key}", {"method": method, "columns": columns})]


def _key_meant(table: str, told: str) -> str:
    """Read a row's key as Piccolo does: `05` is row 5."""
    try:
        return told if table in _KEYS else str(int(told))
    except ValueError:
        return told


async def _row(connection: Any, table: str, key: str) -> dict[str, Any]:
    # The gate lets the names of known tables through only.
    query = f'SELECT to_jsonb(t)::text FROM "{table}" AS t WHERE t."{_KEYS.get(table, "id")}"::text = $1'  # noqa: S608
    told = await connection.fetchval(query, key) if key else None
    found: dict[str, Any] = json.loads(told) if told else {}
    return found


def _key_made(held: list[Message]) -> str:
    """Find the key of a new row in Piccolo's answer."""
    told = json.loads(b"".join(message.get("body", b"") for message in held))
    made = told[0] if isinstance(told, list) and told else told
    return str(made.get("id", "")) if isinstance(made, dict) else ""
