"""What a person decides about the site's doctor list."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.store.engine import Database
from tests.integration.admin.browser import Browser
from tests.integration.admin.ward import Ward

pytestmark = pytest.mark.filterwarnings("ignore:If running sessions in production:UserWarning")
PINS = "/api/tables/doctor_pins/"


async def test_a_pin_is_made_edited_and_taken_off(
    browser: Browser, ward: Ward, database: Database, username: str
) -> None:
    """A pin changes its doctor at once, names its author and what the site says, and goes without a trace."""
    form = {"doctor_id": ward.doctor_id, "field": "name", "value": "  Врачова  Анна ", "reason": "замуж", "author": "x"}
    made = await browser.send("POST", PINS, form)
    assert made.status_code == 201, made.text
    row = await database.pool.fetchrow("SELECT * FROM doctor_pins WHERE doctor_id = $1", ward.doctor_id)
    assert (row["value"], row["source_value"], row["author"]) == ("Врачова Анна", "Врачов Иван", username)
    name = "SELECT name FROM doctors WHERE id = $1"
    assert await database.pool.fetchval(name, ward.doctor_id) == "Врачова Анна"
    path = f"{PINS}{row['id']}/"
    edited = await browser.send("PATCH", path, {"value": "Врачова А. И.", "field": "sort", "source_value": "x"})
    assert edited.status_code == 200, edited.text
    assert await database.pool.fetchval(name, ward.doctor_id) == "Врачова А. И."
    assert (await browser.send("DELETE", path)).status_code == 204
    assert await database.pool.fetchval(name, ward.doctor_id) == "Врачов Иван"


@pytest.mark.parametrize(
    ("change", "title", "message"),
    [
        ({"value": " "}, "Закреплённое значение", "от 1 до 300"),
        ({"field": "sort", "value": "первый"}, "Закреплённое значение", "целое число"),
        ({"field": "is_active", "value": "да"}, "Закреплённое значение", "true или false"),
        ({"reason": " "}, "Почему", "напишите, почему"),
        ({"doctor_id": None}, "Врач сайта", "выберите врача"),
    ],
)
async def test_a_wrong_pin_is_explained(
    browser: Browser, ward: Ward, database: Database, change: dict[str, Any], title: str, message: str
) -> None:
    """A pin that the field cannot have, or without a reason, is refused in words."""
    form = {"doctor_id": ward.doctor_id, "field": "name", "value": "Иначе", "reason": "так надо"} | change
    answer = await browser.send("POST", PINS, form)
    assert answer.status_code == 422, answer.text
    problem = answer.json()["detail"][0]
    assert problem["loc"][-1].startswith(title)
    assert message in problem["msg"]
    assert await database.pool.fetchval("SELECT count(*) FROM doctor_pins") == 1


async def test_a_field_is_pinned_once(browser: Browser, ward: Ward) -> None:
    """A second pin of the same field is refused in words, not in the database's."""
    form = {"doctor_id": ward.other_doctor_id, "field": "sort", "value": "9", "reason": "так надо"}
    answer = await browser.send("POST", PINS, form)
    assert answer.status_code == 422
    assert "уже закреплено" in answer.json()["detail"][0]["msg"]


async def test_a_refused_list_is_approved_and_not_rewritten(browser: Browser, ward: Ward, database: Database) -> None:
    """Only the approval is a person's to give."""
    [row] = await browser.rows("mirror_refusals")
    assert (row["missing"], row["shown"], row["site_id_readable"]) == (30, 40, ward.code)
    path = f"/api/tables/mirror_refusals/{row['id']}/"
    assert (await browser.send("PATCH", path, {"fingerprint": "other", "is_approved": True})).status_code == 422
    assert (await browser.send("PATCH", path, {"is_approved": True})).status_code == 200
    assert await database.pool.fetchval("SELECT is_approved FROM mirror_refusals")
    assert (await browser.send("DELETE", path)).status_code == 405


async def test_a_correction_is_taken_back(browser: Browser, ward: Ward, database: Database) -> None:
    """What an administrator edits is kept as a correction, and may be forgotten but not made here."""
    path = f"/api/tables/doctor_mappings/{ward.mapping_id}/"
    assert (await browser.send("PATCH", path, {"emias_doctor_id": "D9"})).status_code == 200
    rows = {row["emias_doctor_id"]: row for row in await browser.rows("mapping_corrections")}
    assert set(rows) == {"D1", "wrong"}
    corrections = "/api/tables/mapping_corrections/"
    assert (await browser.send("POST", corrections, rows["D1"])).status_code == 405
    await database.pool.execute("UPDATE doctors SET source_hash = 'kept'")
    assert (await browser.send("DELETE", f"{corrections}{rows['D1']['id']}/")).status_code == 204
    digest = "SELECT source_hash FROM doctors WHERE id = $1"
    assert await database.pool.fetchval(digest, ward.doctor_id) == ""
