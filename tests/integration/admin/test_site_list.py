"""What a person decides about the site's doctor list."""

from __future__ import annotations

from typing import Any

import pytest

from admin.roles import Role
from admin.users import add_user
from gateway.store.engine import Database
from tests.integration.admin.browser import PASSWORD, Browser
from tests.integration.admin.forms import send_form, text_of
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


async def test_a_refused_list_shows_who_would_vanish(browser: Browser, ward: Ward, database: Database) -> None:
    """The page names each doctor with the bookings ahead; the table is for reading."""
    await database.pool.execute(
        "UPDATE mirror_refusals SET missing_ids = (SELECT array_agg(element_id) FROM doctors WHERE id = $1)",
        ward.doctor_id,
    )
    told = text_of((await browser.get("/lists")).text)
    assert "В списке 10, показывается 40, из них пропало 30" in told
    assert "Врачов Иван Терапевт" in told
    assert "У них впереди записей: 3" in told
    [row] = await browser.rows("mirror_refusals")
    path = f"/api/tables/mirror_refusals/{row['id']}/"
    assert (await browser.send("PATCH", path, {"is_approved": True})).status_code == 405


async def test_a_refused_list_is_approved_with_a_reason(
    browser: Browser, ward: Ward, database: Database, username: str
) -> None:
    """Approval is of the list that was shown, asks for a tick and a reason, leaves an audit row, can be taken back."""
    form = {"site": ward.code, "fingerprint": "f", "decision": "approve", "reason": "уволены"}
    assert (await send_form(browser, "/lists", form)).status_code == 422
    assert (await send_form(browser, "/lists", form | {"sure": "yes", "reason": " "})).status_code == 422
    assert (await send_form(browser, "/lists", form | {"sure": "yes", "fingerprint": "x"})).status_code == 409
    approved = "SELECT is_approved FROM mirror_refusals"
    assert not await database.pool.fetchval(approved)
    answer = await send_form(browser, "/lists", form | {"sure": "yes"})
    assert (answer.status_code, await database.pool.fetchval(approved)) == (200, True)
    subject = f"list:{ward.code}"
    entry = await database.pool.fetchrow("SELECT * FROM audit_log WHERE subject = $1 ORDER BY id", subject)
    assert (entry["actor"], entry["what"]) == (f"admin:{username}", "approval")
    assert "уволены" in entry["details"]
    back = await send_form(browser, "/lists", form | {"decision": "withdraw"})
    assert (back.status_code, await database.pool.fetchval(approved)) == (200, False)


async def test_an_operator_sees_a_list_and_decides_nothing(app: Any, ward: Ward, database: Database) -> None:
    """Whoever may not approve has no form, and is refused without it too."""
    await add_user(database, f"op-{ward.code}", PASSWORD, Role.OPERATOR)
    operator = Browser(app)
    await operator.log_in(f"op-{ward.code}")
    assert "Решает администратор" in (await operator.get("/lists")).text
    form = {"site": ward.code, "fingerprint": "f", "decision": "approve", "reason": "уволены", "sure": "yes"}
    assert (await send_form(operator, "/lists", form)).status_code == 403
    assert not await database.pool.fetchval("SELECT is_approved FROM mirror_refusals")


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
