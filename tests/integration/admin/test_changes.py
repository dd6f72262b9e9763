"""What may be changed, what is refused, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from admin.tables import tables_shown
from gateway.store.engine import Database
from tests.integration.admin.browser import Browser
from tests.integration.admin.ward import Ward

pytestmark = pytest.mark.filterwarnings("ignore:If running sessions in production:UserWarning")
EDITED = {
    "doctors",
    "doctor_mappings",
    "doctor_pins",
    "error_groups",
    "institutions",
    "mapping_corrections",
    "piccolo_user",
}
READ_ONLY = [each.naming().real for each in tables_shown() if each.naming().real not in EDITED]
MAPPINGS = "/api/tables/doctor_mappings/"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("table", READ_ONLY)
async def test_read_only_tables_refuse_every_change(
    browser: Browser, ward: Ward, database: Database, table: str, method: str
) -> None:
    """Making, replacing, editing and deleting are refused by the server, and nothing changes."""
    await database.pool.execute("INSERT INTO sync_log (lpu_code, outcome) VALUES ($1, 'failed')", ward.code)
    alias = next(each.naming().alias for each in tables_shown() if each.naming().real == table)
    schema = (await browser.get(f"/api/tables/{table}/schema/")).json()
    row = (await browser.rows(table))[0]
    before = await database.pool.fetch(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - a name of our own
    pk = row[schema["extra"]["primary_key_name"]]
    for called in (table, alias):
        path = f"/api/tables/{called}/" if method == "POST" else f"/api/tables/{called}/{pk}/"
        answer = await browser.send(method, path, row)
        assert answer.status_code == 405, answer.text
        assert "Только для чтения" in answer.text
    assert await database.pool.fetch(f"SELECT * FROM {table} ORDER BY 1") == before  # noqa: S608 - as above


@pytest.mark.parametrize("table", [each.naming().real for each in tables_shown()])
async def test_nothing_is_deleted_by_the_list(browser: Browser, ward: Ward, table: str) -> None:
    """A list has no way to delete all of its rows."""
    assert ward.code
    assert (await browser.send("DELETE", f"/api/tables/{table}/")).status_code == 405


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "doctors/"),
        ("DELETE", "doctors/{doctor}/"),
        ("PUT", "doctors/{doctor}/"),
        ("POST", "institutions/"),
        ("DELETE", "institutions/{lpu}/"),
        ("PUT", "institutions/{lpu}/"),
        ("PUT", "doctor_mappings/{mapping}/"),
        ("PUT", "piccolo_user/{user}/"),
    ],
)
async def test_editable_tables_refuse_the_rest(browser: Browser, ward: Ward, method: str, path: str) -> None:
    """Doctors and institutions are neither made nor deleted here, and no row is replaced past the checks."""
    names = {"doctor": ward.doctor_id, "lpu": ward.lpu_code, "mapping": ward.mapping_id}
    names["user"] = (await browser.get("/api/user/")).json()["user_id"]
    body: dict[str, Any] = {"lpu_code": ward.lpu_code, "name": "N", "element_id": "1"}
    body |= {"specialty_id": "1", "specialty_name": "S", "username": "u"}
    answer = await browser.send(method, f"/api/tables/{path.format(**names)}", body)
    assert answer.status_code == 405, answer.text


async def test_a_doctor_is_blocked_from_the_form(browser: Browser, ward: Ward, database: Database) -> None:
    """The form, which sends every field back, blocks a doctor and changes nothing else."""
    path = f"/api/tables/doctors/{ward.doctor_id}/"
    form = (await browser.get(path)).json() | {"is_blocked": True, "seen_at": "2026-11-23T06:00:00Z"}
    form["seen_at"] = (await browser.get(path)).json()["seen_at"].partition(".")[0] + "Z"
    before = await database.pool.fetchrow("SELECT * FROM doctors WHERE id = $1", ward.doctor_id)
    assert (await browser.send("PATCH", path, form)).status_code == 200
    after = await database.pool.fetchrow("SELECT * FROM doctors WHERE id = $1", ward.doctor_id)
    assert dict(after) == dict(before) | {"is_blocked": True}


@pytest.mark.parametrize(
    ("field", "value", "title"),
    [("name", "Другой", "ФИО врача"), ("is_active", False, "Показывается на сайте"), ("sort", 1, "Порядок в списке")],
)
async def test_what_the_site_says_of_a_doctor_stays(
    browser: Browser, ward: Ward, database: Database, field: str, value: Any, title: str
) -> None:
    """A field that comes from the site is not changed, and the answer names it."""
    answer = await browser.send("PATCH", f"/api/tables/doctors/{ward.doctor_id}/", {"is_blocked": True, field: value})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][-1].startswith(title)
    assert "не меняется" in answer.json()["detail"][0]["msg"]
    assert not await database.pool.fetchval("SELECT is_blocked FROM doctors WHERE id = $1", ward.doctor_id)


async def test_an_institution_is_renamed_and_closed(browser: Browser, ward: Ward, database: Database) -> None:
    """An institution's name and openness may be changed, its code and history not."""
    path = f"/api/tables/institutions/{ward.lpu_code}/"
    assert (await browser.send("PATCH", path, {"name": "Новое", "is_open": False})).status_code == 200
    row = await database.pool.fetchrow("SELECT name, is_open FROM institutions WHERE lpu_code = $1", ward.lpu_code)
    assert tuple(row) == ("Новое", False)
    assert (await browser.send("PATCH", path, {"lpu_code": "other"})).status_code == 422
    assert (await browser.send("PATCH", path, {"last_error": "none"})).status_code == 422


