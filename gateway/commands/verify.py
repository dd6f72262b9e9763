"""`emias-gateway verify`: compare the tables with themselves and, on a stand-in, with EMIAS's own book."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

import click
import httpx
from rich.console import Console
from rich.table import Table

from gateway.domain.accounting import Entry, lost_or_invented, made_twice, undone_but_made
from gateway.holds.canaries import find_in_redis
from gateway.settings import VerifySettings
from gateway.store.canaries import find_in_tables
from gateway.store.engine import open_pool
from gateway.store.invariants import CHECKS, Snapshot, open_snapshot

__all__ = ["Scope", "Verdict", "check_invariants", "run_verify"]

_SHOWN: Final = 5
_PATIENCE: Final = timedelta(minutes=2)
_OUR_CHANNEL: Final = "soap"
_SAYS: Final = {
    "I1": "one live owner of each slot, now and in the history",
    "I2": "at most one appointment in EMIAS for each booking",
    "I3": "each appointment has its row, each booked row its appointment",
    "I4": "no rejected or failed booking has an appointment",
    "I5": "one idempotency key, one booking, and the answer that fits it",
    "I6": "no hold outlives its end or its renewals",
    "I7": "histories are whole: legal moves, rising attempts, one fencing token each",
    "I8": "each doubt has its next look, and its slot is not for sale",
    "I9": "no canary in tables, Redis or logs",
    "I10": "each disclosure of personal data has its row in the audit log",
    "I11": "no slot that a read wrote was deleted",
    "I12": "no call is under way for ever",
    "I13": "the audit log is one whole chain",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look into beside the tables: EMIAS's book by its URL, canaries, and a folder of logs."""

    ledger: str | None = None
    canaries: tuple[str, ...] = ()
    logs: Path | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one invariant; `rows` are the first of `count`."""

    invariant: str
    says: str
    state: Literal["ok", "broken", "unchecked"]
    count: int
    rows: tuple[str, ...]


async def run_verify(settings: VerifySettings, scope: Scope, *, as_json: bool) -> int:
    """Check every invariant, print what was found, and return 1 when one is broken."""
    verdicts = await check_invariants(settings, scope)
    is_whole = all(verdict.state != "broken" for verdict in verdicts)
    if as_json:
        click.echo(json.dumps({"ok": is_whole, "invariants": [asdict(one) for one in verdicts]}, ensure_ascii=False))
    else:
        _show(verdicts)
    return 0 if is_whole else 1


async def check_invariants(settings: VerifySettings, scope: Scope) -> list[Verdict]:
    """Check every invariant that the scope lets be checked."""
    found = await _breaches(settings, scope)
    return [_verdict(invariant, found.get(invariant)) for invariant in _SAYS]


async def _breaches(settings: VerifySettings, scope: Scope) -> dict[str, list[str]]:
    """Collect the breaches of each invariant that could be looked into."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    url = settings.database_url.get_secret_value()
    async with open_pool(url, min_size=1, max_size=1, statement_timeout=_PATIENCE) as database:
        before = await _entries(scope.ledger)
        async with open_snapshot(database) as snapshot:
            for check in CHECKS:
                found[check.invariant] += await snapshot.breaches(check)
            if scope.ledger:
                await _compare(snapshot, before, await _entries(scope.ledger), found)
            if scope.canaries:
                found["I9"] += await find_in_tables(snapshot.connection, _forms(scope.canaries))
    if scope.canaries and settings.redis_url:
        found["I9"] += await find_in_redis(settings.redis_url.get_secret_value(), _forms(scope.canaries))
    if scope.canaries and scope.logs:
        found["I9"] += await asyncio.to_thread(_find_in_files, scope.logs, _forms(scope.canaries))
    return found


async def _compare(
    snapshot: Snapshot, before: Sequence[Entry], after: Sequence[Entry], found: defaultdict[str, list[str]]
) -> None:
    accounts = await snapshot.accounts()
    found["I2"] += made_twice(after)
    until = await snapshot.bookings_erased_until()
    kept = [entry for entry in before if entry.client_ref in accounts or until is None or entry.starts_at > until]
    found["I3"] += lost_or_invented(accounts, kept, after)
    found["I4"] += undone_but_made(accounts, after)


async def _entries(ledger: str | None) -> list[Entry]:
    """Read the appointments that were made over our channel."""
    if ledger is None:
        return []
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            rows = (await client.get(ledger)).raise_for_status().json()["items"]
        return [_entry(row) for row in rows if row["channel"] == _OUR_CHANNEL]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as problem:
        raise click.BadParameter(
            f"no list of appointments at {ledger} ({type(problem).__name__}); name the whole address, "
            "for the demo $SIMULATOR_CONTROL_URL/control/ledger",
            param_hint="--ledger",
        ) from None


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(
        id=row["id"],
        lpu_code=row["lpu_code"],
        emias_doctor_id=str(row["doctor_id"]),
        starts_at=datetime.fromisoformat(row["starts_at"]),
        client_ref=row["client_ref"],
        active=row["state"] == "Active",
    )


def _forms(canaries: Iterable[str]) -> list[str]:
    """Write each canary as it is, as JSON escapes it and, for a number with dashes, as its digits alone."""
    forms = set()
    for canary in canaries:
        digits = "".join(sign for sign in canary if sign.isdigit())
        forms |= {canary, json.dumps(canary)[1:-1]} | ({digits} if len(digits) >= len(canary) - 4 else set())
    return sorted(form for form in forms if form)


def _find_in_files(folder: Path, texts: Sequence[str]) -> list[str]:
    wanted = [text.encode() for text in texts]
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as lines:
                hits = sum(any(text in line for text in wanted) for line in lines)
            if hits:
                found.append(f"{path}: {hits} lines")
    return found


def _verdict(invariant: str, rows: Sequence[str] | None) -> Verdict:
    state: Literal["ok", "broken", "unchecked"] = "unchecked" if rows is None else "broken" if rows else "ok"
    return Verdict(invariant, _SAYS[invariant], state, len(rows or ()), tuple(rows or ())[:_SHOWN])


def _show(verdicts: Iterable[Verdict]) -> None:
    marks = {"ok": "[green]ok[/]", "broken": "[red]broken[/]", "unchecked": "[yellow]not checked[/]"}
    table = Table("", "invariant", "", "count", "first rows")
    for one in verdicts:
        table.add_row(one.invariant, one.says, marks[one.state], str(one.count or ""), "\n".join(one.rows))
    Console().print(table)
