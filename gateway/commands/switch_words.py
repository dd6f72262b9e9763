"""The words of `emias-gateway switch`; `switches.py` does what they say."""

from __future__ import annotations

import sys
from typing import Literal
from uuid import UUID

import click

from gateway.commands.process import settings_of_process
from gateway.serving import run
from gateway.settings import DatabaseSettings

__all__ = ["switch"]


@click.group()
def switch() -> None:
    """Stop or allow what the gateway does with EMIAS."""


@switch.command("institution")
@click.argument("lpu_code", metavar="LPU")
@click.argument("position", type=click.Choice(["off", "on"]))
@click.option(
    "--what",
    type=click.Choice(["calls", "retries", "sale"]),
    default="calls",
    show_default=True,
    help="All calls to its EMIAS, only what is sent again by itself, or its offer on the site.",
)
@click.option("--reason", required=True, help="Why; kept with the switch, no personal data.")
def _institution(lpu_code: str, position: str, what: Literal["calls", "retries", "sale"], reason: str) -> None:
    """Turn a switch of an institution; obeyed within a second."""
    from gateway.commands.switches import switch_institution

    settings = settings_of_process(DatabaseSettings)
    sys.exit(run(switch_institution(settings, lpu_code, what, on=position == "on", reason=reason)))


@switch.command("booking")
@click.argument("booking_id", metavar="BOOKING", type=click.UUID)
@click.argument("position", type=click.Choice(["off", "on"]))
@click.option("--reason", required=True, help="Why; kept in the switch log, no personal data.")
def _booking(booking_id: UUID, position: str, reason: str) -> None:
    """Stop for good what is done by itself about a booking; in doubt, it goes to the operator."""
    from gateway.commands.switches import switch_booking

    settings = settings_of_process(DatabaseSettings)
    sys.exit(run(switch_booking(settings, booking_id, on=position == "on", reason=reason)))


@switch.command("list")
def _list() -> None:
    """List the switches of every institution."""
    from gateway.commands.switches import list_switches

    sys.exit(run(list_switches(settings_of_process(DatabaseSettings))))
