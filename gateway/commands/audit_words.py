"""The words of `emias-gateway audit`; `audit.py` does what they say."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Literal

import click

from gateway.commands.process import settings_of_process
from gateway.domain.moscow import MOSCOW
from gateway.serving import run
from gateway.settings import DatabaseSettings

__all__ = ["audit"]


def _moscow(_context: click.Context, _param: click.Parameter, given: datetime | None) -> datetime | None:
    return given and given.replace(tzinfo=MOSCOW)


@click.group()
def audit() -> None:
    """Who did what: the append-only log that `verify` checks."""


@audit.command("export")
@click.option("--since", type=click.DateTime(), callback=_moscow, help="First instant, Moscow time.")
@click.option("--until", type=click.DateTime(), callback=_moscow, help="Instant to stop before, Moscow time.")
@click.option(
    "--format",
    "sheet",
    type=click.Choice(["csv", "jsonl"]),
    default="csv",
    show_default=True,
    help="A table for people, or lines that carry the hashed text.",
)
def _export(since: datetime | None, until: datetime | None, sheet: Literal["csv", "jsonl"]) -> None:
    """Write the log to standard output."""
    from gateway.commands.audit import export_audit

    sys.exit(run(export_audit(settings_of_process(DatabaseSettings), sheet, since, until)))
