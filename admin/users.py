"""People who log in to the admin, and the command that makes the first of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click
from asyncpg.exceptions import UniqueViolationError
from piccolo.apps.user.tables import BaseUser
from piccolo.columns import Boolean, Column, Serial, Timestamp, Varchar
from piccolo_api.session_auth.tables import SessionsBase

from admin.meta import name_of
from gateway.settings import DatabaseSettings
from gateway.store.engine import Database, open_database

__all__ = ["Administrator", "add_user", "create_user", "end_sessions"]

_SHORTEST: Final = 12


class Administrator(BaseUser, tablename="piccolo_user", help_text="Кто входит в администрирование / Who may log in"):
    """A user of Piccolo's own table, with our password rules and bilingual names."""

    id: Serial
    username = Varchar(length=100, unique=True, required=True, help_text="Имя для входа / User name")
    password = Varchar(
        length=255, secret=True, help_text="Пароль: не короче 12 знаков / Password: 12 characters or more"
    )
    first_name = Varchar(null=True, help_text="Имя / First name")
    last_name = Varchar(null=True, help_text="Фамилия / Last name")
    email = Varchar(length=255, unique=True, help_text="Почта: своя у каждого / E-mail: everybody's own")
    active = Boolean(default=False, help_text="Может входить / May log in")
    admin = Boolean(default=False, help_text="Администратор: без этого не войти / Administrator: needed to log in")
    superuser = Boolean(default=False, help_text="Управляет пользователями / Manages users")
    last_login = Timestamp(null=True, default=None, help_text="Последний вход / Last login")

    _min_password_length = _SHORTEST

    @classmethod
    def _validate_password(cls, password: str) -> None:
        if len(password or "") < _SHORTEST:
            raise ValueError(f"пароль короче {_SHORTEST} знаков · the password is shorter than {_SHORTEST} characters")
        super()._validate_password(password)


async def create_user(settings: DatabaseSettings, username: str, password: str, *, superuser: bool) -> int:
    """Make an administrator and say so; a wrong name or password is named, with status 1."""
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=1) as database:
        try:
            await add_user(database, username, password, superuser=superuser)
        except ValueError as problem:
            click.echo(f"пользователь не создан · no user was made: {problem}", err=True)
            return 1
    click.echo(f"пользователь создан · user made: {username.strip()}")
    return 0


async def add_user(database: Database, username: str, password: str, *, superuser: bool) -> None:
    """Add an active administrator; raise `ValueError` when the password is weak or the name is taken or unfit."""
    name = username.strip()
    if not name or len(name) > (Administrator.username.length or 0):
        raise ValueError("имя: от 1 до 100 знаков · the name must have 1 to 100 characters")
    if name.casefold() in password.casefold():
        raise ValueError("пароль содержит имя · the password contains the user name")
    database.bind(Administrator)
    try:
        # Piccolo wants an e-mail of everybody's own; the name is one until the user writes another.
        await Administrator.create_user(name, password, email=name, active=True, admin=True, superuser=superuser)
    except UniqueViolationError:
        raise ValueError(f"имя уже занято: {name} · the name is taken: {name}") from None


async def end_sessions(row_id: Any, values: Mapping[Column, Any]) -> Mapping[Column, Any]:
    """Log a user out everywhere when somebody else changes the password or closes the door."""
    changed = {name_of(column): value for column, value in values.items()}
    if changed.get("password") or changed.get("active") is False or changed.get("admin") is False:
        await SessionsBase.delete().where(SessionsBase.user_id == row_id)
    return values
