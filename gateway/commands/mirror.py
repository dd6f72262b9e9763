"""`emias-gateway mirror`: what a person decides about a site's doctor list."""

from __future__ import annotations

import getpass

import click

from gateway.settings import DatabaseSettings
from gateway.store.engine import open_database
from gateway.store.mirror_refusals import MirrorRefusals

__all__ = ["approve_removal"]


async def approve_removal(settings: DatabaseSettings, site: str, *, sure: bool) -> int:
    """Show the refused snapshot of a site and, when the person is sure, let the next one like it hide its doctors."""
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=2) as database:
        refusals = MirrorRefusals(database)
        waiting = await refusals.waiting(site)
        if waiting is None:
            click.echo(f"no refused doctor list of site {site} is waiting")
            return 1
        click.echo(
            f"refused at {waiting.last_at:%Y-%m-%d %H:%M %Z}: it lists {waiting.listed} doctors and lacks "
            f"{waiting.missing} of the {waiting.shown} shown: {waiting.examples}"
        )
        if not sure and not click.confirm("Hide these doctors?"):
            return 1
        approved = await refusals.approve(site, waiting.fingerprint, actor=f"cli:{_login()}")
    click.echo(
        "approved: the next list that lacks just these doctors hides them"
        if approved
        else "another list has been refused meanwhile; look again"
    )
    return 0 if approved else 1


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"
