"""`emias-gateway`: one command for everything that an installation does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import asyncpg
import click

from gateway import __version__
from gateway.commands.process import settings_of_process as _settings
from gateway.commands.switch_words import switch
from gateway.emias.errors import EmiasSetupError
from gateway.logs import configure_logs
from gateway.serving import PortBusy, run
from gateway.settings import (
    AdminSettings,
    ChannelSettings,
    DatabaseSettings,
    Settings,
    SettingsError,
    VerifySettings,
    read_settings,
)

__all__ = ["main"]

_DATABASE_HINT = "If this is the database: is DATABASE_URL right, and does it answer? `emias-gateway check` tells more."
_SCOPES = ("read", "book", "events", "identity")
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


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


cli.add_command(switch)


@cli.group()
def users() -> None:
    """People who log in to the admin."""


@users.command("create")
@click.option("--username", prompt="User name", help="Asked for when not given.")
@click.option("--superuser", is_flag=True, help="May manage other users.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Else the password is asked for.",
)
def users_create(username: str, superuser: bool, password_file: Path | None) -> None:  # noqa: FBT001 - click's own way
    """Make a user of the admin; there is no default password."""
    from admin.users import create_user

    if password_file is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = password_file.read_text(encoding="utf-8").strip()
    sys.exit(run(create_user(_settings(DatabaseSettings), username, password, superuser=superuser)))


@cli.group()
def mirror() -> None:
    """The list of a site's doctors."""


@mirror.command("approve")
@click.option("--site", required=True, metavar="CODE", help="The site whose list was refused.")
@click.option("--yes", "sure", is_flag=True, help="Do not ask.")
def mirror_approve(site: str, sure: bool) -> None:  # noqa: FBT001 - click's own way
    """Let a refused list hide its missing doctors, after showing how many they are."""
    from gateway.commands.mirror import approve_removal

    sys.exit(run(approve_removal(_settings(DatabaseSettings), site, sure=sure)))


@cli.command()
def check() -> None:
    """Check configuration, certificates, EMIAS, profile, database, Redis and clock; status by the worst line."""
    from gateway.commands.check import run_checks

    sys.exit(run(run_checks(_settings(Settings))))


@cli.group()
def contract() -> None:
    """From an institution's WSDL to a rehearsed profile; try and rehearse read EMIAS_* settings only."""


@contract.command("inspect")
@click.argument("wsdl", type=_FILE)
@click.option("--all", "every_binding", is_flag=True, help="The operations of every binding.")
def contract_inspect(wsdl: Path, every_binding: bool) -> None:  # noqa: FBT001 - click's own way
    """Show services, bindings, operations, and what they ask and answer."""
    from gateway.commands.contract import inspect_contract

    sys.exit(inspect_contract(wsdl, every_binding=every_binding))


@contract.command("draft")
@click.argument("wsdl", type=_FILE)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=Path("profile.toml"))
@click.option("--binding", metavar="NAME", help="Else the likeliest of them.")
@click.option("--force", is_flag=True, help="Write over a profile that is there.")
def contract_draft(wsdl: Path, output: Path, binding: str | None, force: bool) -> None:  # noqa: FBT001 - click's own way
    """Draft a profile by names and types, each unsure line marked, and put the WSDL's files beside it."""
    from gateway.commands.contract import draft_contract

    sys.exit(draft_contract(wsdl, output, binding, force=force))


@contract.command("check")
@click.argument("profile")
def contract_check(profile: str) -> None:
    """Find every name and path of a PROFILE in its contract; status 1 when one is missing."""
    from gateway.commands.contract import check_contract

    sys.exit(check_contract(profile))


def _doctor(_context: click.Context, _param: click.Parameter, given: str | None) -> tuple[str, str] | None:
    """Read an EMIAS doctor as LPU/ID."""
    if given is None:
        return None
    lpu_code, _, doctor_id = given.partition("/")
    if not lpu_code or not doctor_id:
        raise click.BadParameter("write the LPU code, a slash and the doctor's EMIAS id")
    return lpu_code, doctor_id


def _channel_settings(profile: str, url: str | None) -> ChannelSettings:
    """Read the EMIAS_* settings, with what the command line says in their place."""
    given = {"EMIAS_PROFILE": profile} | ({"EMIAS_URL": url} if url else {})
    configure_logs("ERROR")
    return read_settings(ChannelSettings, {**os.environ, **given})


@contract.command("try")
@click.argument("profile")
@click.option("--operation", type=click.Choice(["probe", "get_schedule", "find"]), default="probe", show_default=True)
@click.option(
    "--doctor", metavar="LPU/ID", callback=_doctor, help="An EMIAS doctor of the stand; all but probe need one."
)
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, help="Days of the schedule.")
@click.option("--url", help="Address of the stand, in place of EMIAS_URL.")
def contract_try(profile: str, operation: str, doctor: tuple[str, str] | None, days: int, url: str | None) -> None:
    """Make one read-only call and show request and reply without personal data."""
    if doctor is None and operation != "probe":
        raise click.UsageError(f"--doctor is needed for {operation}")
    from gateway.commands.contract import Asked, try_contract
    from gateway.domain.schedule import EmiasDoctorRef

    asked = Asked(operation, EmiasDoctorRef(*(doctor or ("", ""))), days)
    sys.exit(run(try_contract(_channel_settings(profile, url), asked)))


@contract.command("rehearse")
@click.argument("profile")
@click.option("--doctor", metavar="LPU/ID", callback=_doctor, required=True, help="An EMIAS doctor of the stand.")
@click.option("--url", help="Address of the stand, in place of EMIAS_URL.")
@click.option("--show", "show_all", is_flag=True, help="Show what was said in each step, not only in one that failed.")
def contract_rehearse(profile: str, doctor: tuple[str, str], url: str | None, show_all: bool) -> None:  # noqa: FBT001 - click's own way
    """Book, look up and cancel with the made-up patient of a test stand; other profiles are refused."""
    from gateway.commands.contract import rehearse_contract
    from gateway.domain.schedule import EmiasDoctorRef

    sys.exit(run(rehearse_contract(_channel_settings(profile, url), EmiasDoctorRef(*doctor), show_all=show_all)))


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
    except (SettingsError, PortBusy, EmiasSetupError) as problem:
        click.echo(f"emias-gateway cannot start:\n{problem}", err=True)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
        click.echo(f"emias-gateway cannot go on: {problem}\n{_DATABASE_HINT}", err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
