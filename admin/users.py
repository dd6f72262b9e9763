"""People who log in to the admin: their table, and what may be done to a row of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self, cast

from asyncpg.exceptions import UniqueViolationError
from fastapi import HTTPException
from piccolo.apps.user.tables import BaseUser
from piccolo.columns import Boolean, Column, Serial, Timestamp, Varchar
from starlette.requests import Request

from admin.meta import name_of
from admin.passwords import SHORTEST, check_password
from admin.roles import Role
from gateway.store.engine import Database

__all__ = ["Administrator", "add_user", "check_edited_user", "keep_oneself"]

_LONGEST_NAME: Final = 100
_NOT_ONESELF: Final = (
    "Себе это не меняют: пусть это сделает другой администратор или команда users · "
    "Not to oneself: let another administrator or the command `users` do it"
)


class Administrator(BaseUser, tablename="piccolo_user", help_text="Кто входит в администрирование / Who may log in"):
    """A user of Piccolo's own table, with a role, our password rules and bilingual names."""

    id: Serial
    username = Varchar(length=_LONGEST_NAME, unique=True, required=True, help_text="Имя для входа / User name")
    password = Varchar(
        length=255,
        secret=True,
        help_text=f"Пароль: не короче {SHORTEST} знаков / Password: {SHORTEST} characters or more",
    )
    role = Varchar(
        length=20, default=Role.VIEWER, choices=Role, help_text="Роль: что разрешено / Role: what is allowed"
    )
    first_name = Varchar(null=True, help_text="Имя / First name")
    last_name = Varchar(null=True, help_text="Фамилия / Last name")
    email = Varchar(length=255, unique=True, help_text="Почта: своя у каждого / E-mail: everybody's own")
    active = Boolean(default=False, help_text="Может входить / May log in")
    admin = Boolean(default=True, help_text="Всегда да, меняет база / Always on, set by the database")
    superuser = Boolean(default=False, help_text="По роли, меняет база / By the role, set by the database")
    last_login = Timestamp(null=True, default=None, help_text="Последний вход / Last login")

    _min_password_length = SHORTEST

    @classmethod
    def _validate_password(cls, password: str) -> None:
        check_password(password or "")
        super()._validate_password(password)

    @classmethod
    async def create_user(cls, username: str, password: str, **extra_params: Any) -> Self:
        """Make a user; raise `ValueError` when the name is unfit or the password weak."""
        name = (username or "").strip()
        if not 1 <= len(name) <= _LONGEST_NAME:
            raise ValueError(
                f"имя: от 1 до {_LONGEST_NAME} знаков · the name must have 1 to {_LONGEST_NAME} characters"
            )
        check_password(password or "", name)
        made = await super().create_user(name, password, **extra_params)
        return cast("Self", made)


async def add_user(database: Database, username: str, password: str, role: Role) -> int:
    """Add an active user and return the id; raise `ValueError` when the password is weak or the name taken or unfit."""
    database.bind(Administrator)
    name = username.strip()
    try:
        # Piccolo wants an e-mail of everybody's own; the name is one until the user writes another.
        made = await Administrator.create_user(name, password, email=name, active=True, role=role.value)
    except UniqueViolationError:
        raise ValueError(f"имя уже занято: {name} · the name is taken: {name}") from None
    user_id: int = made.id
    return user_id


async def check_edited_user(row_id: Any, values: dict[Column, Any], request: Request) -> Mapping[Column, Any]:
    """Refuse to shut oneself out or up, and a password with the name in it; the database ends sessions itself."""
    changed = {name_of(column): value for column, value in values.items()}
    before = await Administrator.objects().where(Administrator.id == int(row_id)).first()
    if before is None:
        return values
    if int(row_id) == int(request.user.user_id) and (
        changed.get("active") is False or changed.get("role", before.role) != before.role
    ):
        raise HTTPException(422, detail=_NOT_ONESELF)
    if changed.get("password"):
        _refuse_weak(changed["password"], changed.get("username") or before.username)
    return values


async def keep_oneself(row_id: Any, request: Request) -> None:
    """Refuse to delete oneself."""
    if int(row_id) == int(request.user.user_id):
        raise HTTPException(422, detail=_NOT_ONESELF)


def _refuse_weak(password: str, username: str) -> None:
    try:
        check_password(password, username)
    except ValueError as problem:
        raise HTTPException(400, detail=str(problem)) from None
