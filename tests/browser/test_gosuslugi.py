"""The whole login by Gosuslugi: the demo's site, the stand that verifies, the gateway, and a ticket of EMIAS."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any, Final

import pytest
from playwright.async_api import Error, Page, Request, Response, expect

from gateway.holds.canaries import find_in_redis
from simulator.esia.persons import PERSONS, Child, Person
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor, patient
from tests.integration.demo_run.conftest import RunningDemo, started_demo
from tests.php.debian import need_gost

_LOGIN = "Войти через Госуслуги"
_PERSONS: Final = {person.key: person for person in PERSONS}


@pytest.fixture(scope="module")
def gost_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """Start a demo whose gateway signs by GOST and believes GOST tokens alone."""
    need_gost()
    with started_demo(tmp_path_factory.mktemp("gost-demo"), DEMO_GOSUSLUGI="gost") as running:
        yield running


@pytest.fixture(params=["rsa", "gost"])
async def clinic(request: pytest.FixtureRequest) -> AsyncIterator[RunningDemo]:
    """Give a demo of either kind, whose Gosuslugi remember nothing."""
    running: RunningDemo = request.getfixturevalue("demo" if request.param == "rsa" else "gost_demo")
    running.control("esia/reset", {})
    yield running
    running.control("esia/reset", {})


@pytest.fixture
async def rsa_clinic(demo: RunningDemo) -> AsyncIterator[RunningDemo]:
    """Give the usual demo, whose Gosuslugi remember nothing."""
    demo.control("esia/reset", {})
    yield demo
    demo.control("esia/reset", {})


class Overheard:
    """All that a browser sends, and gets from the site, but for the panel's made-up patients."""

    def __init__(self, page: Page, site_url: str) -> None:
        self.texts: list[str] = []
        self._site_url = site_url
        page.on("request", self._sent)
        page.on("response", self._got)

    def _sent(self, request: Request) -> None:
        self.texts.append(f"{request.url}\n{request.post_data or ''}")

    async def _got(self, answer: Response) -> None:
        if not answer.url.startswith(self._site_url) or "/stand/" in answer.url:
            return
        with suppress(Error):  # a page that was left has taken its answers along
            self.texts.append(str(await answer.all_headers()) + (await answer.text() if answer.ok else ""))


def _secrets(*someone: Person | Child) -> list[str]:
    """List last names and numbers in the writings that might turn up."""
    snils = [one.snils for one in someone if one.snils]
    digits = [number.replace("-", "").replace(" ", "") for number in snils]
    policies = [policy.number for one in someone for policy in one.policies]
    return [*(one.last_name for one in someone), *snils, *digits, *policies]


def _found(secrets: list[str], *texts: str) -> list[str]:
    return [secret for secret in secrets if any(secret in text for text in texts)]


async def _log_in(visitor: Visitor, person: Person) -> None:
    await visitor.press(_LOGIN)
    await expect(visitor.page.get_by_role("heading", name="Вход через Госуслуги")).to_be_visible()
    await visitor.page.get_by_role("button", name=person.name).click()


def _row(demo: RunningDemo, ticket: str) -> dict[str, Any]:
    [row] = [row for row in demo.control("ledger")["items"] if row["ticket"] == ticket]
    patient: dict[str, Any] = row["patient"]
    return patient


def _logs(demo: RunningDemo) -> str:
    folder = demo.folder / ".demo" / "logs"
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in folder.glob("*.log"))


async def test_a_login_ends_in_a_ticket(clinic: RunningDemo, visit: Visit) -> None:
    """EMIAS has the numbers that Gosuslugi know, and neither the browser, nor a log, nor Redis has ever had them."""
    elsa = _PERSONS["no_middle_name"]
    visitor = await visit(clinic.values["SITE_URL"])
    overheard = Overheard(visitor.page, visitor.site_url)
    await _log_in(visitor, elsa)
    await expect(visitor.booking.get_by_text("Вы вошли: Эльза Л., СНИЛС ***-***-*** 45")).to_be_visible()
    assert await find_in_redis(clinic.values["REDIS_URL"], _secrets(elsa)) == []
    await visitor.choose_doctor("Невролог", 2)
    await visitor.choose_time(6)
    await expect(visitor.booking.get_by_text("Полис ОМС есть в Госуслугах")).to_be_visible()
    await expect(visitor.booking.get_by_role("textbox")).to_have_count(0)
    await visitor.booking.get_by_label("Даю согласие на обработку").check()
    await visitor.submit()
    ticket = await visitor.ticket()

    assert _row(clinic, ticket) == {
        "last_name": "Линде",
        "first_name": "Эльза",
        "middle_name": None,
        "birth_date": "23.06.1992",
        "snils": "14554114545",
        "oms": "7753700876000182",
    }
    heard = "\n".join(overheard.texts)
    assert "Эльза Л." in heard
    assert _found(_secrets(elsa), heard, _logs(clinic)) == []
    assert await find_in_redis(clinic.values["REDIS_URL"], _secrets(elsa)) == []
    calls = clinic.control("esia/calls")["items"]
    assert [call["operation"] for call in calls if call["operation"] in {"authorise", "token"}] == [
        "authorise",
        "token",
    ]
    assert {call["outcome"] for call in calls} == {"ok"}


