"""`emias-gateway switch`: stop what an operator wants stopped, and show what is."""

from __future__ import annotations

from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from gateway.commands.process import actor_of_process
from gateway.settings import DatabaseSettings
from gateway.store.engine import open_database
from gateway.store.switches import Switch, SwitchBoard

__all__ = ["list_switches", "switch_booking", "switch_institution"]


async def switch_institution(settings: DatabaseSettings, lpu_code: str, what: Switch, *, on: bool, reason: str) -> int:
    """Turn a switch of an institution; every replica obeys within a second."""
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=2) as database:
        known = await SwitchBoard(database).institution(lpu_code, what, on=on, reason=reason, actor=actor_of_process())
    click.echo(f"{lpu_code}: {what} {_word(on=on)}" if known else f"there is no institution {lpu_code}")
    return 0 if known else 1


async def switch_booking(settings: DatabaseSettings, booking_id: UUID, *, on: bool, reason: str) -> int:
    """Stop or allow what the gateway does by itself about one booking."""
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=2) as database:
        state = await SwitchBoard(database).booking(booking_id, on=on, reason=reason, actor=actor_of_process())
    if state is None:
        click.echo(f"there is no booking {booking_id}")
        return 1
    click.echo(f"{booking_id}: retries {_word(on=on)}, state {state}")
    return 0


async def list_switches(settings: DatabaseSettings) -> int:
    """Print every institution's switches, and how many bookings are stopped one by one."""
    table = Table("LPU", "name", "sale", "calls", "retries", "reason", "switched")
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=2) as database:
        board = SwitchBoard(database)
        for entry in await board.entries():
            switched = f"{entry.switched_at:%Y-%m-%d %H:%M}" if entry.switched_at else ""
            words = [_word(on=on) for on in (entry.sale, entry.calls, entry.retries)]
            table.add_row(entry.lpu_code, entry.name, *words, entry.reason, switched)
        stopped = await board.stopped_bookings()
    Console().print(table)
    click.echo(f"unfinished bookings whose retries are stopped: {stopped}")
    return 0


def _word(*, on: bool) -> str:
    return "on" if on else "off"