async def test_a_new_mapping_joins_its_emias_doctor(browser: Browser, ward: Ward, database: Database) -> None:
    """A mapping made here finds or makes the EMIAS doctor, is the administrator's, and is tidied."""
    form = {"doctor_id": ward.other_doctor_id, "lpu_code": f" {ward.lpu_code} ", "emias_doctor_id": " D2 "}
    form |= {"origin": "bitrix", "status": "conflict", "reason": "invented", "emias_doctor": None}
    assert (await browser.send("POST", MAPPINGS, form)).status_code == 201
    row = await database.pool.fetchrow("SELECT * FROM doctor_mappings WHERE doctor_id = $1", ward.other_doctor_id)
    assert (row["status"], row["reason"], row["origin"]) == ("mapped", "", "admin")
    joined = await database.pool.fetchrow("SELECT * FROM emias_doctors WHERE id = $1", row["emias_doctor"])
    assert (joined["lpu_code"], joined["emias_doctor_id"]) == (ward.lpu_code, "D2")


async def test_an_edited_mapping_joins_another(browser: Browser, ward: Ward, database: Database) -> None:
    """A corrected EMIAS id joins at once, and the mapping is the administrator's from then on."""
    path = f"{MAPPINGS}{ward.mapping_id}/"
    form = (await browser.get(path)).json() | {"emias_doctor_id": "D9"}
    answer = await browser.send("PATCH", path, form)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["origin"]) == ("mapped", "admin")
    assert answer.json()["emias_doctor"] != ward.emias_doctor
    known = await database.pool.fetchval(
        "SELECT emias_doctor_id FROM emias_doctors WHERE id = $1", answer.json()["emias_doctor"]
    )
    assert known == "D9"


async def test_a_taken_emias_doctor_is_refused_and_named(browser: Browser, ward: Ward, database: Database) -> None:
    """A second doctor on one EMIAS doctor is refused with the name of the first, until that one's mapping is gone."""
    form = {"doctor_id": ward.other_doctor_id, "lpu_code": ward.lpu_code, "emias_doctor_id": "D1"}
    answer = await browser.send("POST", MAPPINGS, form)
    assert answer.status_code == 422, answer.text
    problem = answer.json()["detail"][0]
    assert problem["loc"][-1].startswith("Номер врача в ЕМИАС")
    assert f"Врачов Иван, Терапевт, связь № {ward.mapping_id}" in problem["msg"]
    await database.pool.execute("UPDATE doctors SET is_active = false WHERE id = $1", ward.doctor_id)
    assert (await browser.send("POST", MAPPINGS, form)).status_code == 201


