"""The words of `emias-gateway retention`."""

from __future__ import annotations

import sys

import click

from gateway.commands.process import settings_of_process
from gateway.serving import run
from gateway.settings import RetentionTaskSettings

__all__ = ["retention"]


@click.group()
def retention() -> None:
    """How long personal data is kept; the worker sees to it every hour."""


@retention.command("show")
def retention_show() -> None:
    """Show deadlines and the oldest rows; status 1 when one is overdue."""
    from gateway.commands.retention import show_retention

    sys.exit(run(show_retention(settings_of_process(RetentionTaskSettings))))


@retention.command("run")
def retention_run() -> None:
    """Erase now what is past its deadline; safe beside a worker, and to stop half-way."""
    from gateway.commands.retention import run_retention

    sys.exit(run(run_retention(settings_of_process(RetentionTaskSettings))))
