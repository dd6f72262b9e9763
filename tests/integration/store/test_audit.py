"""The audit log: one chain, append-only, and every break of it named."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from gateway.commands.audit import export_audit
from gateway.commands.database import migrate_database
from gateway.commands.keys import create_key, revoke_key
from gateway.commands.process import actor_of_process
from gateway.commands.verify import Scope, check_invariants
from gateway.settings import DatabaseSettings, VerifySettings, read_settings
from gateway.store.audit import AuditEntry, AuditEvent, read_log, record
from gateway.store.audit_sheet import Sheet, written
from gateway.store.engine import Database, open_database
from gateway.store.switches import SwitchBoard
from tests.integration.conftest import MakeDatabase

_BEGINNING = sha256(b"emias-gateway audit log")
_OPEN_UP = "; ".join(
    f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in ("audit_log", "audit_chain", "audit_head")
)


@pytest_asyncio.fixture
async def book(make_database: MakeDatabase, template_url: str) -> AsyncIterator[Database]:
    """A database of this test's own: what it does to the log cannot be undone."""
    async with open_database(await make_database(template_url), min_size=1, max_size=10) as database:
        yield database


async def _write(database: Database, count: int = 1, who: str = "admin:a") -> None:
    for number in range(count):
        async with database.transaction() as connection:
            await record(connection, actor=who, what=AuditEvent.LOGIN, subject="user:a", details={"number": number})


async def _give_up(database: Database) -> None:
    """Write a row and leave before the transaction ends."""
    async with database.transaction() as connection:
        await record(connection, actor="gone", what="login", subject="x", details={})
        raise asyncio.CancelledError


async def _entries(database: Database, **span: datetime) -> list[AuditEntry]:
    return [entry async for entry in read_log(database, **span)]


async def _breaches(database: Database) -> tuple[str, ...]:
    settings = read_settings(VerifySettings, {"DATABASE_URL": database.url})
    [verdict] = [each for each in await check_invariants(settings, Scope()) if each.invariant == "I13"]
    assert verdict.state == ("broken" if verdict.rows else "ok")
    return verdict.rows


async def test_each_row_s_hash_covers_the_one_before(book: Database) -> None:
    """Anybody can compute the chain from what the log gives out, and it is whole."""
    await _write(book, 3)
    before = _BEGINNING.digest()
    for number, entry in enumerate(await _entries(book), start=1):
        assert entry.number == number
        before = sha256(before + entry.text.encode()).digest()
        assert entry.hash == before.hex()
    assert await _breaches(book) == ()


async def test_writers_at_once_make_one_chain(book: Database) -> None:
    """Eight writers at once, some of whom give up, leave one chain without a gap."""

    async def writer(name: str) -> None:
        for turn in range(20):
            try:
                if turn % 5 == 0:
                    await _give_up(book)
                async with book.transaction() as connection:
                    for part in range(2):
                        await record(connection, actor=name, what="search", subject="x", details={"part": part})
            except asyncio.CancelledError:
                continue

    await asyncio.gather(*(writer(f"w{number}") for number in range(8)))
    entries = await _entries(book)
    assert [entry.number for entry in entries] == list(range(1, 8 * 16 * 2 + 1))
    assert await _breaches(book) == ()


async def test_a_long_transaction_keeps_nobody_waiting(book: Database) -> None:
    """A transaction that has written its row and goes on does not hold up the next writer."""
    async with book.transaction() as slow:
        await record(slow, actor="slow", what="login", subject="x", details={})
        await asyncio.wait_for(_write(book, 2, "quick"), timeout=5)
    assert [entry.actor for entry in await _entries(book)] == ["quick", "quick", "slow"]
    assert await _breaches(book) == ()


async def test_what_is_undone_was_never_written(book: Database) -> None:
    """A row goes with its transaction."""
    with pytest.raises(asyncio.CancelledError):
        await _give_up(book)
    assert await _entries(book) == []
    assert await _breaches(book) == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'nobody'",
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE false",
        "TRUNCATE audit_log CASCADE",
        "UPDATE audit_chain SET hash = ''",
        "DELETE FROM audit_chain",
        "TRUNCATE audit_chain",
        "INSERT INTO audit_chain VALUES (99, 1, '')",
        "UPDATE audit_head SET rows = 0",
        "DELETE FROM audit_head",
        "TRUNCATE audit_head",
        "INSERT INTO audit_head VALUES (true, 0, '')",
    ],
)
async def test_nothing_but_appending(book: Database, statement: str) -> None:
    """The log, its chain and its head refuse every other statement, even of the tables' owner."""
    await _write(book)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await book.pool.execute(statement)


