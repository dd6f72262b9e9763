"""`emias-gateway check`: one line a thing that must work, and the worst one is the exit status."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import asyncpg
from rich.console import Console
from rich.table import Table

from gateway.commands.check_channel import check_certificate, check_contract, check_emias
from gateway.commands.check_esia import check_esia
from gateway.commands.findings import Bad, Finding, Level
from gateway.domain.errors import MirrorRefused
from gateway.emias.errors import EmiasSetupError, TlsSetupError
from gateway.holds.connection import open_redis
from gateway.settings import Settings, SettingsError
from gateway.store.cipher import Cipher
from gateway.store.engine import open_database
from gateway.store.migrate import pending
from gateway.store.switches import SwitchBoard
from gateway.wiring import alert_messenger, alert_orders, emias_channels, field_keys, open_site_feed

__all__ = ["run_checks"]

_WARN_SKEW_SECONDS: Final = 2.0
_LEAST_POSTGRES: Final = 160_000


@dataclass(frozen=True, slots=True)
class _Line:
    what: str
    level: Level
    says: str


async def run_checks(settings: Settings) -> int:
    """Run every check, print the table, and return 0, 1 (a warning) or 2 (a failure)."""
    lines = [line async for line in _lines(settings)]
    table = Table("check", "", "what it says", show_lines=False)
    marks = {Level.OK: "[green]ok[/]", Level.WARNING: "[yellow]warning[/]", Level.FAILED: "[red]failed[/]"}
    for line in lines:
        table.add_row(line.what, marks[line.level], line.says)
    Console().print(table)
    return int(max(line.level for line in lines))


async def _lines(settings: Settings) -> AsyncIterator[_Line]:
    checks: list[tuple[str, Callable[[Settings], Awaitable[Finding]]]] = [
        ("settings", _settings),
        ("field keys", _keys),
        ("database", _database),
        ("clock", _clock),
        ("switches", _switches),
        ("Redis", _redis),
        ("doctor list", _feed),
        ("alerts", _alerts),
    ]
    for what, check in checks:
        yield await _line(what, check(settings))
    if settings.identity_provider != "off":
        for what, (level, says) in await check_esia(settings):
            yield _Line(what, level, says)
    try:
        channels = emias_channels(settings)
    except EmiasSetupError as problem:
        yield _Line("channels", Level.FAILED, str(problem))
        return
    routed = {code for channel in channels for code in channel.institutions}
    main_code = next((code for code in settings.institutions if code not in routed), "")
    for channel in channels:
        where = f" ({', '.join(channel.institutions)})" if channel.institutions else ""
        lpu_code = channel.institutions[0] if channel.institutions else main_code
        yield await _line(f"certificate{where}", check_certificate(channel))
        yield await _line(f"profile{where}", check_contract(channel))
        yield await _line(f"EMIAS{where}", check_emias(channel, lpu_code))


async def _line(what: str, finding: Awaitable[Finding]) -> _Line:
    try:
        level, says = await finding
    except TlsSetupError as problem:
        level, says = Level.FAILED, f"{problem.code}: {problem}"
    except (Bad, EmiasSetupError, OSError, asyncpg.PostgresError, ValueError, TimeoutError) as problem:
        level, says = Level.FAILED, str(problem) or type(problem).__name__
    return _Line(what, level, says)


async def _settings(settings: Settings) -> Finding:
    if not settings.institutions:
        return Level.WARNING, "read; INSTITUTIONS is empty: only institutions made in the admin can be mapped"
    return Level.OK, f"read; institutions {', '.join(settings.institutions)}"


async def _keys(settings: Settings) -> Finding:
    keys = field_keys(settings)
    try:
        Cipher.from_keys(keys, settings.lookup_key.get_secret_value())
    except ValueError as problem:
        raise Bad(f"FIELD_KEYS: {problem}") from None
    return Level.OK, f"{len(keys)} key(s); the first seals"


async def _database(settings: Settings) -> Finding:
    url = settings.database_url.get_secret_value()
    async with open_database(url, min_size=1, max_size=2) as database:
        number = int(await database.pool.fetchval("SHOW server_version_num"))
        version = await database.pool.fetchval("SHOW server_version")
    if number < _LEAST_POSTGRES:
        raise Bad(f"PostgreSQL {version}; 16 or newer is needed")
    missing = await pending(url)
    if missing:
        raise Bad(f"PostgreSQL {version}; run `emias-gateway migrate` for {', '.join(missing)}")
    return Level.OK, f"PostgreSQL {version}, schema up to date"


async def _clock(settings: Settings) -> Finding:
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=2) as database:
        theirs = await database.pool.fetchval("SELECT clock_timestamp()")
    skew = abs((datetime.now(UTC) - theirs).total_seconds())
    return (Level.WARNING if skew > _WARN_SKEW_SECONDS else Level.OK), f"{skew:.1f} s from the database's"


async def _switches(settings: Settings) -> Finding:
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=2) as database:
        entries = await SwitchBoard(database).entries()
    stopped = [
        f"{entry.lpu_code} {what}"
        for entry in entries
        for what, on in (("sale", entry.sale), ("calls", entry.calls), ("retries", entry.retries))
        if not on
    ]
    if stopped:
        return Level.WARNING, f"an operator has switched off: {', '.join(stopped)}"
    return Level.OK, "all on"


async def _redis(settings: Settings) -> Finding:
    async with open_redis(settings.redis_url.get_secret_value()) as line:
        if not await line.answers():
            raise Bad("no answer; holds go on by the database alone, each replica counts its own EMIAS budget")
    return Level.OK, "answers"


async def _alerts(settings: Settings) -> Finding:
    try:
        alert_orders(settings)
        places = alert_messenger(settings).places
    except SettingsError as problem:
        raise Bad(str(problem)) from None
    if not places:
        return Level.WARNING, "ALERT_URLS is not set: nobody is told of trouble"
    return Level.OK, f"{', '.join(place.name for place in places)}; `emias-gateway alerts test` sends a test"


async def _feed(settings: Settings) -> Finding:
    async with open_site_feed(settings) as feed:
        if feed is None:
            return Level.WARNING, "neither BITRIX_FEED_URL nor BITRIX_WEBHOOK_URL is set: doctors are not mirrored"
        try:
            snapshot = await feed.snapshot()
        except MirrorRefused as refusal:
            raise Bad(refusal.reason) from None
    return Level.OK, f"{len(snapshot.doctors)} doctors"
