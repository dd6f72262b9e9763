"""The words of `emias-gateway users`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gateway.commands.process import settings_of_process
from gateway.serving import run
from gateway.settings import DatabaseSettings

__all__ = ["users"]


@click.group()
def users() -> None:
    """People who log in to the admin."""


@users.command("create")
@click.option("--username", prompt="User name", help="Asked for when not given.")
@click.option("--superuser", is_flag=True, help="May manage other users.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Else the password is asked for.",
)
def users_create(username: str, superuser: bool, password_file: Path | None) -> None:  # noqa: FBT001 - click's own way
    """Make a user of the admin; there is no default password."""
    from admin.users import create_user

    if password_file is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = password_file.read_text(encoding="utf-8").strip()
    sys.exit(run(create_user(settings_of_process(DatabaseSettings), username, password, superuser=superuser)))
