"""The login by Gosuslugi on the page and in the site's PHP; the gateway and Gosuslugi are small ones of the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.async_api import Error, Response, expect

from tests.browser.conftest import Visit
from tests.browser.small_gateway import CHILD, SELF, SmallGateway
from tests.browser.small_site import small_site
from tests.browser.visitor import Visitor, patient

_AXE = files("axe_playwright_python") / "axe.min.js"
_LOGIN = "Войти через Госуслуги"


@pytest.fixture
async def gateway() -> AsyncIterator[SmallGateway]:
    """Open a small gateway."""
    one = SmallGateway()
    await one.open()
    yield one
    await one.close()


@pytest.fixture
async def url(gateway: SmallGateway, tmp_path: Path) -> AsyncIterator[str]:
    """Open a site on PHP that calls the small gateway."""
    async with small_site(tmp_path, gateway.port) as url:
        gateway.site_url = url
        yield url


async def _choose_doctor(visitor: Visitor) -> None:
    await visitor.press("Терапевт")
    await visitor.press("Ёлкина")


async def _log_in(visitor: Visitor) -> None:
    await visitor.press(_LOGIN)
    await expect(visitor.booking.get_by_text("Вы вошли: Иван И., СНИЛС ***-***-*** 95")).to_be_visible()


async def test_whoever_logs_in_types_no_number(gateway: SmallGateway, url: str, visit: Visit) -> None:
    """From the schedule to Gosuslugi and back to it; the form asks for consent alone, and the ticket books."""
    visitor = await visit(url, picture="desktop")
    seen: list[str] = []

    async def keep(answer: Response) -> None:
        with suppress(Error):  # a page that was left has taken its answers along
            seen.append(str(await answer.all_headers()) + (await answer.text() if answer.ok else ""))

    visitor.page.on("response", keep)
    await _choose_doctor(visitor)
    await visitor.reads("Выберите день и время")
    await visitor.show("14-gosuslugi-offer")
    await _log_in(visitor)
    await visitor.reads("Выберите день и время")
    assert "emias_login" not in visitor.page.url
    await visitor.choose_time(0)
    await expect(visitor.booking.get_by_text("Полис ОМС есть в Госуслугах")).to_be_visible()
    await expect(visitor.booking.get_by_role("textbox")).to_have_count(0)
    await visitor.press("Записаться")
    await expect(visitor.booking.get_by_text("Без согласия записать нельзя")).to_be_visible()
    await visitor.booking.get_by_label("Даю согласие на обработку").check()
    await visitor.show("15-gosuslugi-form")
    await visitor.press("Записаться")
    await visitor.ticket()

    [booked] = gateway.bookings
    assert {name: booked[name] for name in booked if name not in {"hold_id", "session_ref"}} == {
        "identity_ticket": "secret-ticket-of-the-test",
        "subject": "self",
    }
    assert booked["session_ref"] == next(iter(gateway.logins.values()))["session_ref"]
    assert any("emias_login=1" in text for text in seen)
    assert any("Иван И." in text for text in seen)
    assert not [text for text in seen if "secret-ticket" in text or booked["session_ref"] in text]
    await expect(visitor.booking.get_by_role("button", name=_LOGIN)).to_be_hidden()
    await visitor.press("Записаться ещё раз")
    await expect(visitor.booking.get_by_role("button", name=_LOGIN)).to_be_visible()


async def test_a_child_is_chosen_and_what_is_missing_typed(gateway: SmallGateway, url: str, visit: Visit) -> None:
    """A parent chooses a child; SNILS and policy that Gosuslugi do not have are asked for, and nothing else."""
    gateway.subjects = [SELF, CHILD]
    visitor = await visit(url, phone=True, picture="phone")
    await visitor.page.evaluate(_AXE.read_text(encoding="utf-8"))
    await _log_in(visitor)
    await _choose_doctor(visitor)
    await visitor.choose_time(0)
    await visitor.booking.get_by_label("Пётр И.").check()
    await expect(visitor.booking.get_by_label("Пётр И.")).to_be_focused()
    await expect(visitor.booking.get_by_text("Полиса ОМС в Госуслугах нет")).to_be_visible()
    await visitor.press("Записаться")
    await expect(visitor.booking.get_by_label("СНИЛС", exact=True)).to_be_focused()
    person = patient(50)
    await visitor.fill({name: person[name] for name in ("snils", "oms_number")})
    await visitor.show("16-gosuslugi-child")
    await visitor.page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = await visitor.page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [rule["id"] for rule in found["violations"]] == []
    assert await visitor.wide() <= 360
    await visitor.press("Записаться")
    await visitor.ticket()
    [booked] = gateway.bookings
    assert booked["subject"] == "child-1"
    assert booked["patient"] == {"snils": person["snils"], "oms": {"number": person["oms_number"]}}


async def test_the_form_may_be_filled_in_by_hand_after_all(gateway: SmallGateway, url: str, visit: Visit) -> None:
    """By hand and back: who has logged in may book somebody else, and the ticket is not sent along."""
    visitor = await visit(url)
    await _log_in(visitor)
    await _choose_doctor(visitor)
    await visitor.choose_time(0)
    await visitor.press("Заполнить вручную")
    await visitor.press("Вернуться к данным Госуслуг")
    await expect(visitor.booking.get_by_label("Фамилия")).to_have_count(0)
    await visitor.press("Заполнить вручную")
    await visitor.fill(patient(51))
    await visitor.press("Записаться")
    await visitor.ticket()
    [booked] = gateway.bookings
    assert booked["patient"]["last_name"] == patient(51)["last_name"]
    assert not {"identity_ticket", "subject", "session_ref"} & set(booked)


async def test_the_form_itself_offers_the_login(gateway: SmallGateway, url: str, visit: Visit) -> None:
    """Who is at the form already comes back to it with the same time held anew."""
    visitor = await visit(url)
    await _choose_doctor(visitor)
    await visitor.choose_time(0)
    await expect(visitor.booking.get_by_text("после входа закрепим его снова")).to_be_visible()
    await _log_in(visitor)
    await visitor.reads("Данные пациента")
    await expect(visitor.booking.get_by_role("timer")).to_be_visible()
    await expect(visitor.booking.get_by_text("Полис ОМС есть в Госуслугах")).to_be_visible()
    assert gateway.codes == ["code-1"]


async def test_logging_out_revokes_the_ticket(gateway: SmallGateway, url: str, visit: Visit) -> None:
    """The ticket is revoked, the form asks for everything again, and a link ends the login at Gosuslugi too."""
    visitor = await visit(url)
    await _log_in(visitor)
    await _choose_doctor(visitor)
    await visitor.choose_time(0)
    await visitor.press("Выйти")
    await expect(visitor.booking.get_by_label("Фамилия")).to_be_visible()
    await expect(visitor.booking.get_by_role("link", name="Выйти и на Госуслугах")).to_be_visible()
    assert gateway.revoked == ["secret-ticket-of-the-test"]
    await visitor.page.reload()
    await expect(visitor.booking.get_by_role("button", name=_LOGIN)).to_be_visible()


async def test_a_refused_login_leads_to_the_form(gateway: SmallGateway, url: str, visit: Visit) -> None:
    """Who does not consent at Gosuslugi reads so on the page from which they came, once, and goes on by hand."""
    gateway.refusal = {"error": "access_denied", "error_description": "ESIA-007004"}
    visitor = await visit(url)
    await _choose_doctor(visitor)
    await visitor.press(_LOGIN)
    await expect(visitor.booking.get_by_text("Вы не разрешили передать данные")).to_be_visible()
    await visitor.reads("Выберите день и время")
    await visitor.page.reload()
    await expect(visitor.booking.get_by_role("button", name=_LOGIN)).to_be_visible()
    await expect(visitor.booking.get_by_text("Вы не разрешили передать данные")).to_have_count(0)


async def test_a_ticket_that_is_over_leaves_time_and_form(gateway: SmallGateway, url: str, visit: Visit) -> None:
    """A ticket that the gateway no longer knows is said to be so; the time stays held, and by hand it is booked."""
    visitor = await visit(url)
    await _log_in(visitor)
    await _choose_doctor(visitor)
    await visitor.choose_time(0)
    await visitor.booking.get_by_label("Даю согласие на обработку").check()
    gateway.booking_problems = [(503, "identity_unavailable"), (410, "ticket_expired")]
    await visitor.press("Записаться")
    await expect(visitor.booking.get_by_role("alert")).to_contain_text("Заполните форму вручную")
    await visitor.press("Вернуться к данным Госуслуг")
    await visitor.press("Записаться")
    await expect(visitor.booking.get_by_role("alert")).to_contain_text("Вход через Госуслуги истёк")
    await expect(visitor.booking.get_by_role("timer")).to_be_visible()
    await visitor.fill(patient(52))
    await visitor.press("Записаться")
    await visitor.ticket()
    assert len(gateway.bookings) == 1


async def test_without_the_module_nothing_is_offered(gateway: SmallGateway, url: str, visit: Visit) -> None:
    """A gateway whose login is off leaves the page as it was: manual entry throughout."""
    gateway.enabled = False
    visitor = await visit(url)
    async with visitor.page.expect_response(lambda one: "identity.state" in one.url):
        await visitor.page.reload()
    await _choose_doctor(visitor)
    await visitor.choose_time(0)
    await expect(visitor.booking.get_by_role("button", name=_LOGIN)).to_have_count(0)
    await expect(visitor.booking.get_by_label("Фамилия")).to_be_visible()


async def test_a_code_of_another_session_is_not_taken(gateway: SmallGateway, url: str, visit: Visit) -> None:
    """A callback that this visitor did not begin leads to the page with words, and the gateway is not asked."""
    victim = await visit(url, path="/local/tools/emias.gateway/gosuslugi.php?code=stolen&state=3f0a2c1e")
    await expect(victim.booking.get_by_text("Время входа истекло")).to_be_visible()
    assert gateway.codes == []
