"""The words of `emias-gateway contract`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from gateway.logs import configure_logs
from gateway.serving import run
from gateway.settings import ChannelSettings, read_settings

__all__ = ["contract"]

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
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
