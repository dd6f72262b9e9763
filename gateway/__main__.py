"""`emias-gateway`: one command for everything that an installation does."""

from __future__ import annotations

import sys
from pathlib import Path

import asyncpg
import click

from gateway import __version__
from gateway.commands.alerts_words import alerts
from gateway.commands.audit_words import audit
from gateway.commands.contract_words import contract
from gateway.commands.esia_words import esia
from gateway.commands.keys_words import keys
from gateway.commands.mirror_words import mirror
from gateway.commands.process import settings_of_process as _settings
from gateway.commands.retention_words import retention
from gateway.commands.switch_words import switch
from gateway.commands.users_words import users
from gateway.emias.errors import EmiasSetupError
from gateway.esia.errors import EsiaSetupError
from gateway.serving import PortBusy, run
from gateway.settings import (
    AdminSettings,
    DatabaseSettings,
    Settings,
    SettingsError,
    VerifySettings,
)

__all__ = ["main"]

_DATABASE_HINT = "If this is the database: is DATABASE_URL right, and does it answer? `emias-gateway check` tells more."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Books EMIAS appointments for clinic sites on 1C-Bitrix. Settings come from the environment."""


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
@click.option("--grant-to", metavar="ROLE", help="Then let this PostgreSQL role run the application, and no more.")
def migrate(grant_to: str | None) -> None:
    """Bring the database up to this release; safe to run from several replicas at once."""
    from gateway.commands.database import migrate_database

    sys.exit(run(migrate_database(_settings(DatabaseSettings), grant_to)))


for group in (alerts, audit, contract, esia, keys, mirror, retention, switch, users):
    cli.add_command(group)


@cli.command()
def check() -> None:
    """Check configuration, certificates, EMIAS, profile, database, Redis and clock; status by the worst line."""
    from gateway.commands.check import run_checks

    sys.exit(run(run_checks(_settings(Settings))))


@cli.command()
@click.option(
    "--ledger", metavar="URL", help="The stand-in's list of appointments: its control address, /control/ledger."
)
@click.option(
    "--canary", "canaries", metavar="TEXT", multiple=True, help="Text that must stand nowhere; may be repeated."
)
@click.option(
    "--logs",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Search the files of this folder for the canaries too.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(ledger: str | None, canaries: tuple[str, ...], logs: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click's own way
    """Check that no slot has two owners and no booking is lost; status 1 when an invariant is broken."""
    from gateway.commands.verify import Scope, run_verify

    sys.exit(run(run_verify(_settings(VerifySettings), Scope(ledger, canaries, logs), as_json=as_json)))


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
    """Run the command line; what is set up wrongly or not there ends it with status 2 and one clear message."""
    try:
        cli()
    except (SettingsError, PortBusy, EmiasSetupError, EsiaSetupError) as problem:
        click.echo(f"emias-gateway cannot start:\n{problem}", err=True)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
        click.echo(f"emias-gateway cannot go on: {problem}\n{_DATABASE_HINT}", err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