async def test_a_conflict_tells_who_holds_the_id(browser: Browser, ward: Ward, database: Database) -> None:
    """A conflict that the site brings names the doctor who has the id, and is freed by saving once more."""
    await database.pool.execute(
        "INSERT INTO doctor_mappings (doctor_id, lpu_code, emias_doctor_id, origin) VALUES ($1, $2, 'D1', 'bitrix')",
        ward.other_doctor_id,
        ward.lpu_code,
    )
    [shown] = await browser.rows("doctor_mappings", status="conflict")
    assert shown["doctor_id_readable"] == "Второва Анна, Терапевт"
    assert shown["reason"] == "emias_doctor_id_taken"
    assert f"номер занят: Врачов Иван (№ {ward.mapping_id})" in shown["advice"]
    [mapped] = await browser.rows("doctor_mappings", status="mapped")
    assert "расписание ещё не прочитано" in mapped["advice"]
    found = await browser.rows("doctor_mappings", advice="Врачов")
    assert [row["id"] for row in found] == [shown["id"]]
    assert (await browser.send("DELETE", f"{MAPPINGS}{ward.mapping_id}/")).status_code == 204
    form = {"doctor_id": ward.other_doctor_id, "lpu_code": ward.lpu_code, "emias_doctor_id": "D1", "advice": "x"}
    again = await browser.send("PATCH", f"{MAPPINGS}{shown['id']}/", form)
    assert (again.json()["status"], again.json()["reason"]) == ("mapped", "")


@pytest.mark.parametrize(
    ("change", "title", "message"),
    [
        ({"lpu_code": ""}, "Код ЛПУ", "не может быть пустым"),
        ({"emias_doctor_id": "  "}, "Номер врача в ЕМИАС", "не может быть пустым"),
        ({"emias_doctor_id": "9" * 65}, "Номер врача в ЕМИАС", "длиннее 64 знаков"),
        ({"emias_doctor_id": "D1, D2"}, "Номер врача в ЕМИАС", "один код — одна связь"),
        ({"lpu_code": "nowhere"}, "Код ЛПУ", "такого ЛПУ нет"),
        ({"doctor_id": None}, "Врач сайта", "выберите врача"),
    ],
)
async def test_a_wrong_mapping_is_explained(
    browser: Browser, ward: Ward, database: Database, change: dict[str, Any], title: str, message: str
) -> None:
    """A mapping that cannot lead anywhere is refused with the field named, in Russian and English, new or edited."""
    form = {"doctor_id": ward.doctor_id, "lpu_code": ward.lpu_code, "emias_doctor_id": "D5"} | change
    before = await database.pool.fetch("SELECT * FROM doctor_mappings")
    for method, path in (("POST", MAPPINGS), ("PATCH", f"{MAPPINGS}{ward.mapping_id}/")):
        answer = await browser.send(method, path, form)
        assert answer.status_code == 422, answer.text
        problem = answer.json()["detail"][0]
        assert problem["loc"][-1].startswith(title)
        assert message in problem["msg"]
        assert " · " in problem["msg"]
    assert await database.pool.fetch("SELECT * FROM doctor_mappings") == before


async def test_an_empty_choice_is_explained(browser: Browser, ward: Ward) -> None:
    """A form sent without its doctor is refused with the field named in Russian, and nothing typed is echoed."""
    form = {"doctor_id": "", "lpu_code": ward.lpu_code, "emias_doctor_id": "D5"}
    answer = await browser.send("POST", MAPPINGS, form)
    assert answer.status_code == 422
    problem = answer.json()["detail"][0]
    assert problem["loc"] == ["Врач сайта · Site's doctor"]
    assert problem["msg"].startswith("укажите значение · ")
    assert "input" not in problem


async def test_the_same_mapping_twice_is_explained(browser: Browser, ward: Ward) -> None:
    """A doctor's mapping that exists already is refused in words, not in the database's."""
    form = {"doctor_id": ward.doctor_id, "lpu_code": ward.lpu_code, "emias_doctor_id": "D1"}
    answer = await browser.send("POST", MAPPINGS, form)
    assert answer.status_code == 422
    assert "уже есть" in answer.json()["detail"][0]["msg"]


async def test_a_doctor_that_does_not_exist_is_refused(browser: Browser, ward: Ward) -> None:
    """A mapping of an unknown doctor is refused by the database."""
    form = {"doctor_id": 999_999_999, "lpu_code": ward.lpu_code, "emias_doctor_id": "D7"}
    assert (await browser.send("POST", MAPPINGS, form)).status_code == 422


async def test_an_edit_of_what_is_gone_is_not_found(browser: Browser, ward: Ward) -> None:
    """A mapping deleted by somebody else cannot be saved."""
    path = f"{MAPPINGS}{ward.mapping_id}/"
    assert (await browser.send("DELETE", path)).status_code == 204
    assert (await browser.send("PATCH", path, {"lpu_code": ward.lpu_code})).status_code == 404
