"""`emias-gateway check`: one line a thing that must work, and the worst one is the exit status."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final

import asyncpg
from rich.console import Console
from rich.table import Table

from gateway.domain.errors import EmiasFailure, MirrorRefused
from gateway.emias.certificate import certificate_facts
from gateway.emias.connect import open_emias
from gateway.emias.contract import check_profile
from gateway.emias.errors import EmiasSetupError
from gateway.emias.profiles import load_profile
from gateway.holds.connection import open_redis
from gateway.settings import Settings
from gateway.store.cipher import Cipher
from gateway.store.engine import open_database
from gateway.store.migrate import pending
from gateway.store.switches import SwitchBoard
from gateway.wiring import emias_channel, field_keys, open_site_feed

__all__ = ["run_checks"]

_WARN_DAYS: Final = 30
_WARN_SKEW_SECONDS: Final = 2.0
_LEAST_POSTGRES: Final = 160_000


class _Level(IntEnum):
    OK = 0
    WARNING = 1
    FAILED = 2


@dataclass(frozen=True, slots=True)
class _Line:
    what: str
    level: _Level
    says: str


class _Bad(Exception):
    """A check that failed, in words for the operator."""


async def run_checks(settings: Settings) -> int:
    """Run every check, print the table, and return 0, 1 (a warning) or 2 (a failure)."""
    lines = [line async for line in _lines(settings)]
    table = Table("check", "", "what it says", show_lines=False)
    marks = {_Level.OK: "[green]ok[/]", _Level.WARNING: "[yellow]warning[/]", _Level.FAILED: "[red]failed[/]"}
    for line in lines:
        table.add_row(line.what, marks[line.level], line.says)
    Console().print(table)
    return int(max(line.level for line in lines))


async def _lines(settings: Settings) -> AsyncIterator[_Line]:
    checks: list[tuple[str, Callable[[Settings], Awaitable[tuple[_Level, str]]]]] = [
        ("settings", _settings),
        ("field keys", _keys),
        ("database", _database),
        ("clock", _clock),
        ("switches", _switches),
        ("Redis", _redis),
        ("certificate", _certificate),
        ("profile", _profile),
        ("EMIAS", _emias),
        ("doctor list", _feed),
    ]
    for what, check in checks:
        try:
            level, says = await check(settings)
        except (_Bad, EmiasSetupError, OSError, asyncpg.PostgresError, ValueError, TimeoutError) as problem:
            level, says = _Level.FAILED, str(problem) or type(problem).__name__
        yield _Line(what, level, says)


async def _settings(settings: Settings) -> tuple[_Level, str]:
    if not settings.institutions:
        return _Level.WARNING, "read; INSTITUTIONS is empty: only institutions made in the admin can be mapped"
    return _Level.OK, f"read; institutions {', '.join(settings.institutions)}"


async def _keys(settings: Settings) -> tuple[_Level, str]:
    keys = field_keys(settings)
    try:
        Cipher.from_keys(keys, settings.lookup_key.get_secret_value())
    except ValueError as problem:
        raise _Bad(f"FIELD_KEYS: {problem}") from None
    return _Level.OK, f"{len(keys)} key(s); the first seals"


async def _database(settings: Settings) -> tuple[_Level, str]:
    url = settings.database_url.get_secret_value()
    async with open_database(url, min_size=1, max_size=2) as database:
        number = int(await database.pool.fetchval("SHOW server_version_num"))
        version = await database.pool.fetchval("SHOW server_version")
    if number < _LEAST_POSTGRES:
        raise _Bad(f"PostgreSQL {version}; 16 or newer is needed")
    missing = await pending(url)
    if missing:
        raise _Bad(f"PostgreSQL {version}; run `emias-gateway migrate` for {', '.join(missing)}")
    return _Level.OK, f"PostgreSQL {version}, schema up to date"


async def _clock(settings: Settings) -> tuple[_Level, str]:
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=2) as database:
        theirs = await database.pool.fetchval("SELECT clock_timestamp()")
    skew = abs((datetime.now(UTC) - theirs).total_seconds())
    return (_Level.WARNING if skew > _WARN_SKEW_SECONDS else _Level.OK), f"{skew:.1f} s from the database's"


async def _switches(settings: Settings) -> tuple[_Level, str]:
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=2) as database:
        entries = await SwitchBoard(database).entries()
    stopped = [
        f"{entry.lpu_code} {what}"
        for entry in entries
        for what, on in (("sale", entry.sale), ("calls", entry.calls), ("retries", entry.retries))
        if not on
    ]
    if stopped:
        return _Level.WARNING, f"an operator has switched off: {', '.join(stopped)}"
    return _Level.OK, "all on"


async def _redis(settings: Settings) -> tuple[_Level, str]:
    async with open_redis(settings.redis_url.get_secret_value()) as line:
        if not await line.answers():
            raise _Bad("no answer; holds go on by the database alone, each replica counts its own EMIAS budget")
    return _Level.OK, "answers"


async def _certificate(settings: Settings) -> tuple[_Level, str]:
    facts = await asyncio.to_thread(certificate_facts, emias_channel(settings).tls)
    if facts is None:
        return _Level.WARNING, "none configured: EMIAS will most likely refuse the handshake"
    says = f"{facts.subject}, issued by {facts.issuer}, {facts.days_left:.0f} days left"
    if facts.days_left < 0:
        raise _Bad(f"expired on {facts.not_after:%Y-%m-%d}: {says}")
    return (_Level.WARNING if facts.days_left < _WARN_DAYS else _Level.OK), says


async def _profile(settings: Settings) -> tuple[_Level, str]:
    profile = await asyncio.to_thread(load_profile, settings.emias_profile)
    problems = await asyncio.to_thread(check_profile, profile)
    if problems:
        raise _Bad("; ".join(problems))
    return _Level.OK, f"{profile.title}: every name and path is in the WSDL"


async def _emias(settings: Settings) -> tuple[_Level, str]:
    lpu_code = next(iter(settings.institutions), "")
    async with open_emias(emias_channel(settings)) as emias:
        try:
            version = await emias.probe(lpu_code)
        except EmiasFailure as failure:
            raise _Bad(f"{settings.emias_url}: {failure}") from None
    return _Level.OK, f"{settings.emias_url}: handshake accepted, version {version}"


async def _feed(settings: Settings) -> tuple[_Level, str]:
    async with open_site_feed(settings) as feed:
        if feed is None:
            return _Level.WARNING, "neither BITRIX_FEED_URL nor BITRIX_WEBHOOK_URL is set: doctors are not mirrored"
        try:
            snapshot = await feed.snapshot()
        except MirrorRefused as refusal:
            raise _Bad(refusal.reason) from None
    return _Level.OK, f"{len(snapshot.doctors)} doctors"
