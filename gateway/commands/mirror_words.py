"""The words of `emias-gateway mirror`."""

from __future__ import annotations

import sys

import click

from gateway.commands.process import settings_of_process
from gateway.serving import run
from gateway.settings import DatabaseSettings

__all__ = ["mirror"]


@click.group()
def mirror() -> None:
    """The list of a site's doctors."""


@mirror.command("approve")
@click.option("--site", required=True, metavar="CODE", help="The site whose list was refused.")
@click.option("--yes", "sure", is_flag=True, help="Do not ask.")
def mirror_approve(site: str, sure: bool) -> None:  # noqa: FBT001 - click's own way
    """Let a refused list hide its missing doctors, after showing how many they are."""
    from gateway.commands.mirror import approve_removal

    sys.exit(run(approve_removal(settings_of_process(DatabaseSettings), site, sure=sure)))
