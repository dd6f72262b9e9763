"""From the exported file through the dry run to what is written."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterable
from typing import Any

import pytest

from admin.mapping_sheets.sheet import LARGEST_FILE
from admin.mapping_sheets.writing import Sheet, try_sheet
from admin.roles import Role
from admin.users import add_user
from gateway.store.engine import Database
from tests.integration.admin.browser import PASSWORD, Browser
from tests.integration.admin.forms import hidden, send_form, text_of
from tests.integration.admin.ward import Ward

pytestmark = pytest.mark.filterwarnings("ignore:If running sessions in production:UserWarning")
IMPORT = "/mappings/import"
MAPPING, DOCTOR, LPU_CODE, EMIAS_DOCTOR_ID = "№ связи", "Врач", "Код ЛПУ", "Номер врача в ЕМИАС"


async def _sheet(browser: Browser) -> list[dict[str, str]]:
    answer = await browser.http.get("/mappings/export")
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


def _file(rows: Iterable[dict[str, str]], encoding: str = "utf-8-sig") -> bytes:
    kept = list(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, kept[0], delimiter=";")
    writer.writeheader()
    writer.writerows(kept)
    return out.getvalue().encode(encoding)


async def _state(database: Database) -> list[tuple[Any, ...]]:
    rows = await database.pool.fetch("SELECT * FROM doctor_mappings ORDER BY id")
    audit = await database.pool.fetchval("SELECT count(*) FROM audit_log WHERE what = 'import'")
    return [*(tuple(row) for row in rows), (audit,)]


async def test_an_export_brought_back_is_no_difference(browser: Browser, ward: Ward) -> None:
    """Every doctor stands in the file, mapped or not, and the file as it is changes nothing."""
    rows = await _sheet(browser)
    assert [(row[DOCTOR], row[EMIAS_DOCTOR_ID]) for row in rows] == [("Врачов Иван", "D1"), ("Второва Анна", "")]
    answer = await send_form(browser, IMPORT, {"removes": "yes"}, (await browser.http.get("/mappings/export")).content)
    assert "Разницы нет" in text_of(answer.text)
    assert ward.code


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251", "utf-16"])
async def test_a_dry_run_shows_and_writes_nothing(
    browser: Browser, ward: Ward, database: Database, encoding: str
) -> None:
    """The differences are shown doctor by doctor, as Excel saved them; neither mapping nor audit row comes of it."""
    first, second = await _sheet(browser)
    first[EMIAS_DOCTOR_ID], second[LPU_CODE], second[EMIAS_DOCTOR_ID] = "D2", ward.lpu_code, "D1"
    before = await _state(database)
    answer = await send_form(browser, IMPORT, {}, _file([first, second], encoding))
    assert answer.status_code == 200
    told = text_of(answer.text)
    for words in ("Пока ничего не записано", "Новые 1", "Изменятся 1", "D1 D2 связан", "Записать: 2"):
        assert words in told, words
    assert await _state(database) == before


async def test_what_was_shown_is_written_at_once(
    browser: Browser, ward: Ward, database: Database, username: str
) -> None:
    """A place moves from one doctor to another in one step, both are mapped, and the log names who and how many."""
    first, second = await _sheet(browser)
    first[EMIAS_DOCTOR_ID], second[LPU_CODE], second[EMIAS_DOCTOR_ID] = "D2", ward.lpu_code, "D1"
    shown = await send_form(browser, IMPORT, {}, _file([first, second]))
    answer = await send_form(browser, IMPORT, hidden(shown.text))
    assert "Записано" in text_of(answer.text)
    rows = await database.pool.fetch("SELECT * FROM doctor_mappings ORDER BY id")
    assert [(row["doctor_id"], row["emias_doctor_id"], row["status"], row["origin"]) for row in rows] == [
        (ward.doctor_id, "D2", "mapped", "admin"),
        (ward.other_doctor_id, "D1", "mapped", "admin"),
    ]
    corrected = await database.pool.fetchval("SELECT emias_doctor_id FROM mapping_corrections WHERE lpu_code <> 'X'")
    assert corrected == "D1"
    entry = await database.pool.fetchrow("SELECT * FROM audit_log WHERE what = 'import' ORDER BY id DESC")
    assert entry["actor"] == f"admin:{username}"
    assert '"added": 1' in entry["details"]
    assert '"changed": 1' in entry["details"]
    again = await send_form(browser, IMPORT, hidden(shown.text))
    assert again.status_code == 409


async def test_removal_is_asked_for(browser: Browser, ward: Ward, database: Database) -> None:
    """A mapping without a row stays unless the box is ticked; then it is shown as going, and goes."""
    _, second = await _sheet(browser)
    kept = await send_form(browser, IMPORT, {}, _file([second]))
    assert "Нет в файле, останутся: 1" in text_of(kept.text)
    shown = await send_form(browser, IMPORT, {"removes": "yes"}, _file([second]))
    assert "Будут убраны: 1" in text_of(shown.text)
    assert (await send_form(browser, IMPORT, hidden(shown.text))).status_code == 200
    assert await database.pool.fetchval("SELECT count(*) FROM doctor_mappings") == 0
    assert ward.code


async def test_a_state_that_has_changed_is_shown_anew(browser: Browser, ward: Ward, database: Database) -> None:
    """When somebody changed a mapping after the dry run nothing is written, and the new differences are shown."""
    first, _ = await _sheet(browser)
    shown = await send_form(browser, IMPORT, {}, _file([first | {EMIAS_DOCTOR_ID: "D2"}]))
    await database.pool.execute("UPDATE doctor_mappings SET emias_doctor_id = 'D7' WHERE id = $1", ward.mapping_id)
    before = await _state(database)
    answer = await send_form(browser, IMPORT, hidden(shown.text))
    assert answer.status_code == 409
    assert "D7 D2" in text_of(answer.text)
    assert await _state(database) == before
    assert (await send_form(browser, IMPORT, hidden(answer.text))).status_code == 200
    assert await database.pool.fetchval("SELECT emias_doctor_id FROM doctor_mappings") == "D2"


async def test_of_two_who_agree_at_once_one_writes(browser: Browser, ward: Ward, database: Database) -> None:
    """Two administrators with the same differences before them: one writes, the other is shown that nothing is left."""
    first, _ = await _sheet(browser)
    agreed = hidden((await send_form(browser, IMPORT, {}, _file([first | {EMIAS_DOCTOR_ID: "D2"}]))).text)
    before = await _state(database)
    answers = await asyncio.gather(*(send_form(browser, IMPORT, agreed) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert (await _state(database))[-1][0] == before[-1][0] + 1
    assert ward.code


async def test_a_table_in_use_is_not_waited_for(browser: Browser, ward: Ward, database: Database) -> None:
    """While somebody else holds the mappings the page says so after a moment, and nothing is written."""
    first, _ = await _sheet(browser)
    agreed = hidden((await send_form(browser, IMPORT, {}, _file([first | {EMIAS_DOCTOR_ID: "D2"}]))).text)
    async with database.transaction() as connection:
        await connection.execute("LOCK TABLE doctor_mappings IN ROW EXCLUSIVE MODE")
        answer = await send_form(browser, IMPORT, agreed)
    assert (answer.status_code, "меняет кто-то ещё" in answer.text) == (503, True)
    assert await database.pool.fetchval("SELECT emias_doctor_id FROM doctor_mappings") == "D1"
    assert ward.code


async def test_another_file_than_was_shown_is_refused(browser: Browser, ward: Ward, database: Database) -> None:
    """A digest agrees to its own file and its own tick only."""
    first, _ = await _sheet(browser)
    shown = hidden((await send_form(browser, IMPORT, {}, _file([first | {EMIAS_DOCTOR_ID: "D2"}]))).text)
    other = hidden((await send_form(browser, IMPORT, {}, _file([first | {EMIAS_DOCTOR_ID: "D3"}]))).text)
    before = await _state(database)
    for forged in (shown | {"packed": other["packed"]}, shown | {"removes": "yes"}, shown | {"shown": "0" * 64}):
        assert (await send_form(browser, IMPORT, forged)).status_code == 409
    assert await _state(database) == before
    assert ward.code


async def test_a_doctor_of_emias_who_belongs_to_another_is_refused(
    browser: Browser, ward: Ward, database: Database
) -> None:
    """A row that would be a conflict names the other doctor, and no part of the file can be written."""
    rows = await _sheet(browser)
    rows[1] |= {LPU_CODE: ward.lpu_code, EMIAS_DOCTOR_ID: "D1"}
    before = await _state(database)
    answer = await send_form(browser, IMPORT, {}, _file(rows))
    told = text_of(answer.text)
    assert "номер D1 уже у врача Врачов Иван" in told
    assert "Записать нельзя" in told
    assert "shown" not in hidden(answer.text)
    trial = await try_sheet(database, Sheet(_file(rows), removes=False))
    forged = {"packed": "", "shown": trial.digest}
    assert (await send_form(browser, IMPORT, forged)).status_code == 422
    assert await _state(database) == before


async def test_a_forged_agreement_to_a_conflict_writes_nothing(
    browser: Browser, ward: Ward, database: Database
) -> None:
    """Even with the right digest a file that would make a conflict is taken back whole."""
    rows = await _sheet(browser)
    packed = hidden((await send_form(browser, IMPORT, {}, _file([rows[0] | {EMIAS_DOCTOR_ID: "D2"}]))).text)["packed"]
    rows[1] |= {LPU_CODE: ward.lpu_code, EMIAS_DOCTOR_ID: "D1"}
    trial = await try_sheet(database, Sheet(_file(rows), removes=False))
    before = await _state(database)
    answer = await send_form(browser, IMPORT, {"shown": trial.digest}, _file(rows))
    assert answer.status_code == 422
    assert await _state(database) == before
    assert packed


async def test_a_rival_that_waited_is_told_besides(browser: Browser, ward: Ward, database: Database) -> None:
    """When a file frees a place, the conflict that ends by itself is shown before it is written."""
    await database.pool.execute(
        "INSERT INTO doctor_mappings (doctor_id, lpu_code, emias_doctor_id) VALUES ($1, $2, 'D1')",
        ward.other_doctor_id,
        ward.lpu_code,
    )
    rows = await _sheet(browser)
    answer = await send_form(browser, IMPORT, {}, _file([rows[0] | {EMIAS_DOCTOR_ID: "D2"}]))
    assert "Заодно" in text_of(answer.text)
    assert "конфликт связан" in text_of(answer.text)


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 422, "Выберите файл"),
        (b"PK\x03\x04", 422, "книга Excel"),
        ("Врач;Код\r\nА;1".encode(), 422, "Не найдены столбцы"),
        (b"x" * (LARGEST_FILE + 1), 422, "больше 1024 КБ"),
        (b"x" * (LARGEST_FILE + 128 * 1024), 413, "не принимается"),
    ],
)
async def test_a_file_that_cannot_be_read_is_explained(
    browser: Browser, ward: Ward, content: bytes, status: int, words: str
) -> None:
    """Each wrong file has its own words."""
    answer = await send_form(browser, IMPORT, {}, content or None)
    assert (answer.status_code, words in answer.text) == (status, True), answer.text[:500]
    assert ward.code


async def test_the_page_is_an_administrators(app: Any, ward: Ward, database: Database) -> None:
    """An operator may take the file away but not bring one; a form without the token is refused to all."""
    name = f"op-{ward.code}"
    await add_user(database, name, PASSWORD, Role.OPERATOR)
    operator = Browser(app)
    await operator.log_in(name)
    assert (await operator.get("/mappings/export")).status_code == 200
    assert (await operator.get(IMPORT)).status_code == 403
    assert (await send_form(operator, IMPORT, {}, b"x")).status_code == 403
    assert (await Browser(app).get("/mappings/export")).status_code in {303, 401}


async def test_a_form_without_the_token_is_refused(browser: Browser, ward: Ward, database: Database) -> None:
    """Another site's form, which knows no token, writes nothing."""
    first, _ = await _sheet(browser)
    before = await _state(database)
    answer = await send_form(browser, IMPORT, {}, _file([first | {EMIAS_DOCTOR_ID: "D2"}]), token=False)
    assert answer.status_code == 403
    assert await _state(database) == before
    assert ward.code


async def test_formulas_of_a_site_are_not_run(browser: Browser, ward: Ward, database: Database) -> None:
    """A doctor's name that a spreadsheet would run is written as text, and read back as itself."""
    await database.pool.execute("UPDATE doctors SET name = '=HYPERLINK(1)' WHERE id = $1", ward.doctor_id)
    content = (await browser.http.get("/mappings/export")).content
    assert b";'=HYPERLINK(1);" in content
    assert "Разницы нет" in text_of((await send_form(browser, IMPORT, {}, content)).text)
