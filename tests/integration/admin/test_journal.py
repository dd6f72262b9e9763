"""Changes through Piccolo's pages and their rows of the audit log."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from admin.roles import Role
from admin.users import add_user
from gateway.store.engine import Database
from tests.integration.admin.browser import PASSWORD, Browser
from tests.integration.admin.ward import Ward

OfRole = Callable[[Role], Awaitable[Browser]]
_MUTE = """
CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$;
CREATE TRIGGER no_audit BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION no_audit();
"""


async def _written(database: Database, username: str) -> list[tuple[str, str, dict[str, Any]]]:
    rows = await database.pool.fetch(
        "SELECT what, subject, details::text FROM audit_log WHERE actor = $1 AND what <> 'login' ORDER BY id",
        f"admin:{username}",
    )
    return [(row["what"], row["subject"], json.loads(row["details"])) for row in rows]


async def test_a_change_tells_columns_and_no_values(
    browser: Browser, ward: Ward, database: Database, username: str
) -> None:
    """Making, editing and deleting a row each leave one row that names table, key and columns."""
    form = {"doctor_id": ward.other_doctor_id, "lpu_code": ward.lpu_code, "emias_doctor_id": "D2"}
    assert (await browser.send("POST", "/api/tables/doctor_mappings/", form)).status_code == 201
    row_id = await database.pool.fetchval("SELECT id FROM doctor_mappings WHERE emias_doctor_id = 'D2'")
    path = f"/api/tables/doctor_mappings/{row_id}/"
    assert (await browser.send("PATCH", path, form | {"emias_doctor_id": "D3"})).status_code == 200
    assert (await browser.send("DELETE", path)).status_code == 204
    made, edited, deleted = await _written(database, username)
    assert made[:2] == ("row_changed", f"doctor_mappings:{row_id}")
    assert edited[2] == {"method": "PATCH", "columns": "emias_doctor, emias_doctor_id"}
    assert deleted[2]["method"] == "DELETE"
    assert "lpu_code" in deleted[2]["columns"]
    assert "D2" not in str([made, edited, deleted])


async def test_a_refused_change_leaves_no_row(browser: Browser, ward: Ward, database: Database, username: str) -> None:
    """What was refused has not happened, and the log says nothing of it."""
    path = f"/api/tables/doctors/{ward.doctor_id}/"
    assert (await browser.send("PATCH", path, {"name": "Другой", "is_blocked": True})).status_code == 422
    assert (await browser.send("PATCH", "/api/tables/doctors/999999999/", {"is_blocked": True})).status_code >= 400
    assert await _written(database, username) == []


async def test_a_row_is_named_by_its_own_key_however_the_address_writes_it(
    browser: Browser, database: Database, username: str
) -> None:
    """A user whose role is changed at `/05/` stands in the log like one at `/5/`: by name, column and role."""
    other = f"viewer-{uuid4().hex[:8]}"
    user_id = await add_user(database, other, PASSWORD, Role.VIEWER)
    answer = await browser.send("PATCH", f"/api/tables/piccolo_user/0{user_id}/", {"role": "operator"})
    assert answer.status_code == 200
    assert await database.pool.fetchval("SELECT role FROM piccolo_user WHERE id = $1", user_id) == "operator"
    [(what, subject, details)] = await _written(database, username)
    assert (what, subject, details["columns"], details["role"]) == ("user_changed", f"user:{other}", "role", "operator")


async def test_a_renamed_user_is_found_by_both_names(browser: Browser, database: Database, username: str) -> None:
    """The log names who was renamed as all rows before do, and says the new name beside it."""
    old, new = f"old-{uuid4().hex[:8]}", f"new-{uuid4().hex[:8]}"
    user_id = await add_user(database, old, PASSWORD, Role.VIEWER)
    answer = await browser.send("PATCH", f"/api/tables/piccolo_user/{user_id}/", {"username": new})
    assert answer.status_code == 200
    [(what, subject, details)] = await _written(database, username)
    assert (what, subject, details["username"]) == ("user_changed", f"user:{old}", new)


async def test_a_request_that_is_sent_elsewhere_leaves_no_row(
    browser: Browser, ward: Ward, database: Database, username: str
) -> None:
    """An address without its last slash changes nothing, and the log does not say that it did."""
    answer = await browser.send("PATCH", f"/api/tables/doctors/{ward.doctor_id}", {"is_blocked": True})
    assert answer.status_code == 307
    assert await _written(database, username) == []


@pytest.fixture
async def mute(database: Database) -> AsyncIterator[None]:
    """Let the audit log take no row."""
    await database.pool.execute(_MUTE)
    yield
    await database.pool.execute("DROP FUNCTION no_audit() CASCADE")


async def test_what_cannot_be_written_down_does_not_happen(
    browser: Browser, ward: Ward, database: Database, mute: None
) -> None:
    """When the log takes no row the change is undone, and the browser is not told otherwise."""
    assert mute is None
    path = f"/api/tables/doctors/{ward.doctor_id}/"
    assert (await browser.send("PATCH", path, {"is_blocked": True})).status_code == 500
    assert not await database.pool.fetchval("SELECT is_blocked FROM doctors WHERE id = $1", ward.doctor_id)


async def test_the_auditor_takes_the_log_home(of_role: OfRole, database: Database) -> None:
    """The export gives the days asked for as a file, refuses what is no date, and is itself written down."""
    auditor = await of_role(Role.AUDITOR)
    name = (await auditor.get("/api/user/")).json()["username"]
    told = await auditor.get("/audit/export", format="jsonl", since="2020-01-01")
    assert told.headers["content-disposition"].endswith('.jsonl"')
    assert told.headers["cache-control"] == "no-store"
    assert f"user:{name}" in {json.loads(line)["subject"] for line in told.text.splitlines()}
    table = await auditor.get("/audit/export", since="2020-01-01", until="2020-01-31")
    assert table.text == "\ufeffnumber;at;actor;what;subject;details;hash\r\n"
    assert (await auditor.get("/audit/export", since="31.01.2020")).status_code == 422
    written = await _written(database, name)
    assert [(what, details["until"]) for what, _, details in written] == [
        ("export", ""),
        ("export", "2020-02-01T00:00:00+03:00"),
    ]
