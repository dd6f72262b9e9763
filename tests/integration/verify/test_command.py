"""The command: its table, its JSON, its status, EMIAS's book and the search for canaries."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import pytest
from aiohttp import web
from redis.asyncio import Redis

from gateway.commands.verify import Scope, check_invariants, run_verify
from gateway.settings import VerifySettings, read_settings
from tests.integration.verify.conftest import Book

_CANARY = "Канарейкина"


@pytest.mark.parametrize(("statement", "status"), [("SELECT 1", 0), ("DELETE FROM idempotency_keys", 1)])
async def test_the_status_and_the_table_tell_what_is_broken(
    book: Book, capsys: pytest.CaptureFixture[str], statement: str, status: int
) -> None:
    """Status 1 and a red row when an invariant is broken, else 0."""
    await book.run(statement)
    assert await run_verify(_settings(book), Scope(), as_json=False) == status
    shown = capsys.readouterr().out
    assert ("broken" in shown) is bool(status)
    assert "not checked" in shown


async def test_the_json_names_the_rows(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON holds every invariant with its state, count and first rows."""
    await book.run("DELETE FROM idempotency_keys")
    assert await run_verify(_settings(book), Scope(), as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    broken = [one for one in told["invariants"] if one["state"] == "broken"]
    assert (told["ok"], [one["invariant"] for one in broken], broken[0]["count"]) == (False, ["I5"], 1)


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ([{}], set()),
        ([], {"I3"}),
        ([{}, {"id": "AP-2"}], {"I2"}),
        ([{"state": "Cancelled"}], {"I3"}),
        ([{"doctor_id": 7}], {"I3"}),
        ([{}, {"id": "AP-9", "client_ref": "7c2c322f-91f4-444a-b1c2-4941ae5868a1"}], {"I3"}),
        ([{}, {"id": "AP-9", "client_ref": None, "channel": "portal"}], set()),
    ],
)
async def test_emias_own_book_is_compared(book: Book, changes: list[dict[str, Any]], broken: set[str]) -> None:
    """Appointments without a row, rows without an appointment and second appointments are found."""
    made = {
        "id": "AP-1",
        "lpu_code": book.doctor.ref.lpu_code,
        "doctor_id": book.doctor.ref.emias_doctor_id,
        "starts_at": book.starts_at.isoformat(),
        "client_ref": str(await book.database.pool.fetchval("SELECT id FROM bookings")),
        "state": "Active",
        "channel": "soap",
    }
    async with _ledger([made | change for change in changes]) as url:
        verdicts = await book.verdicts(Scope(ledger=url))
    assert {name for name, verdict in verdicts.items() if verdict.state == "broken"} == broken


@pytest.mark.parametrize(("years", "state"), [(4, "ok"), (2, "broken")])
async def test_a_booking_removed_by_its_deadline_is_not_missed(book: Book, years: int, state: str) -> None:
    """An appointment without a row is a loss only when its visit is not so long ago that the row was removed."""
    await book.run(
        "INSERT INTO retention_clock (kind, keep, erased_until) VALUES ('bookings', $1, now() - $1::interval)",
        timedelta(days=3 * 365),
    )
    entry = {
        "id": "AP-0",
        "lpu_code": book.doctor.ref.lpu_code,
        "doctor_id": book.doctor.ref.emias_doctor_id,
        "starts_at": (book.starts_at - timedelta(days=years * 365)).isoformat(),
        "client_ref": str(uuid4()),
        "state": "Active",
        "channel": "soap",
    }
    made = entry | {"id": "AP-1", "starts_at": book.starts_at.isoformat()}
    made["client_ref"] = str(await book.database.pool.fetchval("SELECT id FROM bookings"))
    async with _ledger([entry, made]) as url:
        assert (await book.verdicts(Scope(ledger=url)))["I3"].state == state


async def test_a_failed_booking_whose_appointment_stands_is_found(book: Book) -> None:
    """A booking that was told as failed while EMIAS has it is I4."""
    failed = await book.booking("submitting", "in_doubt", "failed")
    entry = {
        "id": "AP-5",
        "lpu_code": book.doctor.ref.lpu_code,
        "doctor_id": book.doctor.ref.emias_doctor_id,
        "starts_at": book.starts_at.isoformat(),
        "client_ref": str(failed),
        "state": "Active",
        "channel": "soap",
    }
    async with _ledger([entry]) as url:
        assert (await book.verdicts(Scope(ledger=url)))["I4"].state == "broken"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bookings SET patient_mask = $1",
        "UPDATE bookings SET evidence = jsonb_build_object('text', $1::text)",
        "UPDATE idempotency_keys SET body = convert_to($1, 'UTF8')",
        "UPDATE holds SET client_ref = $1",
    ],
)
async def test_a_canary_in_a_table_is_found(book: Book, statement: str) -> None:
    """Text in a column of text, JSON or bytes is found, and told by the column only."""
    assert (await book.verdicts(Scope(canaries=(_CANARY,))))["I9"].state == "ok"
    await book.run(statement, f"здесь {_CANARY} А.")
    found = (await book.verdicts(Scope(canaries=(_CANARY,))))["I9"]
    assert found.state == "broken"
    assert _CANARY not in "".join(found.rows)


async def test_a_canary_in_redis_and_logs_is_found(book: Book, redis_url: str, tmp_path: Path) -> None:
    """Values of every type in Redis are searched, and logs too where JSON has escaped the letters."""
    settings = read_settings(VerifySettings, {"DATABASE_URL": book.url, "REDIS_URL": redis_url})
    scope = Scope(canaries=(_CANARY, "112-233-445 95"), logs=tmp_path)
    assert await run_verify(settings, scope, as_json=True) == 0
    (tmp_path / "gateway.log").write_text(json.dumps({"event": f"{_CANARY}, 11223344595"}) + "\n")
    async with Redis.from_url(redis_url) as redis:
        await redis.hset("egw:test:canary", mapping={"name": _CANARY})
        try:
            found = {one.invariant: one.count for one in await check_invariants(settings, scope)}
        finally:
            await redis.delete("egw:test:canary")
    assert found["I9"] == 2


def _settings(book: Book) -> VerifySettings:
    return read_settings(VerifySettings, {"DATABASE_URL": book.url})


@asynccontextmanager
async def _ledger(items: list[dict[str, Any]]) -> AsyncIterator[str]:
    """Serve a list of appointments as the stand-in's control does."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"items": items})

    app = web.Application()
    app.router.add_get("/control/ledger", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/control/ledger"
    finally:
        await runner.cleanup()


async def test_an_address_without_a_ledger_is_told(book: Book) -> None:
    """An address that lists no appointments is a wrong word, not a broken program."""
    with pytest.raises(click.BadParameter, match="no list of appointments"):
        await check_invariants(_settings(book), Scope(ledger="http://127.0.0.1:1/"))
