"""Conflict, doubt and outage, as visitors meet them."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import patient
from tests.integration.demo_run.conftest import RunningDemo


def _tickets(demo: RunningDemo) -> set[str]:
    return {row["ticket"] for row in demo.control("ledger")["items"]}


async def test_of_two_visitors_one_gets_the_time(site: str, visit: Visit) -> None:
    """The second of two is told so, and holds another time with one press."""
    first, second = await visit(site), await visit(site)
    for visitor in (first, second):
        await visitor.choose_doctor("Офтальмолог")
        await visitor.booking.locator(".emias-day").nth(3).click()
    name = await first.booking.locator(".emias-time").last.get_attribute("aria-label") or ""
    await first.press(name)
    await first.reads("Данные пациента")
    await second.press(name)
    await expect(second.booking.get_by_role("heading", level=3)).to_have_text(
        "Это время сейчас оформляет другой пациент"
    )
    await second.show("7-taken")
    offer = second.booking.locator(".emias-offer").first
    moment = await offer.locator("strong").inner_text()
    await offer.click()
    await expect(second.booking.locator(".emias-who")).to_contain_text(moment)
    await expect(second.booking.get_by_role("timer")).to_be_visible()


async def test_a_time_taken_elsewhere_is_replaced_without_typing_again(
    demo: RunningDemo, site: str, visit: Visit
) -> None:
    """EMIAS's "taken" brings other times; after one press the form still holds what was typed, and books."""
    visitor = await visit(site, picture="desktop")
    await visitor.choose_doctor("Офтальмолог", 1)
    await visitor.choose_time(5)
    await visitor.fill(patient(11))
    await visitor.panel("Занять это время в другом месте", "Время занято через другой портал")
    await visitor.press("Записаться")
    await expect(visitor.booking.get_by_role("heading", level=3)).to_have_text("Это время только что заняли")
    await visitor.show("7-taken")
    before = _tickets(demo)
    await visitor.booking.locator(".emias-offer").first.click()
    await expect(visitor.booking.get_by_role("timer")).to_be_visible()
    assert await visitor.typed("snils") == patient(11)["snils"]
    await visitor.press("Записаться")
    ticket = await visitor.ticket()
    assert _tickets(demo) - before == {ticket}


async def test_a_lost_answer_is_checked_and_booked_once(demo: RunningDemo, site: str, visit: Visit) -> None:
    """The visitor reads that it is being checked and must not book again; then the ticket of the one appointment."""
    visitor = await visit(site, picture="desktop")
    await visitor.choose_doctor("Эндокринолог")
    await visitor.choose_time(6)
    await visitor.fill(patient(12))
    before = _tickets(demo)
    await visitor.panel("Следующая запись: ответ потерян", "ответ потеряется")
    await visitor.press("Записаться")
    await visitor.reads("Уточняем запись в ЕМИАС")
    await expect(visitor.booking.locator(".emias-notice")).to_contain_text("не записывайтесь второй раз")
    await visitor.show("8-doubt")
    ticket = await visitor.ticket()
    assert _tickets(demo) - before == {ticket}


async def test_when_emias_is_down_nothing_typed_is_lost(site: str, visit: Visit) -> None:
    """The form says that nothing was sent and offers the telephone; when EMIAS is back the same form books."""
    visitor = await visit(site, picture="desktop")
    await visitor.choose_doctor("Кардиолог", 1)
    await visitor.choose_time(7)
    await visitor.fill(patient(13))
    await visitor.panel("ЕМИАС выключить", "не отвечает")
    await visitor.press("Записаться")
    alert = visitor.booking.get_by_role("alert")
    await expect(alert).to_contain_text("ЕМИАС сейчас не отвечает. Ничего не отправлено")
    await expect(alert.get_by_role("link", name=re.compile("Позвонить"))).to_be_visible()
    await visitor.show("9-outage")
    await visitor.panel("ЕМИАС включить", "отвечает")
    assert await visitor.typed("last_name") == patient(13)["last_name"]
    await visitor.press("Записаться")
    await visitor.ticket()
