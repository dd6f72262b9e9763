"""`emias-gateway retention`: what it shows, what it erases, and its status."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.commands.retention import run_retention, show_retention
from gateway.domain.retention import DEFAULT_DAYS, Kind
from gateway.settings import RetentionTaskSettings, read_settings
from gateway.store.engine import Database
from tests.integration.privacy.archive import Archive


@pytest.fixture
def settings(database: Database) -> RetentionTaskSettings:
    """Read settings with a deadline of one's own."""
    return read_settings(RetentionTaskSettings, {"DATABASE_URL": database.url, "RETENTION_FAILED_DAYS": "2"})


async def test_what_is_overdue_is_shown_until_a_pass(
    archive: Archive,
    settings: RetentionTaskSettings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The table names each kind with its deadline; the status is 1 while a row is a day overdue, and a pass ends it."""
    monkeypatch.setenv("COLUMNS", "160")
    await run_retention(settings)
    capsys.readouterr()
    await archive.booking("failed", timedelta(days=4))
    await archive.booking("visited", timedelta(days=DEFAULT_DAYS[Kind.VISITED] - 1))
    assert await show_retention(settings) == 1
    shown = {line.split("│")[1].strip(): line for line in capsys.readouterr().out.splitlines() if "│" in line}
    assert set(shown) == {kind.value for kind in Kind}
    assert [cell.strip() for cell in shown["failed"].split("│")[2:4]] == ["2 d", "4 d"]
    assert await run_retention(settings) == 0
    assert capsys.readouterr().out == "failed: 1\nrows erased: 1\n"
    assert await show_retention(settings) == 0
