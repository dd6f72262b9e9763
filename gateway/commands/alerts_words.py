"""The words of `emias-gateway alerts`; `alerts.py` does what they say."""

from __future__ import annotations

import sys

import click

from gateway.commands.process import settings_of_process
from gateway.serving import run
from gateway.settings import AlertSettings, DatabaseSettings

__all__ = ["alerts"]


@click.group()
def alerts() -> None:
    """Troubles that people are told of."""


@alerts.command("list")
def _list() -> None:
    """List what is open, and what ended within a day."""
    from gateway.commands.alerts import list_alerts

    sys.exit(run(list_alerts(settings_of_process(DatabaseSettings))))


@alerts.command("test")
def _test() -> None:
    """Send a test to every address of ALERT_URLS from here; status 1 when one does not take it."""
    from gateway.commands.alerts import send_test

    sys.exit(run(send_test(settings_of_process(AlertSettings))))


@alerts.command("mute")
@click.argument("alert_id", metavar="ID", type=int)
@click.option("--hours", type=click.FloatRange(0, 720), default=8, show_default=True, help="0 ends a mute.")
@click.option("--reason", required=True, help="Why; kept with the alert, no personal data.")
def _mute(alert_id: int, hours: float, reason: str) -> None:
    """Tell nothing of an open alert for a while, nor of the next one of its kind."""
    from gateway.commands.alerts import mute_alert

    sys.exit(run(mute_alert(settings_of_process(DatabaseSettings), alert_id, hours, reason)))
