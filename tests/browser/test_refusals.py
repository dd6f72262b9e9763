"""Every refusal of EMIAS as the visitor reads it, with what they can do next."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import patient
from tests.integration.demo_run.conftest import RunningDemo

_OF_THE_PATIENT = {
    "пациент не найден": "ЕМИАС не нашла пациента с такими данными",
    "данные не совпали": "Данные пациента не совпали с данными ЕМИАС",
    "не прикреплён": "Пациент не прикреплён к этой поликлинике",
    "полис не действует": "Полис ОМС недействителен или не найден",
    "возраст или пол": "Этот врач не принимает пациентов такого возраста или пола",
    "предел записей": "У пациента уже есть наибольшее число записей",
    "не принято поле": "ЕМИАС не приняла данные пациента",
}
_WITH_A_NEXT_STEP = {
    "уже записан к врачу": ("Вы уже записаны к этому врачу", "button", "Найти или отменить запись"),
    "занят в это время": ("У вас есть другая запись на это время", "button", "Другое время"),
    "нет доступа к ЛПУ": ("ЕМИАС отказала в записи на это время", "link", "Позвонить"),
}


async def test_a_refusal_of_the_patient_keeps_the_form(demo: RunningDemo, site: str, visit: Visit) -> None:
    """Each reason has its own words, the form and its time stay, nothing is booked; corrected, the form books."""
    visitor = await visit(site)
    await visitor.choose_doctor("Терапевт", 3)
    await visitor.choose_time(10)
    await visitor.fill(patient(40))
    before = demo.control("ledger")["items"]
    for reason, words in _OF_THE_PATIENT.items():
        await visitor.refuse_next(reason)
        await visitor.press("Записаться")
        await expect(visitor.booking.get_by_role("alert")).to_contain_text(words)
        await expect(visitor.booking.get_by_role("timer")).to_be_visible()
        assert await visitor.typed("snils") == patient(40)["snils"]
    assert demo.control("ledger")["items"] == before
    await visitor.press("Записаться")
    await visitor.ticket()


@pytest.mark.parametrize("reason", _WITH_A_NEXT_STEP)
async def test_a_refusal_offers_its_next_step(site: str, visit: Visit, reason: str) -> None:
    """Where correcting the form does not help, the page says what does."""
    words, role, name = _WITH_A_NEXT_STEP[reason]
    visitor = await visit(site)
    await visitor.choose_doctor("Терапевт", 2)
    await visitor.choose_time(11)
    await visitor.fill(patient(41))
    await visitor.refuse_next(reason)
    await visitor.press("Записаться")
    alert = visitor.booking.get_by_role("alert")
    await expect(alert).to_contain_text(words)
    step = alert.get_by_role("button" if role == "button" else "link", name=re.compile(name))
    await expect(step).to_be_visible()
    if role == "button":
        await step.click()
        shown = "Номер талона" if name.startswith("Найти") else "Дни приёма"
        await expect(visitor.booking.get_by_label(shown)).to_be_visible()


@pytest.mark.parametrize("reason", ["слота больше нет", "время прошло"])
async def test_a_time_that_is_gone_is_replaced(site: str, visit: Visit, reason: str) -> None:
    """A time that EMIAS no longer has brings others; one press holds one of them."""
    visitor = await visit(site)
    await visitor.choose_doctor("Хирург", 2)
    await visitor.choose_time(10)
    await visitor.fill(patient(42))
    await visitor.refuse_next(reason)
    await visitor.press("Записаться")
    await expect(visitor.booking.get_by_role("heading", level=3)).to_have_text("Это время только что заняли")
    await visitor.booking.locator(".emias-offer").first.click()
    await expect(visitor.booking.get_by_role("timer")).to_be_visible()
    assert await visitor.typed("last_name") == patient(42)["last_name"]


async def test_a_referral_is_asked_for_only_then(site: str, visit: Visit) -> None:
    """The field appears with the refusal, what was typed stays, and with the number the same form books."""
    visitor = await visit(site, picture="desktop")
    await visitor.choose_doctor("Эндокринолог", 1)
    await visitor.choose_time(10)
    await visitor.fill(patient(43))
    referral = visitor.booking.get_by_label("Номер направления")
    await expect(referral).to_have_count(0)
    await visitor.refuse_next("нужно направление")
    await visitor.press("Записаться")
    await expect(visitor.booking.get_by_role("alert")).to_contain_text("К этому врачу записывают по направлению")
    await expect(visitor.booking.get_by_role("timer")).to_be_visible()
    assert await visitor.typed("snils") == patient(43)["snils"]
    await referral.fill("Н-2026-117")
    await visitor.show("12-referral")
    async with visitor.page.expect_request(re.compile(r"booking\.book")) as sent:
        await visitor.press("Записаться")
    assert "Н-2026-117" in (await sent.value).post_data_buffer.decode()  # type: ignore[union-attr] # a form has a body
    await visitor.ticket()


async def test_a_cancel_in_doubt_is_shown_until_it_is_known(demo: RunningDemo, site: str, visit: Visit) -> None:
    """A cancel whose answer was lost says that it is being checked, offers no second one, and ends as cancelled."""
    visitor = await visit(site, picture="desktop")
    await visitor.choose_doctor("Эндокринолог", 2)
    await visitor.choose_time(9)
    person = patient(44)
    await visitor.fill(person)
    await visitor.submit()
    ticket = await visitor.ticket()
    await visitor.booking.get_by_text("Найти или отменить запись").click()
    await visitor.booking.get_by_label("Номер талона").fill(ticket)
    await visitor.booking.get_by_label("Дата рождения пациента").fill(person["birth_date"])
    await visitor.press("Найти")
    await visitor.panel("Следующая отмена: ответ потерян", "ответ потеряется")
    await visitor.press("Отменить запись")
    await visitor.press("Да, отменить")
    await expect(visitor.lookup.get_by_text("Отмена уточняется в ЕМИАС")).to_be_visible()
    await visitor.reads("Отмена уточняется в ЕМИАС")
    await expect(visitor.booking.get_by_role("button", name="Отменить запись")).to_have_count(0)
    await visitor.show("13-cancel-doubt")
    await expect(visitor.lookup.get_by_text("Запись отменена")).to_be_visible(timeout=60_000)
    await visitor.reads("Запись отменена")
    assert {row["ticket"]: row["state"] for row in demo.control("ledger")["items"]}[ticket] == "Cancelled"