async def test_the_application_s_own_role_appends_and_no_more(
    book: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """A role made by `migrate --grant-to` works, writes the log, and can neither change it nor lift its triggers."""
    role = "gateway_application"
    await book.pool.execute(f"DROP ROLE IF EXISTS {role}")
    await book.pool.execute(f"CREATE ROLE {role}")
    try:
        assert await migrate_database(read_settings(DatabaseSettings, {"DATABASE_URL": book.url}), role) == 0
        async with book.pool.acquire() as connection:
            await connection.execute(f"SET ROLE {role}")
            async with connection.transaction():
                await record(connection, actor="a", what="login", subject="x", details={})
                await connection.execute("INSERT INTO institutions (lpu_code) VALUES ('0101')")
            await connection.execute("UPDATE institutions SET calls_stopped = true")
            assert await connection.fetchval("SELECT ensure_slot_partitions('2030-01-01', '2030-02-01')") >= 1
            for refused in (
                "DELETE FROM audit_log",
                "INSERT INTO audit_chain VALUES (99, 1, '')",
                "UPDATE audit_head SET rows = 0",
                "ALTER TABLE audit_log DISABLE TRIGGER USER",
                "SELECT grant_application('gateway_application')",
                "DROP TABLE audit_chain CASCADE",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(refused)
            await connection.execute("RESET ROLE")
        assert await _breaches(book) == ()
    finally:
        await book.pool.execute(f"DROP OWNED BY {role}")
        await book.pool.execute(f"DROP ROLE {role}")
    assert "migrations run" in capsys.readouterr().out


async def test_the_owner_is_not_taken_for_the_application(book: Database) -> None:
    """Granting to the role that owns the tables is refused: it would lose them."""
    owner = await book.pool.fetchval("SELECT current_user::text")
    with pytest.raises(asyncpg.PostgresError, match="cannot be the application"):
        await book.pool.execute("SELECT grant_application($1)", owner)


@pytest.mark.parametrize(
    ("tampering", "wanted"),
    [
        ("UPDATE audit_log SET actor = 'nobody' WHERE id = 2", "audit row 2 (number 2"),
        ("UPDATE audit_log SET details = '{}' WHERE id = 3", "audit row 3 (number 3"),
        ("UPDATE audit_log SET at = at + interval '1 hour' WHERE id = 1", "audit row 1 (number 1"),
        (
            "DELETE FROM audit_chain WHERE number = 2; DELETE FROM audit_log WHERE id = 2",
            "audit numbers 2 to 2 are gone",
        ),
        ("INSERT INTO audit_log (actor, what) VALUES ('a', 'login')", "stands outside the chain"),
        (
            "DELETE FROM audit_chain WHERE number > 3; DELETE FROM audit_log WHERE id > 3",
            "ends at number 3, and 5 were",
        ),
        ("DELETE FROM audit_head", "ends at number 5, and 0 were"),
        ("UPDATE audit_chain SET hash = sha256('x') WHERE number = 5", "audit row 5"),
        (
            (
                "CREATE OR REPLACE FUNCTION audit_text(entry audit_log) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;"
                " UPDATE audit_log SET subject = 'y' WHERE id = 4"
            ),
            "audit row 4",
        ),
    ],
)
async def test_tampering_is_found(book: Database, tampering: str, wanted: str) -> None:
    """What a superuser changes past the disabled triggers `verify` names, the first broken row in front."""
    await _write(book, 5)
    await book.pool.execute(_OPEN_UP)
    await book.pool.execute(tampering)
    assert wanted in (await _breaches(book))[0]


async def test_a_switch_leaves_its_row(book: Database) -> None:
    """A switch turned by command is in the log, in the very transaction that turned it."""
    await book.pool.execute("INSERT INTO institutions (lpu_code) VALUES ('0101')")
    await SwitchBoard(book).institution("0101", "calls", on=False, reason="ремонт", actor="cli:ivanova")
    [entry] = await _entries(book)
    assert (entry.actor, entry.what, entry.subject) == ("cli:ivanova", "switch_turned", "institution:0101")
    assert entry.details == {"switch": "calls", "is_on": False}


async def test_a_key_leaves_its_rows(book: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """A key that is made or revoked by command is in the log with whoever did it, without its secret."""
    settings = read_settings(DatabaseSettings, {"DATABASE_URL": book.url})
    assert await create_key(settings, "main", ["read", "book"], "", as_json=True) == 0
    key = json.loads(capsys.readouterr().out)["key"]
    _, key_id, secret = key.split("_")
    assert await revoke_key(settings, key_id) == 0
    made, revoked = await _entries(book)
    assert (made.actor, made.subject) == (actor_of_process(), f"api_keys:{key_id}")
    assert made.details == {"method": "INSERT", "scopes": "book, read"}
    assert revoked.details["method"] == "REVOKE"
    assert secret not in made.text + revoked.text


@pytest.mark.parametrize("typed", ["112-233-445 95", "11223344595", "+7 (915) 123-45-67", "7756410885000127"])
async def test_long_numbers_are_blacked_out(book: Database, typed: str) -> None:
    """A SNILS, a policy or a telephone that somebody types into a reason is not kept."""
    async with book.transaction() as connection:
        told: dict[str, str | int | bool] = {"reason": f"пациент {typed} просил 24.11", "count": 3}
        await record(connection, actor="a", what="wish_made", subject="booking:1", details=told)
    [entry] = await _entries(book)
    reason = str(entry.details["reason"])
    assert reason.startswith("пациент ")
    assert reason.endswith("… просил 24.11")
    assert typed.lstrip("+") not in entry.text
    assert entry.details["count"] == 3


async def test_events_are_a_closed_list(book: Database) -> None:
    """An event that nobody has named is a mistake of ours."""
    with pytest.raises(ValueError, match="gossip"):
        await record(book.pool, actor="a", what="gossip", subject="x", details={})


async def _sheet(database: Database, sheet: Sheet) -> str:
    return "".join([piece async for piece in written(read_log(database), sheet)])


async def test_the_sheet_opens_in_a_spreadsheet(book: Database) -> None:
    """The table has its marks for Excel, and no cell that it would take for a formula."""
    async with book.transaction() as connection:
        await record(connection, actor="=cmd()", what="login", subject='user:Ё;"x"', details={"a": "б"})
    told = await _sheet(book, "csv")
    assert told.startswith("\ufeff")
    head, row = csv.reader(told.removeprefix("\ufeff").splitlines(), delimiter=";")
    cells: dict[str, Any] = dict(zip(head, row, strict=True))
    assert (cells["actor"], cells["subject"], cells["details"]) == ("'=cmd()", 'user:Ё;"x"', '{"a": "б"}')


async def test_the_lines_prove_themselves(book: Database) -> None:
    """From the lines alone the chain can be computed."""
    await _write(book, 4)
    before = _BEGINNING.digest()
    for line in (await _sheet(book, "jsonl")).splitlines():
        told = json.loads(line)
        before = sha256(before + told["text"].encode()).digest()
        assert told["hash"] == before.hex()


async def test_the_export_of_a_span_is_itself_written(book: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """The command gives the rows of the span asked for, and leaves a row of its own."""
    await _write(book, 2)
    settings = read_settings(DatabaseSettings, {"DATABASE_URL": book.url})
    assert await export_audit(settings, "jsonl", datetime.now(UTC) - timedelta(hours=1), None) == 0
    assert [json.loads(line)["what"] for line in capsys.readouterr().out.splitlines()] == ["login", "login", "export"]
    assert await export_audit(settings, "jsonl", None, datetime.now(UTC) - timedelta(hours=1)) == 0
    assert capsys.readouterr().out == ""
    assert (await _entries(book))[-1].what == "export"
    assert len(await _entries(book, since=datetime.now(UTC) + timedelta(hours=1))) == 0


async def test_every_row_is_read_whatever_their_number(book: Database) -> None:
    """The log is read portion by portion, none is lost at an edge."""
    await book.pool.execute("INSERT INTO audit_log (actor, what) SELECT 'a', 'login' FROM generate_series(1, 2001)")
    assert [entry.number for entry in await _entries(book)] == list(range(1, 2002))
