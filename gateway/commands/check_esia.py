"""The checks of the Gosuslugi login: signer, certificates, clock; or whether a broker answers."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from gateway.commands.findings import Finding, Level
from gateway.domain.errors import GatewayError
from gateway.esia.connect import Ears, open_broker, open_direct
from gateway.esia.errors import EsiaError
from gateway.settings import Settings
from gateway.wiring import broker_channel, checked_callbacks, esia_channel

__all__ = ["check_esia", "run_esia_check"]

_MARKS = {Level.OK: "[green]ok[/]", Level.WARNING: "[yellow]warning[/]", Level.FAILED: "[red]failed[/]"}


class _UtcClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


async def run_esia_check(settings: Settings) -> int:
    """Test everything that a login needs, print the table, and return 0, 1 (a warning) or 2 (a failure)."""
    lines = await check_esia(settings)
    table = Table("check", "", "what it says", show_lines=False)
    for what, (level, says) in lines:
        table.add_row(what, _MARKS[level], says)
    Console().print(table)
    return int(max(level for _, (level, _) in lines))


async def check_esia(settings: Settings) -> list[tuple[str, Finding]]:
    """Return what each test says; one line where the login is off."""
    try:
        checked_callbacks(settings)
        match settings.identity_provider:
            case "off":
                return [("Gosuslugi", (Level.OK, "IDENTITY_PROVIDER is off: patients fill in the form"))]
            case "esia":
                return await _check_direct(settings)
            case "broker":
                return [("Gosuslugi broker", await _check_broker(settings))]
    except (EsiaError, GatewayError) as problem:
        return [("Gosuslugi", (Level.FAILED, str(problem)))]


async def _check_direct(settings: Settings) -> list[tuple[str, Finding]]:
    offsets: list[float] = []
    clock = _UtcClock()
    async with open_direct(esia_channel(settings), clock, Ears(clock=offsets.append)) as parts:
        judged = await parts.judged(clock.now(), offsets)
    return [(f"Gosuslugi {name}", (Level(int(said.grade)), f"{said.code}: {said.words}")) for name, said in judged]


async def _check_broker(settings: Settings) -> Finding:
    async with open_broker(*broker_channel(settings), _UtcClock(), Ears()) as broker:
        await broker.begin(str(uuid4()), next(iter(settings.identity_redirect_uri.values())))
    return Level.OK, f"{settings.broker_issuer}: it says where visitors log in"