async def test_a_parent_books_for_a_child(rsa_clinic: RunningDemo, visit: Visit) -> None:
    """The child's numbers reach EMIAS, the parent's do not, and the browser hears neither."""
    parent = _PERSONS["parent"]
    visitor = await visit(rsa_clinic.values["SITE_URL"])
    overheard = Overheard(visitor.page, visitor.site_url)
    await _log_in(visitor, parent)
    await visitor.choose_doctor("Невролог", 2)
    await visitor.choose_time(7)
    await visitor.booking.get_by_label("Артём Р.").check()
    await visitor.booking.get_by_label("Даю согласие на обработку").check()
    await visitor.submit()
    row = _row(rsa_clinic, await visitor.ticket())
    assert (row["first_name"], row["snils"], row["oms"]) == ("Артём", "16776116702", "7787989718000126")
    assert _found(_secrets(parent, *parent.children), *overheard.texts, _logs(rsa_clinic)) == []


async def test_a_missing_policy_is_typed(rsa_clinic: RunningDemo, visit: Visit) -> None:
    """Who has no policy at Gosuslugi types it, and nothing else."""
    visitor = await visit(rsa_clinic.values["SITE_URL"])
    await _log_in(visitor, _PERSONS["no_policy"])
    await visitor.choose_doctor("Невролог", 2)
    await visitor.choose_time(8)
    await expect(visitor.booking.get_by_text("Полиса ОМС в Госуслугах нет")).to_be_visible()
    policy = patient(70)["oms_number"]
    await visitor.fill({"oms_number": policy})
    await visitor.submit()
    row = _row(rsa_clinic, await visitor.ticket())
    assert (row["last_name"], row["snils"], row["oms"]) == ("Ручьёв", "13443113416", policy)


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("refuses", "Вы не разрешили передать данные"),
        ("unconfirmed", "Учётная запись на Госуслугах не подтверждена"),
    ],
)
async def test_a_login_that_gives_nothing_is_explained(
    rsa_clinic: RunningDemo, visit: Visit, person: str, said: str
) -> None:
    """A refusal and an account that is not confirmed lead back to the page with words."""
    visitor = await visit(rsa_clinic.values["SITE_URL"])
    await _log_in(visitor, _PERSONS[person])
    await expect(visitor.booking.get_by_text(said)).to_be_visible()
    await expect(visitor.booking.get_by_role("button", name=_LOGIN)).to_be_visible()


async def test_a_callback_works_once(rsa_clinic: RunningDemo, visit: Visit) -> None:
    """The address of a callback, opened again and by somebody else, logs nobody in and asks Gosuslugi nothing."""
    visitor = await visit(rsa_clinic.values["SITE_URL"])
    callbacks: list[str] = []
    begins = f"{visitor.site_url}/local/tools/"
    visitor.page.on("request", lambda one: callbacks.append(one.url) if one.url.startswith(begins) else None)
    await _log_in(visitor, _PERSONS["verified"])
    await expect(visitor.booking.get_by_text("Вы вошли: Вера К.")).to_be_visible()
    asked = json.dumps(rsa_clinic.control("esia/calls"))
    [callback] = callbacks
    other = await visit(rsa_clinic.values["SITE_URL"])
    for who in (visitor, other):
        await who.page.goto(callback)
        await expect(who.booking.get_by_text("Время входа истекло")).to_be_visible()
    await expect(other.booking.get_by_role("button", name=_LOGIN)).to_be_visible()
    assert json.dumps(rsa_clinic.control("esia/calls")) == asked


async def test_without_gosuslugi_one_books_by_hand(rsa_clinic: RunningDemo, visit: Visit) -> None:
    """Gosuslugi that go away in the midst of a login are said to be away, and the form books as ever."""
    rsa_clinic.control("esia/faults", {"operation": "token", "kind": "cut", "times": 0})
    visitor = await visit(rsa_clinic.values["SITE_URL"])
    await _log_in(visitor, _PERSONS["verified"])
    await expect(visitor.booking.get_by_text("Госуслуги сейчас не отвечают")).to_be_visible()
    rsa_clinic.control("esia/stop", {})
    assert not rsa_clinic.control("esia/state")["listening"]
    await visitor.choose_doctor("Невролог", 2)
    await visitor.choose_time(9)
    person = patient(71)
    await visitor.fill(person)
    await visitor.submit()
    assert _row(rsa_clinic, await visitor.ticket())["oms"] == person["oms_number"]


async def test_a_token_that_is_not_to_be_believed_logs_nobody_in(rsa_clinic: RunningDemo, visit: Visit) -> None:
    """A token signed by a key that nobody has published is refused, and the next login goes well."""
    rsa_clinic.control("esia/faults", {"operation": "token", "kind": "foreign_key"})
    visitor = await visit(rsa_clinic.values["SITE_URL"])
    await _log_in(visitor, _PERSONS["verified"])
    await expect(visitor.booking.get_by_text("Войти через Госуслуги не получилось")).to_be_visible()
    await _log_in(visitor, _PERSONS["verified"])
    await expect(visitor.booking.get_by_text("Вы вошли: Вера К.")).to_be_visible()
