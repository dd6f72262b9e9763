"""The end of a hold: the page is closed, or its five minutes are over."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor, patient
from tests.integration.demo_run.conftest import RunningDemo

_DOCTORS_PAGE = re.compile(r"action=emias:gateway\.booking\.hold")


async def _held_slot(visitor: Visitor, day: int) -> tuple[str, str]:
    """Choose a time; tell the doctor's and the slot's ids as the gateway knows them."""
    async with visitor.page.expect_response(_DOCTORS_PAGE) as answered:
        await visitor.choose_time(day)
    held = (await (await answered.value).json())["data"]
    return held["doctor"]["id"], held["slot"]["id"]


def _is_free(demo: RunningDemo, doctor: str, slot: str) -> bool:
    with demo.gateway() as gateway:
        days = gateway.get(f"/v1/doctors/{doctor}/slots").raise_for_status().json()["days"]
    return slot in {one["id"] for day in days for one in day["slots"]}


async def _becomes_free(demo: RunningDemo, doctor: str, slot: str) -> None:
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(_is_free, demo, doctor, slot):  # noqa: ASYNC110 - the gateway tells no event
            await asyncio.sleep(0.2)


async def test_closing_the_page_lets_the_time_go(demo: RunningDemo, site: str, visit: Visit) -> None:
    """While the form is open the gateway sells the time to nobody; with the page closed it is free again."""
    visitor = await visit(site)
    await visitor.choose_doctor("Невролог", 2)
    doctor, slot = await _held_slot(visitor, 8)
    assert not _is_free(demo, doctor, slot)
    another: Page = await visitor.page.context.new_page()
    await visitor.page.close(run_before_unload=True)
    await _becomes_free(demo, doctor, slot)
    await another.close()


async def test_leaving_for_another_address_lets_the_time_go(demo: RunningDemo, site: str, visit: Visit) -> None:
    """A link away from the page frees the time; back on the page the visitor is told and can hold it again."""
    visitor = await visit(site)
    await visitor.choose_doctor("Невролог", 2)
    doctor, slot = await _held_slot(visitor, 9)
    await visitor.page.goto(f"{site}/stand/consent.html")
    await _becomes_free(demo, doctor, slot)


async def test_at_zero_the_page_says_so_and_holds_again(demo: RunningDemo, site: str, visit: Visit) -> None:
    """A minute before the end it is announced; at zero the words come, and one press holds the same time anew."""
    visitor = await visit(site, picture="desktop", clock=True)
    await visitor.choose_doctor("Невролог", 1)
    doctor, slot = await _held_slot(visitor, 7)
    await visitor.fill(patient(30))
    await visitor.page.clock.fast_forward("04:05")
    await expect(visitor.booking.get_by_role("status")).to_have_text("Осталась одна минута, чтобы отправить форму.")
    await expect(visitor.booking.get_by_role("timer")).to_have_text(re.compile(r"0:[45]\d"))
    await visitor.page.clock.fast_forward("01:00")
    alert = visitor.booking.get_by_role("alert")
    await expect(alert).to_contain_text("Пять минут прошли: время больше не закреплено")
    await expect(visitor.booking.get_by_role("timer")).to_be_hidden()
    await visitor.show("11-hold-over")
    await visitor.press("Записаться")
    await expect(alert).to_contain_text("Пять минут прошли")
    await _becomes_free(demo, doctor, slot)

    await visitor.press("Закрепить снова")
    await expect(visitor.booking.get_by_role("timer")).to_have_text(re.compile(r"[45]:\d\d"))
    assert not _is_free(demo, doctor, slot)
    assert await visitor.typed("snils") == patient(30)["snils"]
    await visitor.press("Записаться")
    await visitor.ticket()


async def test_a_third_renewal_is_not_offered(site: str, visit: Visit) -> None:
    """Twice five minutes are added; then the button is gone and the time still runs."""
    visitor = await visit(site)
    await visitor.choose_doctor("Невролог", 3)
    await visitor.choose_time(6)
    more = visitor.booking.get_by_role("button", name="Ещё пять минут")
    for _ in range(2):
        async with visitor.page.expect_response(re.compile("booking.renew")):
            await more.click()
    await expect(more).to_be_hidden()
    await expect(visitor.booking.get_by_role("timer")).to_be_visible()
    await visitor.press("Назад")
