"""The command line: help, settings, scopes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

import click
import pytest
from click.testing import CliRunner

import gateway.__main__ as command_line
import gateway.commands.keys
import gateway.commands.process
from gateway import __version__
from gateway.serving import PortBusy
from gateway.settings import AdminSettings, DatabaseSettings, Settings

GATEWAY = ["DATABASE_URL", "EMIAS_URL", "FIELD_KEYS", "LOOKUP_KEY", "REDIS_URL"]


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


@pytest.mark.parametrize("words", [(), *_commands(command_line.cli)], ids=" ".join)
def test_every_command_has_help(words: tuple[str, ...]) -> None:
    """Help is shown without any setting, says how the command is called, and what it does."""
    told = CliRunner(env=dict.fromkeys(GATEWAY)).invoke(command_line.cli, [*words, "--help"])
    assert told.exit_code == 0
    assert told.output.lower().startswith("usage: ")
    assert len(told.output.split()) > 10


def test_the_version_is_told() -> None:
    """The version is the package's."""
    assert __version__ in CliRunner().invoke(command_line.cli, ["--version"]).output


def test_every_setting_is_printed() -> None:
    """The table of settings needs none to be set."""
    told = CliRunner(env=dict.fromkeys(GATEWAY)).invoke(command_line.cli, ["settings"])
    fields = Settings.model_fields | AdminSettings.model_fields
    assert told.exit_code == 0
    assert [name for name in fields if name.upper() not in told.output] == []


def _main(monkeypatch: pytest.MonkeyPatch, words: Sequence[str]) -> int:
    """Run the program in this process and return its status."""
    for name in GATEWAY:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.setattr(sys, "argv", ["emias-gateway", *words])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("serve", GATEWAY),
        ("sync", GATEWAY),
        ("sync once", GATEWAY),
        ("check", GATEWAY),
        ("admin", ["DATABASE_URL"]),
        ("migrate", ["DATABASE_URL"]),
        ("keys create --site main", ["DATABASE_URL"]),
        ("keys list", ["DATABASE_URL"]),
        ("keys revoke k1", ["DATABASE_URL"]),
    ],
)
def test_missing_settings_end_with_status_2_and_their_names(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str, missing: list[str]
) -> None:
    """A process that lacks settings says which, all of them and no other, without a traceback."""
    assert _main(monkeypatch, words.split()) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("emias-gateway cannot start:\n")
    assert re.findall(r"^(\w+): is not set", told.err, re.MULTILINE) == missing


def test_a_busy_port_ends_with_status_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The message of the busy port is all that is printed."""

    def busy() -> None:
        raise PortBusy("cannot listen on 127.0.0.1:80; set GATEWAY_PORT")

    monkeypatch.setattr(command_line, "cli", busy)
    assert _main(monkeypatch, ["serve"]) == 2
    assert capsys.readouterr().err == ("emias-gateway cannot start:\ncannot listen on 127.0.0.1:80; set GATEWAY_PORT\n")


def test_an_unknown_command_ends_with_status_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that is no command is told as such."""
    assert _main(monkeypatch, ["fly"]) == 2


@pytest.mark.parametrize("scopes", ["write", "read,write", "", " , ", "READ"])
def test_a_wrong_scope_is_refused_before_any_setting_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], scopes: str
) -> None:
    """A scope that does not exist is answered with those that do."""
    assert _main(monkeypatch, ["keys", "create", "--site", "main", "--scopes", scopes]) == 2
    assert "choose among read, book, events, identity" in capsys.readouterr().err


def test_scopes_are_read_with_or_without_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chosen scopes reach the maker of keys, whose status ends the program."""
    made: list[tuple[str, list[str], str, bool]] = []

    async def create_key(
        settings: DatabaseSettings, site: str, scopes: Sequence[str], label: str, *, as_json: bool
    ) -> int:
        assert settings.database_url.get_secret_value() == "postgresql://here"
        made.append((site, list(scopes), label, as_json))
        return 0

    monkeypatch.setattr(gateway.commands.keys, "create_key", create_key)
    monkeypatch.setattr(gateway.commands.process, "configure_logs", str)
    words = ["keys", "create", "--site", "main", "--scopes", " read , events,", "--json"]
    told = CliRunner(env={"DATABASE_URL": "postgresql://here"}).invoke(command_line.cli, words)
    assert told.exit_code == 0
    assert made == [("main", ["read", "events"], "", True)]


@pytest.mark.parametrize("words", ["migrate", "keys list"])
def test_a_database_that_is_not_there_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    """A command whose database refuses connections ends with status 2 and names the setting to look at."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://gateway:secret@127.0.0.1:1/none")
    assert _main(monkeypatch, words.split()) == 2
    told = capsys.readouterr().err
    assert "DATABASE_URL" in told
    assert "Traceback" not in told
    assert "secret" not in told
