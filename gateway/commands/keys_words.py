"""The words of `emias-gateway keys`."""

from __future__ import annotations

import sys

import click

from gateway.commands.process import settings_of_process
from gateway.serving import run
from gateway.settings import DatabaseSettings, RotationTaskSettings

__all__ = ["keys"]

_SCOPES = ("read", "book", "events", "identity")


@click.group()
def keys() -> None:
    """API keys of sites, and the keys that seal personal data."""


@keys.command("create")
@click.option("--site", required=True, metavar="CODE", help="The site; made when new.")
@click.option("--scopes", default="read,book", show_default=True, help=f"Of: {', '.join(_SCOPES)}.")
@click.option("--label", default="", help="Whose key it is.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def keys_create(site: str, scopes: str, label: str, as_json: bool) -> None:  # noqa: FBT001 - click's own way
    """Make a key and show it, once."""
    from gateway.commands.keys import create_key

    chosen = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    if not chosen or set(chosen) - set(_SCOPES):
        raise click.BadParameter(f"choose among {', '.join(_SCOPES)}", param_hint="--scopes")
    sys.exit(run(create_key(settings_of_process(DatabaseSettings), site, chosen, label, as_json=as_json)))


@keys.command("list")
def keys_list() -> None:
    """List keys without their secrets."""
    from gateway.commands.keys import list_keys

    sys.exit(run(list_keys(settings_of_process(DatabaseSettings))))


@keys.command("revoke")
@click.argument("key_id")
def keys_revoke(key_id: str) -> None:
    """Revoke a key at once."""
    from gateway.commands.keys import revoke_key

    sys.exit(run(revoke_key(settings_of_process(DatabaseSettings), key_id)))


@keys.command("rotate-fields")
def keys_rotate_fields() -> None:
    """Seal personal data under the first of FIELD_KEYS; status 1 while anything is not."""
    from gateway.commands.rotation import rotate_fields

    sys.exit(run(rotate_fields(settings_of_process(RotationTaskSettings))))
