"""`emias-gateway keys rotate-fields`: seal personal data under the newest field key."""

from __future__ import annotations

import click

from gateway.commands.process import actor_of_process
from gateway.settings import RotationTaskSettings
from gateway.store.engine import open_database
from gateway.store.rotation import Rotation

__all__ = ["rotate_fields"]


async def rotate_fields(settings: RotationTaskSettings) -> int:
    """Seal anew and say what is left; status 1 while anything is not under the newest key."""
    keys = [key.strip() for key in settings.field_keys.get_secret_value().split(",") if key.strip()]
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=2) as database:
        rotated = await Rotation(database, keys).run(actor_of_process())
    click.echo(f"sealed anew: {rotated.sealed}; under old keys: {rotated.old}; opened by none: {rotated.unreadable}")
    if rotated.is_done:
        click.echo("done: the newest key opens everything; the old ones may be dropped")
        return 0
    if rotated.old:
        click.echo("not done: rows were sealed with an old key meanwhile; restart gateways and workers, run it again")
    if rotated.unreadable:
        click.echo("not done: some rows need a key that FIELD_KEYS does not name; do not drop any before it is found")
    return 1
