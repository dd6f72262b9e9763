"""`emias-gateway users`: make people, give them roles, help them in, shut them out; each act leaves its audit row."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

import click
from piccolo_api.mfa.authenticator.tables import AuthenticatorSecret
from piccolo_api.session_auth.tables import SessionsBase
from rich.console import Console
from rich.table import Table

from admin.account.guesses import Guesses
from admin.passwords import check_password
from admin.roles import ROLES, Role
from admin.users import Administrator, add_user
from gateway.commands.process import actor_of_process
from gateway.settings import DatabaseSettings
from gateway.store.audit import AuditEvent, record
from gateway.store.engine import Database, open_database

__all__ = ["add", "change_password", "change_role", "list_all", "reset_codes", "set_active", "unlock"]

_ROWS: Final = """
SELECT u.username, u.role, u.active, u.last_login,
       EXISTS (SELECT FROM authenticator_secret a WHERE a.user_id = u.id AND a.revoked_at IS NULL) AS has_codes,
       (SELECT count(*) FROM sessions s WHERE s.user_id = u.id AND s.expiry_date > $1) AS sessions
FROM piccolo_user u ORDER BY u.username
"""


async def add(settings: DatabaseSettings, username: str, password: str, role: Role) -> int:
    """Make a user and say so; a wrong name or password is named, with status 1."""
    async with _opened(settings) as database:
        try:
            await add_user(database, username, password, role)
        except ValueError as problem:
            click.echo(f"пользователь не создан · no user was made: {problem}", err=True)
            return 1
        await _note(database, username.strip(), AuditEvent.USER_CREATED, role=role.value)
    click.echo(f"пользователь создан · user made: {username.strip()} ({ROLES[role]} · {role})")
    return 0


async def list_all(settings: DatabaseSettings) -> int:
    """Print every user with role, state and open sessions."""
    table = Table("name", "role", "may log in", "one-time codes", "sessions", "last login")
    async with _opened(settings) as database:
        now = datetime.now()  # noqa: DTZ005 - Piccolo's session table keeps naive local time
        for row in await database.pool.fetch(_ROWS, now):
            last = f"{row['last_login']:%Y-%m-%d %H:%M}" if row["last_login"] else ""
            marks = ["yes" if row[name] else "no" for name in ("active", "has_codes")]
            table.add_row(row["username"], row["role"], *marks, str(row["sessions"]), last)
    Console().print(table)
    return 0


async def change_role(settings: DatabaseSettings, username: str, role: Role) -> int:
    """Give a user another role; the sessions end."""
    async with _opened(settings) as database:
        changed = await database.pool.fetchval(
            "UPDATE piccolo_user SET role = $2 WHERE username = $1 RETURNING id", username, role.value
        )
        if changed is None:
            return _nobody(username)
        await _note(database, username, AuditEvent.USER_CHANGED, columns="role", role=role.value)
    click.echo(f"{username}: {ROLES[role]} · {role}")
    return 0


async def change_password(settings: DatabaseSettings, username: str, password: str) -> int:
    """Set a password and forget failed logins; the sessions end."""
    async with _opened(settings) as database:
        if not await Administrator.exists().where(Administrator.username == username):
            return _nobody(username)
        try:
            check_password(password, username)
        except ValueError as problem:
            click.echo(f"пароль не сменён · the password was not changed: {problem}", err=True)
            return 1
        await Administrator.update_password(username, password)
        await Guesses(database).unlock(username)
        await _note(database, username, AuditEvent.PASSWORD_CHANGED)
    click.echo(f"пароль сменён · the password was changed: {username}")
    return 0


async def set_active(settings: DatabaseSettings, username: str, *, active: bool) -> int:
    """Shut a user out, which ends the sessions, or let one in again."""
    async with _opened(settings) as database:
        changed = await database.pool.fetchval(
            "UPDATE piccolo_user SET active = $2 WHERE username = $1 RETURNING id", username, active
        )
        if changed is None:
            return _nobody(username)
        await _note(database, username, AuditEvent.USER_CHANGED, columns="active", active=active)
    words = "может входить · may log in" if active else "больше не войдёт · may no longer log in"
    click.echo(f"{username}: {words}")
    return 0


async def reset_codes(settings: DatabaseSettings, username: str) -> int:
    """Forget a user's one-time codes, for instance of a lost phone, and end the sessions."""
    async with _opened(settings) as database:
        user = await Administrator.objects().where(Administrator.username == username).first()
        if user is None:
            return _nobody(username)
        await AuthenticatorSecret.revoke(user.id)
        await SessionsBase.delete().where(SessionsBase.user_id == user.id)
        await _note(database, username, AuditEvent.MFA_REMOVED)
    click.echo(f"{username}: одноразовые коды сброшены · one-time codes are reset")
    return 0


async def unlock(settings: DatabaseSettings, username: str) -> int:
    """Forget a user's failed logins."""
    async with _opened(settings) as database:
        was_locked = await Guesses(database).unlock(username)
    click.echo(f"{username}: " + ("неудачные входы забыты · failed logins forgotten" if was_locked else "—"))
    return 0


@asynccontextmanager
async def _opened(settings: DatabaseSettings) -> AsyncIterator[Database]:
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=2) as database:
        database.bind(Administrator, AuthenticatorSecret, SessionsBase)
        yield database


async def _note(database: Database, username: str, what: AuditEvent, **details: str | int | bool) -> None:
    async with database.transaction() as connection:
        await record(connection, actor=actor_of_process(), what=what, subject=f"user:{username}", details=details)


def _nobody(username: str) -> int:
    click.echo(f"нет такого пользователя · there is no user {username}", err=True)
    return 1
