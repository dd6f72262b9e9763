"""`emias-gateway`: one command for everything that an installation does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TypeVar

import click

from gateway import __version__
from gateway.logs import configure_logs
from gateway.serving import PortBusy, run
from gateway.settings import AdminSettings, DatabaseSettings, Settings, SettingsError, read_settings

__all__ = ["main"]

_SCOPES = ("read", "book", "events", "identity")
Chosen = TypeVar("Chosen", bound=DatabaseSettings)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Books EMIAS appointments for clinic sites on 1C-Bitrix. Settings come from the environment."""


def _settings(model: type[Chosen]) -> Chosen:
    settings = read_settings(model)
    configure_logs(settings.log_level)
    return settings


@cli.command()
def serve() -> None:
    """Serve the API that Bitrix calls."""
    from gateway.commands.serve import serve_gateway

    sys.exit(run(serve_gateway(_settings(Settings))))


@cli.group(invoke_without_command=True)
@click.pass_context
def sync(context: click.Context) -> None:
    """Mirror doctors from Bitrix and schedules from EMIAS, for as long as it runs."""
    if context.invoked_subcommand is None:
        from sync.worker import run_forever

        sys.exit(run(run_forever(_settings(Settings))))


@sync.command("once")
@click.option("--doctor", metavar="LPU/ID", help="Only this EMIAS doctor.")
def sync_once(doctor: str | None) -> None:
    """Read every doctor once, show progress and a summary; status 1 when any failed."""
    from sync.once import run_once

    sys.exit(run(run_once(_settings(Settings), doctor)))


@cli.command()
def admin() -> None:
    """Serve the admin for mappings, bookings and sync errors."""
    from admin.server import serve_admin

    sys.exit(run(serve_admin(_settings(AdminSettings))))


@cli.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def simulate(words: tuple[str, ...]) -> None:
    """Run the stand-ins for EMIAS and a Bitrix site (needs the demo extra)."""
    from simulator.__main__ import main as simulator_main

    simulator_main(list(words))


@cli.command()
def migrate() -> None:
    """Bring the database up to this release; safe to run from several replicas at once."""
    from gateway.commands.database import migrate_database

    sys.exit(run(migrate_database(_settings(DatabaseSettings))))


@cli.group()
def keys() -> None:
    """API keys of sites."""


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
    sys.exit(run(create_key(_settings(DatabaseSettings), site, chosen, label, as_json=as_json)))


@keys.command("list")
def keys_list() -> None:
    """List keys without their secrets."""
    from gateway.commands.keys import list_keys

    sys.exit(run(list_keys(_settings(DatabaseSettings))))


@keys.command("revoke")
@click.argument("key_id")
def keys_revoke(key_id: str) -> None:
    """Revoke a key at once."""
    from gateway.commands.keys import revoke_key

    sys.exit(run(revoke_key(_settings(DatabaseSettings), key_id)))


@cli.group()
def users() -> None:
    """People who log in to the admin."""


@users.command("create")
@click.option("--username", prompt="User name", help="Asked for when not given.")
@click.option("--superuser", is_flag=True, help="May manage other users.")
@click.option(
    "--password-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Else the password is asked for."
)
def users_create(username: str, superuser: bool, password_file: Path | None) -> None:  # noqa: FBT001 - click's own way
    """Make a user of the admin; there is no default password."""
    from admin.users import create_user

    if password_file is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = password_file.read_text(encoding="utf-8").strip()
    sys.exit(run(create_user(_settings(DatabaseSettings), username, password, superuser=superuser)))


@cli.command()
def check() -> None:
    """Check configuration, certificates, EMIAS, profile, database, Redis and clock; status by the worst line."""
    from gateway.commands.check import run_checks

    sys.exit(run(run_checks(_settings(Settings))))


@cli.command()
def settings() -> None:
    """Print every setting with its default and meaning, as Markdown."""
    from gateway.commands.settings import settings_page

    click.echo(settings_page())


@cli.command()
@click.option("--detach", is_flag=True, help="Return when all is ready.")
@click.option("--stop", is_flag=True, help="End a detached demo.")
def demo(detach: bool, stop: bool) -> None:  # noqa: FBT001 - click's own way
    """Run everything on embedded engines, with a simulated EMIAS (needs the demo extra)."""
    from demo.stack import main as demo_main

    sys.exit(demo_main(detach=detach, stop=stop))


def main() -> None:
    """Run the command line; a wrong setting or a busy port ends it with status 2 and one clear message."""
    try:
        cli()
    except (SettingsError, PortBusy) as problem:
        click.echo(f"emias-gateway cannot start:\n{problem}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
