"""Keyboard, narrow screens, and what axe-core finds."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.async_api import expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.visitor import Visitor, patient
from tests.integration.demo_run.conftest import RunningDemo

_AXE = files("axe_playwright_python") / "axe.min.js"


async def _complaints(visitor: Visitor) -> list[str]:
    found: dict[str, Any] = await visitor.page.evaluate("axe.run({resultTypes: ['violations']})")
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found["violations"] for node in rule["nodes"]]


async def test_axe_finds_nothing_on_any_step(site: str, visit: Visit) -> None:
    """No step, error or offer breaks a rule of WCAG that axe-core knows."""
    visitor = await visit(site, phone=True)
    # The policy forbids inline scripts: axe is evaluated by the debugger, not put into the page.
    await visitor.page.evaluate(_AXE.read_text(encoding="utf-8"))
    steps: dict[str, list[str]] = {}
    await visitor.reads("К какому врачу записаться?")
    steps["specialty"] = await _complaints(visitor)
    await visitor.choose_doctor("Оториноларинголог")
    steps["time"] = await _complaints(visitor)
    await visitor.choose_time()
    await visitor.press("Записаться")
    steps["form with errors"] = await _complaints(visitor)
    await visitor.fill(patient(20))
    await visitor.panel("Следующая запись: занято", "отказ")
    await visitor.press("Записаться")
    await expect(visitor.booking.locator(".emias-offer").first).to_be_visible()
    steps["offers"] = await _complaints(visitor)
    await visitor.booking.locator(".emias-offer").first.click()
    await expect(visitor.booking.get_by_role("timer")).to_be_visible()
    await visitor.press("Записаться")
    await visitor.ticket()
    await visitor.booking.get_by_text("Найти или отменить запись").click()
    steps["ticket and lookup"] = await _complaints(visitor)
    assert {step: found for step, found in steps.items() if found} == {}


async def test_nothing_is_wider_than_a_narrow_phone(site: str, visit: Visit) -> None:
    """At 360 pixels no step scrolls sideways."""
    visitor = await visit(site, phone=True)
    await visitor.choose_doctor("Терапевт", 2)
    widths = [await visitor.wide()]
    await visitor.choose_time(8)
    widths.append(await visitor.wide())
    await visitor.fill(patient(21))
    await visitor.panel("Занять это время в другом месте", "Время занято")
    await visitor.press("Записаться")
    await expect(visitor.booking.locator(".emias-offer").first).to_be_visible()
    widths.append(await visitor.wide())
    assert max(widths) <= PHONE["width"]


async def test_the_keyboard_alone_books(demo: RunningDemo, site: str, visit: Visit) -> None:
    """Tab, Enter, Space and typing lead from the first step to the ticket; each step begins at its heading."""
    visitor = await visit(site)
    await visitor.reads("К какому врачу записаться?")
    await _tab_to(visitor, "Терапевт")
    await visitor.page.keyboard.press("Enter")
    await _at_heading(visitor, "Выберите врача")
    await _tab_to(visitor, "Ближайшее время")
    await visitor.page.keyboard.press("Enter")
    await _at_heading(visitor, "Выберите день и время")
    for _ in range(10):
        await visitor.page.keyboard.press("Tab")
    await visitor.page.keyboard.press("Space")
    await _tab_to(visitor, "", css_class="emias-time")
    await visitor.page.keyboard.press("Enter")
    await _at_heading(visitor, "Данные пациента")
    await _tab_to(visitor, "", css_class="", tag="INPUT")
    person = {**patient(22), "middle_name": "Львовна"}
    for name in ("last_name", "first_name", "middle_name", "birth_date", "snils", "oms_number"):
        await visitor.page.keyboard.type(person[name])
        await visitor.page.keyboard.press("Tab")
    await visitor.page.keyboard.press("Tab")
    await visitor.page.keyboard.press("Space")
    await visitor.page.keyboard.press("Enter")
    ticket = await visitor.ticket()
    await _at_heading(visitor, "Вы записаны")
    assert ticket in {row["ticket"] for row in demo.control("ledger")["items"]}


async def _tab_to(visitor: Visitor, words: str, *, css_class: str = "", tag: str = "BUTTON") -> None:
    for _ in range(60):
        await visitor.page.keyboard.press("Tab")
        text, classes, name = await visitor.page.evaluate(
            "[document.activeElement.innerText || '', document.activeElement.className, document.activeElement.tagName]"
        )
        if words in text and css_class in classes and name == tag:
            return
    raise AssertionError(words or css_class or tag)


async def _at_heading(visitor: Visitor, heading: str) -> None:
    await expect(visitor.booking.get_by_role("heading", level=2, name=heading)).to_be_focused()
