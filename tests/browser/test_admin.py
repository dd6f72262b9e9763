"""The admin as the people of a clinic meet it: one doctor mapped, one doubt resolved, one field revealed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from secrets import randbelow
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.office import Office, open_office
from tests.browser.staff import MAPPINGS, Staff
from tests.browser.visitor import patient
from tests.integration.demo_run.conftest import RunningDemo

Come = Callable[..., Awaitable[Staff]]
UNMAPPED, HOLDER = "Новосёлова Дарья Игоревна", "Тихомиров Фёдор Ильич"
HELD = "52025"


@pytest.fixture(scope="session")
def office(demo: RunningDemo) -> Iterator[Office]:
    """Run an admin that asks for one-time codes."""
    with open_office(demo) as office:
        yield office


@pytest.fixture
async def come(office: Office, browser: Browser) -> AsyncIterator[Come]:
    """Let people come by their roles, or one who has never been here; none of their consoles may complain."""
    people: list[Staff] = []

    async def arrive(role: str, *, phone: bool = False) -> Staff:
        viewport = PHONE if phone else DESKTOP
        is_new = role == "novice"
        person = await (office.novice(browser, viewport) if is_new else office.staff(browser, role, viewport))
        people.append(person)
        return person

    yield arrive
    for person in people:
        await person.page.context.close()
    assert [mistake for person in people for mistake in person.mistakes] == []


async def test_an_administrator_logs_in_with_a_code_and_maps_a_doctor(come: Come) -> None:
    """A code is asked for; a doctor's id that is another's is explained; freed, it maps, and the mapping is tested."""
    person = await come("novice")
    await person.open("/")
    await person.log_in()
    codes = await person.set_up_codes()
    await person.reads("Я сохранил коды")
    await person.open("/account")
    await person.press("Выйти")
    await person.open("/login")
    await person.show("login")
    await person.log_in(codes.at(_later()))
    await person.reads("Можно ли записаться сейчас")
    await _type_mapping(person)
    await expect(person.page.locator("select[name=status]")).to_be_disabled()
    await person.save_row()
    await person.reads(f"этот номер уже у другого врача: {HOLDER}")
    await person.page.get_by_text("этот номер уже у другого врача").scroll_into_view_if_needed()
    await person.show("mapping-taken", whole=False)
    held = re.search(r"связь № (\d+)", await person.page.locator("body").inner_text())
    assert held
    await _delete_mapping(person, held[1])
    await _type_mapping(person)
    await person.save_row()
    await person.reads("Successfully added row")
    await person.open(f"/#/{quote(MAPPINGS)}?emias_doctor_id={HELD}")
    row = person.page.get_by_role("row").filter(has_text=UNMAPPED)
    await row.get_by_role("link").first.click()
    await person.page.get_by_role("link", name="Действия · Actions").click()
    await person.page.get_by_label("Почему").first.fill("новая связь")
    await person.press("Поручить")
    await expect(person.page.locator("#wishes li").first).to_contain_text(re.compile("свобод"), timeout=30_000)
    await person.show("mapping-tested")
    # The browser says of the refused form that it was refused.
    refusals = [mistake for mistake in person.mistakes if "status of 422" in mistake]
    assert (len(refusals), person.mistakes) == (1, refusals)
    person.mistakes.clear()


async def _type_mapping(person: Staff) -> None:
    await person.open(f"/#/{quote(MAPPINGS)}/add/")
    await person.page.get_by_placeholder("None").first.click()
    await person.page.get_by_placeholder("Type here to filter").first.fill("Новосёлова")
    await person.page.get_by_role("link", name=UNMAPPED).click()
    await person.page.locator("textarea[name=lpu_code]:not(#editor)").fill("0202")
    await person.page.locator("textarea[name=emias_doctor_id]:not(#editor)").fill(HELD)


async def _delete_mapping(person: Staff, mapping: str) -> None:
    person.page.once("dialog", lambda dialog: dialog.accept())
    await person.open(f"/#/{quote(MAPPINGS)}/{mapping}/")
    await person.page.locator("[data-icon=ellipsis-vertical]").click()
    await person.page.get_by_text("Удалить").click()
    await expect(person.page).to_have_url(re.compile(rf"{quote(MAPPINGS)}/?$"))


async def test_an_operator_resolves_a_doubt_in_two_clicks(come: Come, office: Office) -> None:
    """From the first screen one click leads to the booking and one more resolves it, as EMIAS itself confirms."""
    demo = office.demo
    _switch(office, "off")
    booking_id, appointment = _book_in_doubt(demo)
    try:
        person = await come("operator")
        await person.open("/dashboard")
        doubt = person.page.locator(f".doubts a[href*='{booking_id}']").first
        await expect(doubt).to_be_visible(timeout=30_000)
        await person.reads("Оператор: решить")
        await person.show("doubt-found")
        on_phone = await come("operator", phone=True)
        await on_phone.open("/dashboard")
        await on_phone.show("doubt-found-phone")
        await doubt.click()
        await person.reads("решает оператор")
        await person.show("doubt")
        form = person.page.get_by_role("form", name="Закрыть: записан")
        await form.get_by_label("Номер записи в ЕМИАС").fill(appointment)
        await form.get_by_label("Почему").fill("запись видна в ЕМИАС")
        await form.get_by_role("button", name="Поручить").click()
        await expect(person.page.locator("#wishes li.good")).to_be_visible(timeout=30_000)
        await expect(person.page.locator("#standing")).to_contain_text("записан")
        await person.show("doubt-resolved")
    finally:
        _switch(office, "on")


async def test_a_viewer_is_refused(come: Come, office: Office) -> None:
    """A viewer reads the figures; what others do has no form, no link, and no page."""
    booking_id = _book(office.demo, _somebody())["id"]
    person = await come("viewer")
    await person.open(f"/act/booking/{booking_id}")
    await person.reads("Ваша роль этого не позволяет")
    await expect(person.page.get_by_role("button", name="Поручить")).to_have_count(0)
    await expect(person.page.get_by_text("Показать данные пациента")).to_have_count(0)
    await person.open("/")
    await expect(person.page.get_by_role("link", name="Сводка · Dashboard")).to_be_visible()
    await expect(person.page.get_by_role("link", name="Связи Таблицей · Mappings By CSV")).to_have_count(0)
    for path in ("/mappings/import", f"/act/booking/{booking_id}/reveal"):
        await person.open(path)
        await person.reads("наблюдатель")
    await person.show("viewer-refused")
    # The browser says of each refused page that it was refused.
    refusals = [mistake for mistake in person.mistakes if "status of 403" in mistake]
    assert (len(refusals), person.mistakes) == (2, refusals)
    person.mistakes.clear()


async def test_a_reveal_leaves_its_audit_row(come: Come, office: Office) -> None:
    """An operator sees the one field for which there was a reason; the auditor sees who asked, and why."""
    patient_number = _somebody()
    booking_id = _book(office.demo, patient_number)["id"]
    person = await come("operator")
    await person.open(f"/act/booking/{booking_id}")
    await person.page.get_by_role("link", name="Показать данные пациента").click()
    reason = f"звонок пациента {uuid4().hex[:6]}"
    await person.page.locator("select[name=field]").select_option("name")
    await person.page.locator("[name=reason]").fill(reason)
    await person.page.locator("main form button").click()
    await expect(person.page.locator("output")).to_contain_text(patient(patient_number)["last_name"], timeout=30_000)
    await expect(person.page.locator("output")).not_to_contain_text(patient(patient_number)["snils"])
    await person.show("reveal")
    auditor = await come("auditor")
    await auditor.open(f"/#/{quote('Аудит_·_Audit')}?what=reveal")
    await auditor.reads(reason)
    await auditor.reads("admin:operator")
    await auditor.show("reveal-audited", whole=False)


async def test_mappings_come_back_from_a_spreadsheet(come: Come) -> None:
    """The file is taken away, a code typed, the difference shown and written; brought back once more it is none."""
    person = await come("administrator")
    await person.open("/mappings/import")
    async with person.page.expect_download() as taken:
        await person.page.get_by_role("link", name="Скачать связи").click()
    rows = _rows((await (await taken.value).path()).read_bytes())
    last = next(row for row in reversed(rows) if row["Код ЛПУ"] == "'0202")
    was, last["Номер врача в ЕМИАС"] = last["Номер врача в ЕМИАС"], "52999"
    await _bring(person, rows)
    await person.reads("Пока ничего не записано")
    await person.reads("Изменятся: 1")
    await person.show("mappings-difference")
    await person.press("Записать: 1")
    await person.reads("Записано")
    last["Номер врача в ЕМИАС"] = was
    await person.open("/mappings/import")
    await _bring(person, rows)
    await person.press("Записать: 1")
    await person.reads("Записано")
    await person.open("/mappings/import")
    await _bring(person, rows)
    await person.reads("Разницы нет")


async def test_a_doctor_has_one_page(come: Come) -> None:
    """Whether patients can book, the mappings, and a field pinned with a reason, on one page."""
    person = await come("administrator")
    await person.open("/doctor/1")
    await person.reads("Записаться можно")
    await person.page.locator("summary").filter(has_text="Порядок в списке").click()
    form = person.page.locator("details[open] form").first
    await form.get_by_label("Значение").fill("1")
    await form.get_by_label("Почему").fill("главный врач")
    await form.get_by_role("button", name="Закрепить").click()
    await person.reads("Закрепил admin")
    await person.page.locator("summary").filter(has_text="Порядок в списке").click()
    await person.show("doctor")
    form = person.page.locator("details[open] form").last
    await form.get_by_label("Почему").fill("больше не нужно")
    await form.get_by_role("button", name="Снять закрепление").click()
    await person.reads("Закрепление снято")


async def test_the_first_screen_is_the_dashboard(come: Come) -> None:
    """Whoever logs in sees at once whether patients can book, on a desk and on a phone."""
    for phone, picture in ((False, "dashboard"), (True, "dashboard-phone")):
        person = await come("viewer", phone=phone)
        await person.open("/login")
        await expect(person.page).to_have_url(re.compile("/dashboard$"))
        await person.reads("Можно ли записаться сейчас")
        await person.show(picture)


async def test_axe_finds_nothing_and_a_phone_scrolls_one_way(come: Come, office: Office) -> None:
    """Our own pages break no rule of WCAG that axe-core knows, and are no wider than a narrow phone."""
    booking_id = _book(office.demo, _somebody())["id"]
    person = await come("administrator", phone=True)
    found: dict[str, object] = {}
    for path in (
        "/dashboard",
        "/alerts",
        "/lists",
        "/mappings/import",
        "/doctor/1",
        "/account",
        "/act/find",
        f"/act/booking/{booking_id}",
        f"/act/booking/{booking_id}/reveal",
        "/act/mapping/1",
        "/act/doctor/1",
        "/act/institution/0101",
    ):
        await person.open(path)
        complaints, wide = await person.complaints(), await person.wide()
        if complaints or wide > PHONE["width"]:
            found[path] = (complaints, wide)
    stranger = await come("novice", phone=True)
    await stranger.open("/login")
    if complaints := await stranger.complaints():
        found["/login"] = complaints
    assert found == {}, found


def _later() -> datetime:
    """Return an instant whose code has not been used yet."""
    return datetime.now(UTC) + timedelta(seconds=30)


def _switch(office: Office, position: str) -> None:
    office.run("switch", "institution", "0101", position, "--what", "retries", "--reason", "проверка")


def _somebody() -> int:
    """Return the number of a patient who has no booking yet."""
    return 100 + randbelow(9_000)


def _book(demo: RunningDemo, number: int) -> dict[str, Any]:
    """Book somebody at the first institution, as the site does."""
    with demo.gateway() as gateway:
        doctors = gateway.get("/v1/doctors", params={"limit": 200}).json()["items"]
        doctor = next(each for each in doctors if each["next_free"] and each["lpu_code"] == "0101")
        days = gateway.get(f"/v1/doctors/{doctor['id']}/slots").json()["days"]
        slot = days[-1]["slots"][number % len(days[-1]["slots"])]
        hold = gateway.post("/v1/holds", json={"slot_id": slot["id"]}).json()
        person: dict[str, Any] = {**patient(number), "birth_date": "1985-03-14"}
        person["oms"] = {"number": person.pop("oms_number")}
        body = {"hold_id": hold["id"], "patient": person}
        answer = gateway.post("/v1/bookings", json=body, headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code in {201, 202}, answer.text
        booked: dict[str, Any] = answer.json()
        return booked


def _book_in_doubt(demo: RunningDemo) -> tuple[str, str]:
    """Book with the answer lost; the booking, and the id of the appointment that EMIAS has made."""
    demo.make_emias_well()
    before = {row["id"] for row in demo.control("ledger")["items"]}
    demo.control("faults", {"operation": "CreateAppointment", "kind": "commit_then_drop"})
    booked = _book(demo, _somebody())
    [appointment] = {row["id"] for row in demo.control("ledger")["items"]} - before
    return booked["id"], appointment


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


async def _bring(person: Staff, rows: list[dict[str, str]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0], delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    content = out.getvalue().encode("cp1251")
    await person.page.get_by_label("Файл CSV").set_input_files(
        {"name": "mappings.csv", "mimeType": "text/csv", "buffer": content}
    )
    await person.press("Показать, что изменится")
