"""`emias-gateway retention`: show how long personal data is kept, and erase what is past its deadline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import click
from rich.console import Console
from rich.table import Column, Table

from gateway.domain.moscow import as_moscow
from gateway.domain.retention import Standing
from gateway.settings import RetentionTaskSettings
from gateway.store.engine import open_database
from gateway.store.retention import Retention

__all__ = ["run_retention", "show_retention"]

_COLUMNS: Final = ("kind", "kept for", "oldest", "next goes", "overdue", "last pass", "erased ever")


async def show_retention(settings: RetentionTaskSettings) -> int:
    """Print how every kind stands; status 1 when a row has outlived its deadline by more than a day."""
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=1) as database:
        standings = await Retention(database, settings.deadlines).standings()
    table = Table(*(Column(name, no_wrap=True) for name in _COLUMNS))
    for one in standings:
        table.add_row(
            one.kind.value,
            _span(one.keep),
            _age(one),
            _day(one.due_at),
            str(one.overdue or ""),
            _day(one.passed_at),
            str(one.erased_ever),
        )
    Console().print(table)
    return 1 if any(one.is_overdue for one in standings) else 0


async def run_retention(settings: RetentionTaskSettings) -> int:
    """Erase what is past its deadline now and print the rows of each kind."""
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=2) as database:
        erased = await Retention(database, settings.deadlines).run()
    for kind, rows in erased.items():
        if rows:
            click.echo(f"{kind.value}: {rows}")
    click.echo(f"rows erased: {sum(erased.values())}")
    return 0


def _span(keep: timedelta | None) -> str:
    return "" if keep is None else f"{keep.days} d"


def _age(one: Standing) -> str:
    return "" if one.oldest is None else f"{one.age(datetime.now(UTC)).days} d"


def _day(instant: datetime | None) -> str:
    return f"{as_moscow(instant):%Y-%m-%d %H:%M}" if instant else ""
