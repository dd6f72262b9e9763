"""`emias-gateway alerts`: what is open, whether people can be reached, and peace for a while."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import click
from rich.console import Console
from rich.table import Table

from gateway.commands.process import actor_of_process
from gateway.domain.alerts.alert import Severity
from gateway.domain.alerts.telling import trial_message
from gateway.domain.moscow import as_moscow
from gateway.settings import AlertSettings, DatabaseSettings
from gateway.store.alert_desk import AlertDesk
from gateway.store.engine import open_database
from gateway.wiring import alert_messenger

__all__ = ["list_alerts", "mute_alert", "send_test"]


async def list_alerts(settings: DatabaseSettings) -> int:
    """Print what is open and what ended within a day, and how the watch stands."""
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=1) as database:
        desk = AlertDesk(database)
        entries, standing = await desk.entries(timedelta(days=1)), await desk.standing()
    table = Table("id", "severity", "alert", "opened", "closed", "told", "muted until")
    for entry in entries:
        told = entry.told_close_at or entry.told_open_at
        instants = [_clock(each) for each in (entry.opened_at, entry.closed_at, told, entry.muted_until)]
        table.add_row(str(entry.id), entry.severity, entry.what, *instants)
    Console().print(table)
    click.echo(f"judged {_clock(standing.judged_at) or 'never'} by {standing.judged_by or 'nobody'}")
    if standing.late or standing.given_up:
        click.echo(f"messages late: {standing.late}, given up today: {standing.given_up} ({standing.last_error})")
    return 0


async def send_test(settings: AlertSettings) -> int:
    """Send a test to every address from this machine and print how each took it; status 1 when one did not."""
    messenger = alert_messenger(settings)
    if not messenger.places:
        click.echo("ALERT_URLS is not set: nobody is told of trouble")
        return 1
    message = trial_message(datetime.now(UTC))
    places = messenger.places
    refusals = await asyncio.gather(
        *(messenger.send(place, Severity.INFO, message.title, message.body) for place in places)
    )
    for place, why in zip(places, refusals, strict=True):
        click.echo(f"{place.name}: {why or 'delivered'}")
    return int(any(refusals))


async def mute_alert(settings: DatabaseSettings, alert_id: int, hours: float, reason: str) -> int:
    """Tell nothing of an open alert for so many hours."""
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=1) as database:
        try:
            until = await AlertDesk(database).mute(alert_id, timedelta(hours=hours), actor_of_process(), reason)
        except ValueError as problem:
            raise click.BadParameter(str(problem)) from None
    click.echo(f"muted until {_clock(until)} Moscow" if until else f"no alert {alert_id} is open")
    return 0 if until else 1


def _clock(instant: datetime | None) -> str:
    return f"{as_moscow(instant):%d.%m %H:%M}" if instant else ""
