"""`emias-gateway users`, as a person types it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from piccolo_api.mfa.authenticator.tables import AuthenticatorSecret
from piccolo_api.session_auth.tables import SessionsBase

from admin import registrar
from admin.roles import Role
from admin.users import Administrator
from gateway.__main__ import cli
from gateway.settings import AdminSettings
from gateway.store.engine import Database
from tests.integration.admin.browser import PASSWORD, Browser

NEW = "a brand new password"
Command = Callable[..., Result]


@pytest.fixture
def command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command with words of ours."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(cli, ["users", *words], input=typed)

    return run


@pytest.fixture
def name() -> str:
    """A name that nobody has."""
    return f"typed-{uuid4().hex[:8]}"


def _twice(password: str) -> str:
    return f"{password}\n{password}\n"


def test_a_user_is_made_by_prompt_or_file(command: Command, name: str, tmp_path: Path, database: Database) -> None:
    """A user is made with a password that is asked for or read from a file, and never shown."""
    assert database.url
    told = command("add", name, "--role", "operator", typed=_twice(PASSWORD))
    assert told.exit_code == 0, told.output
    assert f"user made: {name} (оператор · operator)" in told.output
    assert PASSWORD not in told.output
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    assert command("add", f"{name}-2", "--role", "auditor", "--password-file", str(secret)).exit_code == 0
    listed = command("list").output
    assert name in listed
    assert "auditor" in listed


@pytest.mark.parametrize(
    ("words", "typed", "wanted"),
    [
        (["add", "{name}", "--role", "viewer"], _twice("short"), "shorter than 12"),
        (["add", "{name}", "--role", "viewer"], _twice("it is {name} here"), "contains the user name"),
        (["add", "{name}", "--role", "king"], None, "Invalid value"),
        (["add", "{name}"], None, "Missing option '--role'"),
        (["password", "{name}"], _twice(PASSWORD), "there is no user"),
        (["role", "{name}", "viewer"], None, "there is no user"),
        (["disable", "{name}"], None, "there is no user"),
        (["reset-mfa", "{name}"], None, "there is no user"),
    ],
)
def test_what_cannot_be_is_named(
    command: Command, name: str, database: Database, words: list[str], typed: str | None, wanted: str
) -> None:
    """A weak password, an unknown role or name ends with a message and a status of its own."""
    assert database.url
    told = command(*(word.format(name=name) for word in words), typed=typed and typed.format(name=name))
    assert told.exit_code != 0
    assert wanted in told.output


def test_a_taken_name_is_named(command: Command, name: str, database: Database) -> None:
    """A name is given once."""
    assert database.url
    assert command("add", name, "--role", "viewer", typed=_twice(PASSWORD)).exit_code == 0
    told = command("add", name, "--role", "viewer", typed=_twice(NEW))
    assert told.exit_code == 1
    assert f"the name is taken: {name}" in told.output


async def test_a_password_set_by_command_opens_and_unlocks(
    app: Any, username: str, database: Database, settings: AdminSettings
) -> None:
    """The new password opens at once, though the name had to wait, and the sessions before are over."""
    browser = Browser(app)
    await browser.log_in(username)
    for _ in range(5):
        await Browser(app).log_in(username, "wrong password 1")
    assert await registrar.change_password(settings, username, "Password-2026!") == 1
    assert (await browser.get("/api/user/")).status_code == 200
    assert await registrar.change_password(settings, username, NEW) == 0
    _bind(database)
    assert (await browser.get("/api/user/")).status_code == 401
    assert (await Browser(app).log_in(username, NEW)).status_code == 200
    rows = await database.pool.fetch("SELECT actor, what FROM audit_log WHERE subject = $1", f"user:{username}")
    assert any(row["what"] == "password_changed" and row["actor"].startswith("cli") for row in rows)


async def test_who_is_disabled_is_out_at_once(
    app: Any, username: str, database: Database, settings: AdminSettings
) -> None:
    """Shutting out ends the sessions and closes the door until it is opened again; another role ends them too."""
    browser = Browser(app)
    await browser.log_in(username)
    assert await registrar.set_active(settings, username, active=False) == 0
    _bind(database)
    assert (await browser.get("/api/user/")).status_code == 401
    assert (await browser.log_in(username)).status_code == 401
    assert await registrar.set_active(settings, username, active=True) == 0
    _bind(database)
    assert (await browser.log_in(username)).status_code == 200
    assert await registrar.change_role(settings, username, Role.VIEWER) == 0
    _bind(database)
    assert (await browser.get("/api/user/")).status_code == 401


async def test_a_waiting_name_is_unlocked(app: Any, username: str, database: Database, settings: AdminSettings) -> None:
    """The command forgets a name's failures."""
    for _ in range(5):
        await Browser(app).log_in(username, "wrong password 1")
    assert (await Browser(app).log_in(username)).status_code == 429
    assert await registrar.unlock(settings, username) == 0
    _bind(database)
    assert (await Browser(app).log_in(username)).status_code == 200


def _bind(database: Database) -> None:
    """Give the tables back to the test's pool, which a command of the same process has taken."""
    database.bind(Administrator, AuthenticatorSecret, SessionsBase)
