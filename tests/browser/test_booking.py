"""A booking from the first step to its cancellation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from simulator.running import SimulatorConfig, running_simulator
from tests.browser.conftest import Visit
from tests.browser.visitor import patient
from tests.integration.demo_run.conftest import RunningDemo


def _active(demo: RunningDemo) -> dict[str, str]:
    return {row["ticket"]: row["state"] for row in demo.control("ledger")["items"]}


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
async def test_a_visitor_books_finds_and_cancels(demo: RunningDemo, site: str, visit: Visit, *, phone: bool) -> None:
    """Specialty, doctor, time, form and ticket; EMIAS has that one appointment; by ticket and birth date it is gone."""
    before = _active(demo)
    visitor = await visit(site, phone=phone, picture="phone" if phone else "desktop")
    doctor = await visitor.choose_doctor("Невролог", int(phone))
    await visitor.choose_time()
    await expect(visitor.booking.get_by_role("timer")).to_have_text(re.compile(r"[45]:\d\d"))
    person = patient(1 + phone)
    await visitor.fill(person)
    await visitor.submit()
    ticket = await visitor.ticket()
    await expect(visitor.booking.locator(".emias-ticket")).to_contain_text(doctor)
    assert set(_active(demo)) - set(before) == {ticket}

    await visitor.booking.get_by_text("Найти или отменить запись").click()
    await visitor.booking.get_by_label("Номер талона").fill(ticket)
    await visitor.booking.get_by_label("Дата рождения пациента").fill("01.01.1990")
    await visitor.press("Найти")
    await expect(visitor.booking.get_by_role("alert")).to_contain_text("Запись не найдена")
    await visitor.booking.get_by_label("Дата рождения пациента").fill(person["birth_date"])
    await visitor.press("Найти")
    await expect(visitor.booking.get_by_text("Запись действует")).to_be_visible()
    await visitor.show("6-find")
    await visitor.press("Отменить запись")
    await visitor.press("Да, отменить")
    await expect(visitor.lookup.get_by_text("Запись отменена")).to_be_visible()
    await visitor.reads("Запись отменена")
    await expect(visitor.booking.locator(".emias-ticket")).to_have_count(0)
    assert _active(demo)[ticket] == "Cancelled"


async def test_the_hold_is_renewed_and_let_go(site: str, visit: Visit) -> None:
    """Five more minutes are given on asking; on the way back the time is offered to others again at once."""
    visitor = await visit(site)
    await visitor.choose_doctor("Хирург")
    name = await visitor.choose_time(4)
    await visitor.press("Ещё пять минут")
    await expect(visitor.booking.get_by_role("status")).to_have_text("Время закреплено ещё на пять минут.")
    other = await visit(site)
    await other.choose_doctor("Хирург")
    await other.booking.locator(".emias-day").nth(4).click()
    await expect(other.booking.get_by_role("button", name=name)).to_have_count(0)
    await visitor.press("Назад")
    await visitor.reads("Выберите день и время")
    await visitor.booking.locator(".emias-day").nth(4).click()
    await expect(visitor.booking.get_by_role("button", name=name)).to_be_visible()


async def test_wrong_fields_are_named_before_anything_is_sent(site: str, visit: Visit) -> None:
    """A wrong control number, a missing name and a missing consent are each explained, the first one has the focus."""
    visitor = await visit(site)
    await visitor.choose_doctor("Хирург", 1)
    await visitor.choose_time(5)
    await visitor.fill(patient(3) | {"snils": "112-233-445 96", "last_name": ""})
    await visitor.booking.get_by_label("Даю согласие на обработку").uncheck()
    await visitor.submit()
    await expect(visitor.booking.get_by_label("Фамилия")).to_be_focused()
    told = await visitor.booking.locator(".emias-field__error:not(:empty)").all_inner_texts()
    assert told == [
        "Заполните это поле.",
        "Проверьте СНИЛС: контрольное число не сходится.",
        "Без согласия записать нельзя.",
    ]
    invalid = visitor.booking.locator("[aria-invalid=true]")
    assert await invalid.evaluate_all("nodes => nodes.map((node) => node.id)") == [
        "emias-last_name",
        "emias-snils",
        "emias-consent",
    ]


async def test_the_doctors_page_leads_to_a_held_time(site: str, visit: Visit, demo: RunningDemo) -> None:
    """The second component's nearest time opens the form with that time held."""
    with demo.gateway() as gateway:
        doctors = gateway.get("/v1/doctors", params={"limit": 200}).raise_for_status().json()["items"]
    doctor = next(one for one in doctors if one["next_free"] and one["specialty"]["name"] == "Кардиолог")
    visitor = await visit(site, path=f"/doctor/?ELEMENT_ID={doctor['id']}")
    times = visitor.page.locator(".emias-nearest__time")
    await expect(times).to_have_count(6)
    moment = await times.nth(5).inner_text()
    await times.nth(5).click()
    await visitor.reads("Данные пациента")
    await expect(visitor.booking.locator(".emias-who")).to_have_text(f"{doctor['name']} · {moment}")


async def test_without_php_the_same_page_books(demo: RunningDemo, site: str, visit: Visit, tmp_path: Path) -> None:
    """Where there is no PHP the simulator serves the shipped files itself, and a visitor gets a ticket all the same."""
    key_file = tmp_path / "key"
    key_file.write_text(demo.values["API_KEY"])
    config = SimulatorConfig(
        tmp_path / "pki", doctors=1, gateway_url=demo.values["GATEWAY_URL"], gateway_key_file=key_file
    )
    async with running_simulator(config) as simulator:
        assert simulator.site_url != site
        visitor = await visit(simulator.site_url)
        await visitor.choose_doctor("Невролог", 3)
        await visitor.choose_time(9)
        await visitor.fill(patient(5))
        await visitor.submit()
        ticket = await visitor.ticket()
    assert ticket in _active(demo)
