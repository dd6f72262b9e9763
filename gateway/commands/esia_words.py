"""`emias-gateway esia`: the Gosuslugi login."""

from __future__ import annotations

import sys

import click

from gateway.commands.process import settings_of_process
from gateway.serving import run
from gateway.settings import Settings

__all__ = ["esia"]


@click.group()
def esia() -> None:
    """Login through Gosuslugi."""


@esia.command("check")
def esia_check() -> None:
    """Sign a probe and verify it, check certificates, trust and ESIA's clock; status by the worst line."""
    from gateway.commands.check_esia import run_esia_check

    sys.exit(run(run_esia_check(settings_of_process(Settings))))
