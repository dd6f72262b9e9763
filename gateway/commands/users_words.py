"""The words of `emias-gateway users`; `admin/registrar.py` does what they say."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gateway.commands.process import settings_of_process
from gateway.serving import run
from gateway.settings import DatabaseSettings

__all__ = ["users"]

_ROLES = ("viewer", "operator", "administrator", "auditor")
_password_file = click.option(
    "--password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Else the password is asked for.",
)
_username = click.argument("username", metavar="NAME")


@click.group()
def users() -> None:
    """People who log in to the admin."""


@users.command("add")
@_username
@click.option("--role", type=click.Choice(_ROLES), required=True, help="What the user may do.")
@_password_file
def _add(username: str, role: str, password_file: Path | None) -> None:
    """Make a user; there is no default password."""
    from admin import registrar
    from admin.roles import Role

    settings = settings_of_process(DatabaseSettings)
    sys.exit(run(registrar.add(settings, username, _password(password_file), Role(role))))


@users.command("list")
def _list() -> None:
    """List users with role, one-time codes, open sessions and last login."""
    from admin import registrar

    sys.exit(run(registrar.list_all(settings_of_process(DatabaseSettings))))


@users.command("role")
@_username
@click.argument("role", type=click.Choice(_ROLES))
def _role(username: str, role: str) -> None:
    """Give a user another role; sessions end."""
    from admin import registrar
    from admin.roles import Role

    sys.exit(run(registrar.change_role(settings_of_process(DatabaseSettings), username, Role(role))))


@users.command("password")
@_username
@_password_file
def _set_password(username: str, password_file: Path | None) -> None:
    """Set a user's password and forget failed logins; sessions end."""
    from admin import registrar

    settings = settings_of_process(DatabaseSettings)
    sys.exit(run(registrar.change_password(settings, username, _password(password_file))))


@users.command("disable")
@_username
def _disable(username: str) -> None:
    """Shut a user out at once; sessions end, the name stays in the audit log."""
    from admin import registrar

    sys.exit(run(registrar.set_active(settings_of_process(DatabaseSettings), username, active=False)))


@users.command("enable")
@_username
def _enable(username: str) -> None:
    """Let a user who was disabled in again, by the old password."""
    from admin import registrar

    sys.exit(run(registrar.set_active(settings_of_process(DatabaseSettings), username, active=True)))


@users.command("reset-mfa")
@_username
def _reset_mfa(username: str) -> None:
    """Forget a user's one-time codes, after a lost phone; sessions end."""
    from admin import registrar

    sys.exit(run(registrar.reset_codes(settings_of_process(DatabaseSettings), username)))


@users.command("unlock")
@_username
def _unlock(username: str) -> None:
    """Forget a user's failed logins, which else make everybody with this name wait."""
    from admin import registrar

    sys.exit(run(registrar.unlock(settings_of_process(DatabaseSettings), username)))


def _password(password_file: Path | None) -> str:
    if password_file is not None:
        return password_file.read_text(encoding="utf-8").strip()
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked
