"""`emias-gateway keys`: make, list and revoke the API keys of sites."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from gateway.commands.process import actor_of_process
from gateway.settings import DatabaseSettings
from gateway.store.api_keys import KeyRing
from gateway.store.engine import open_database
from gateway.store.sites import Sites

__all__ = ["create_key", "list_keys", "revoke_key"]


async def create_key(settings: DatabaseSettings, site: str, scopes: Sequence[str], label: str, *, as_json: bool) -> int:
    """Make a key and print it, the only time that it can be read."""
    async with open_database(settings.database_url.get_secret_value(), application_name=actor_of_process()) as database:
        site_id = await Sites(database).ensure(site)
        key = await KeyRing(database).create(site_id, scopes, label)
    if as_json:
        click.echo(json.dumps({"key": key, "site": site, "scopes": list(scopes)}))
    else:
        click.echo(f"key of site {site} ({', '.join(scopes)}); it is shown only now:\n{key}")
    return 0


async def list_keys(settings: DatabaseSettings) -> int:
    """Print every key without its secret."""
    table = Table("id", "site", "scopes", "label", "created", "revoked")
    async with open_database(settings.database_url.get_secret_value()) as database:
        for key in await KeyRing(database).entries():
            revoked = f"{key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else ""
            table.add_row(
                key.id, key.site, ", ".join(sorted(key.scopes)), key.label, f"{key.created_at:%Y-%m-%d %H:%M}", revoked
            )
    Console().print(table)
    return 0


async def revoke_key(settings: DatabaseSettings, key_id: str) -> int:
    """Revoke a key; every replica refuses it within a second."""
    async with open_database(settings.database_url.get_secret_value(), application_name=actor_of_process()) as database:
        revoked = await KeyRing(database).revoke(key_id)
    Console().print(f"{key_id} is revoked" if revoked else f"there is no living key {key_id}")
    return 0 if revoked else 1
