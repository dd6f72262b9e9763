"""What the lists show, in which order, and what they never show."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from admin.tables import tables_shown
from tests.integration.admin.browser import Browser
from tests.integration.admin.ward import CANARIES, Ward

pytestmark = pytest.mark.filterwarnings("ignore:If running sessions in production:UserWarning")
TABLES = [each.naming().real for each in tables_shown()]


def _as_listed(schema: dict[str, Any]) -> str:
    order = schema["extra"]["order_by"]
    return ",".join(("" if each["ascending"] else "-") + each["column"] for each in order)


@pytest.mark.parametrize("table", TABLES)
async def test_every_table_is_listed_as_its_page_does(browser: Browser, ward: Ward, table: str) -> None:
    """Each table answers with schema, count, references, defaults and rows in its own order."""
    assert ward.code
    schema = (await browser.get(f"/api/tables/{table}/schema/")).json()
    assert set(schema["extra"]["visible_column_names"]) <= set(schema["properties"]) | {
        schema["extra"]["primary_key_name"]
    }
    assert schema["extra"]["link_column_name"] in schema["extra"]["visible_column_names"]
    for part in ("count/", "references/", "new/", "ids/"):
        assert (await browser.get(f"/api/tables/{table}/{part}")).status_code == 200, part
    rows = await browser.rows(table, __order=_as_listed(schema), __page=1, __page_size=15)
    if table != "sync_log":
        assert rows
        pk = rows[0][schema["extra"]["primary_key_name"]]
        assert (await browser.get(f"/api/tables/{table}/{quote(str(pk))}/", __readable="true")).status_code == 200


async def test_nothing_personal_reaches_the_browser(browser: Browser, ward: Ward) -> None:
    """No answer of any table, asked for in any way, carries a sealed cell, a hash, a SNILS or a name of a patient."""
    for table in TABLES:
        for path in ("", "schema/", "ids/", "new/", "count/"):
            await browser.get(f"/api/tables/{table}/{path}", **({"__page_size": 1000} if not path else {}))
    for booking_id in ward.bookings.values():
        await browser.get(f"/api/tables/bookings/{booking_id}/")
    await browser.get(f"/api/tables/api_keys/{ward.key_id}/")
    told = "\n".join(browser.answers)
    assert "К. П. С., СНИЛС …95" in told
    for canary in (*CANARIES, "pbkdf2_sha256", b"HASH-CANARY".hex()):
        assert canary not in told, canary


@pytest.mark.parametrize(
    "query",
    [
        "__visible_fields=patient_sealed",
        "__visible_fields=id,contact_sealed",
        "__order=-snils_hash",
        "__order=id,birth_hash",
        "snils_hash=HASH-CANARY",
        "guest_hash__operator=not_null",
        "patient_sealed__match=starts",
        "patient_sealed[]=SEALED",
    ],
)
async def test_sealed_columns_cannot_be_asked_about(browser: Browser, ward: Ward, query: str) -> None:
    """Sorting by a sealed column, filtering by it or naming it is refused, in a list and for one row."""
    for path in ("", "count/", f"{ward.bookings['booked']}/"):
        assert (await browser.get(f"/api/tables/bookings/{path}?{query}")).status_code == 403


async def test_bookings_that_wait_for_a_person_come_first(browser: Browser, ward: Ward) -> None:
    """The list begins with those that an operator decides, then the unknown, the failed, the refused, the rest."""
    schema = (await browser.get("/api/tables/bookings/schema/")).json()
    rows = await browser.rows("bookings", __order=_as_listed(schema))
    assert [row["state"] for row in rows] == ["manual", "in_doubt", "failed", "rejected", "booked"]
    assert [row["urgency"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0]["id"] == str(ward.bookings["manual"])
    assert rows[0]["site_doctor_id_readable"] == "Врачов Иван, Терапевт"


async def test_bookings_are_found_by_state_and_urgency(browser: Browser, ward: Ward) -> None:
    """The links of the sidebar and a filter by urgency find what they name."""
    assert [row["id"] for row in await browser.rows("bookings", state="failed")] == [str(ward.bookings["failed"])]
    urgent = await browser.rows("bookings", urgency=2, urgency__operator="lte")
    assert {row["state"] for row in urgent} == {"manual", "in_doubt"}


async def test_menu_and_links_speak_russian(browser: Browser) -> None:
    """The menu lists the tables in our order by Russian names, and every link leads to one of them."""
    menu = (await browser.get("/api/tables/grouped/")).json()
    assert menu["ungrouped"] == []
    assert list(menu["grouped"]) == [
        "1. Записи · Bookings",
        "2. Врачи · Doctors",
        "3. Синхронизация · Sync",
        "4. Доступ · Access",
    ]
    aliases = [alias for group in menu["grouped"].values() for alias in group]
    assert aliases[0] == "Записи_·_Bookings"
    assert sorted((await browser.get("/api/tables/")).json()) == sorted(aliases)
    links = list((await browser.get("/api/links/")).json().values())
    assert links[0] == "/dashboard"
    pages = [link for link in links if link.startswith("/")]
    for page in pages:
        assert (await browser.get(page)).status_code == 200, page
    for link in (each for each in links if each not in pages):
        found = re.fullmatch(r"#/([^?]+)\?(\w+)=(\w+)", link)
        assert found
        assert found[1] in aliases
        assert (await browser.get(f"/api/tables/{found[1]}/", **{found[2]: found[3]})).status_code == 200


async def test_schema_speaks_russian_and_points_at_russian_names(browser: Browser) -> None:
    """Columns, values and reasons have Russian names; foreign keys lead to the tables' Russian addresses."""
    schema = (await browser.get("/api/tables/Связи_врачей_·_Mappings/schema/")).json()
    told = schema["properties"]
    assert told["lpu_code"]["title"] == "Код ЛПУ · LPU code"
    assert told["doctor_id"]["extra"]["foreign_key"]["to"] == "Врачи_сайта_·_Doctors"
    assert told["status"]["extra"]["choices"]["CONFLICT"]["display_name"] == "конфликт · conflict"
    assert "уже связан" in told["reason"]["extra"]["choices"]["emias_doctor_id_taken"]["display_name"]
    references = (await browser.get("/api/tables/doctors/references/")).json()["references"]
    assert {"tableName": "Записи_·_Bookings", "columnName": "site_doctor_id"} in references
    assert len(references) == len({tuple(each.items()) for each in references}) == 6


@pytest.mark.parametrize("table", TABLES)
async def test_every_column_and_value_has_a_russian_name(browser: Browser, table: str) -> None:
    """No column is left with a bare database name, and no value without a Russian word."""
    schema = (await browser.get(f"/api/tables/{table}/schema/")).json()
    for name, told in schema["properties"].items():
        assert re.search(r"[а-яА-Я]|ID|XML", told["title"]), (name, told["title"])
        for choice in (told["extra"]["choices"] or {}).values():
            assert re.search(r"[а-я]|—", choice["display_name"]), (name, choice)
