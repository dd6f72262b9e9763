"""One doctor on one page."""

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


async def _told(browser: Browser, doctor_id: int, **asked: str) -> str:
    answer = await browser.get(f"/doctor/{doctor_id}", **asked)
    assert answer.status_code == 200, answer.text
    return text_of(answer.text)


async def test_the_page_says_why_a_doctor_is_not_bookable(browser: Browser, ward: Ward, database: Database) -> None:
    """Each condition is told, the first that fails makes the verdict, and it changes with the rows."""
    told = await _told(browser, ward.doctor_id)
    assert "Записаться нельзя" in told
    assert "Расписание ещё не прочитано" in told
    await database.pool.execute("UPDATE emias_doctors SET as_of = now(), free_slots = 12")
    assert "Записаться можно: свободно 12" in await _told(browser, ward.doctor_id)
    assert "Can be booked: 12 free" in await _told(browser, ward.doctor_id, lang="en")
    await database.pool.execute("UPDATE institutions SET is_open = false")
    assert "Запись в медучреждение закрыта" in await _told(browser, ward.doctor_id)
    unmapped = await _told(browser, ward.other_doctor_id)
    assert "Не связан с ЕМИАС" in unmapped


async def test_a_conflict_names_the_holder(browser: Browser, ward: Ward, database: Database) -> None:
    """A mapping without its place tells whose it is."""
    await database.pool.execute(
        "INSERT INTO doctor_mappings (doctor_id, lpu_code, emias_doctor_id) VALUES ($1, $2, 'D1')",
        ward.other_doctor_id,
        ward.lpu_code,
    )
    assert f"номер уже у врача Врачов Иван (№ {ward.mapping_id})" in await _told(browser, ward.other_doctor_id)


async def test_a_field_is_pinned_and_released_with_reasons(
    browser: Browser, ward: Ward, database: Database, username: str
) -> None:
    """Both change the doctor at once, show what the site says, and leave their rows in the audit log."""
    path = f"/doctor/{ward.doctor_id}"
    form = {"do": "pin", "field": "name", "value": " Врачова  Анна ", "reason": "замуж"}
    answer = await send_form(browser, path, form)
    told = text_of(answer.text)
    assert answer.status_code == 200, told
    for words in ("Закреплено", "Врачова Анна", f"Закрепил {username}", "Говорит сайт Врачов Иван"):
        assert words in told, words
    again = await send_form(browser, path, form | {"value": "Врачова А. И."})
    assert "Врачова А. И." in text_of(again.text)
    released = await send_form(browser, path, {"do": "release", "field": "name", "reason": "сайт исправлен"})
    assert "Закрепление снято" in text_of(released.text)
    assert await database.pool.fetchval("SELECT name FROM doctors WHERE id = $1", ward.doctor_id) == "Врачов Иван"
    subject = f"doctors:{ward.doctor_id}"
    rows = await database.pool.fetch("SELECT details FROM audit_log WHERE subject = $1 ORDER BY id", subject)
    assert ["замуж" in row["details"] for row in rows] == [True, True, False]
    assert "сайт исправлен" in rows[2]["details"]
    twice = await send_form(browser, path, {"do": "release", "field": "name", "reason": "сайт исправлен"})
    assert "Это уже сделано" in text_of(twice.text)


async def test_booking_is_closed_and_opened(browser: Browser, ward: Ward, database: Database) -> None:
    """An administrator's block takes the doctor off the site, with a reason."""
    path, blocked = f"/doctor/{ward.doctor_id}", "SELECT is_blocked FROM doctors WHERE id = $1"
    assert (await send_form(browser, path, {"do": "block", "reason": "отпуск"})).status_code == 200
    assert await database.pool.fetchval(blocked, ward.doctor_id)
    assert "Запись закрыта администратором" in await _told(browser, ward.doctor_id)
    assert (await send_form(browser, path, {"do": "unblock", "reason": "вернулся"})).status_code == 200
    assert not await database.pool.fetchval(blocked, ward.doctor_id)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"do": "pin", "field": "name", "value": "Иначе"}, "напишите, почему"),
        ({"do": "pin", "field": "name", "value": " ", "reason": "так"}, "от 1 до 300"),
        ({"do": "pin", "field": "sort", "value": "первый", "reason": "так"}, "целое число"),
        ({"do": "pin", "field": "password", "value": "1", "reason": "так"}, "такого поля нет"),
        ({"do": "sell", "reason": "так"}, "такого поля нет"),
    ],
)
async def test_a_wrong_form_is_explained(
    browser: Browser, ward: Ward, database: Database, form: dict[str, str], words: str
) -> None:
    """Nothing is written, and the page says what is missing."""
    answer = await send_form(browser, f"/doctor/{ward.doctor_id}", form)
    assert (answer.status_code, words in text_of(answer.text)) == (422, True), text_of(answer.text)
    assert await database.pool.fetchval("SELECT count(*) FROM doctor_pins WHERE doctor_id = $1", ward.doctor_id) == 0


async def test_who_may_not_correct_reads_only(app: Any, ward: Ward, database: Database) -> None:
    """An operator sees the same figures without a form, and is refused without it too."""
    await add_user(database, f"op-{ward.code}", PASSWORD, Role.OPERATOR)
    operator = Browser(app)
    await operator.log_in(f"op-{ward.code}")
    answer = await operator.get(f"/doctor/{ward.doctor_id}")
    assert "<form" not in answer.text
    form = {"do": "block", "reason": "отпуск"}
    assert (await send_form(operator, f"/doctor/{ward.doctor_id}", form)).status_code == 403


async def test_nobody_is_not_found(browser: Browser) -> None:
    """A doctor who does not exist has no page."""
    answer = await browser.get("/doctor/999999999")
    assert (answer.status_code, "Такого врача нет" in answer.text) == (404, True)
    assert (await send_form(browser, "/doctor/999999999", {"do": "block", "reason": "x"})).status_code == 404
