"""A person finds a booking, sees what can be done, asks for it, and sees what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from admin.roles import Role
from gateway.domain.wish import Ending, Said, WishKind
from gateway.store.engine import Database
from gateway.store.wish_desk import WishDesk
from gateway.store.wishes import WishBook
from tests.integration.admin.browser import Browser
from tests.integration.admin.forms import send_form, text_of
from tests.integration.admin.ward import CANARIES, Ward

pytestmark = pytest.mark.filterwarnings("ignore:If running sessions in production:UserWarning")

K = WishKind
LogIn = Callable[[Role], Awaitable[Browser]]


@pytest.fixture
def pages(ward: Ward) -> dict[str, str]:
    """Name the pages of the ward."""
    return {
        "manual": f"/act/booking/{ward.bookings['manual']}",
        "failed": f"/act/booking/{ward.bookings['failed']}",
        "doctor": f"/act/doctor/{ward.emias_doctor}",
        "mapping": f"/act/mapping/{ward.mapping_id}",
        "institution": f"/act/institution/{ward.lpu_code}",
    }


async def _wishes(database: Database) -> list[dict[str, Any]]:
    """List the wishes but for the one that the ward has from the beginning."""
    rows = await database.pool.fetch(
        "SELECT kind, subject, arguments, reason, wished_by, state FROM wishes WHERE subject <> '0' ORDER BY id"
    )
    return [dict(row) for row in rows]


async def test_a_booking_s_page_tells_how_it_stands(browser: Browser, pages: dict[str, str]) -> None:
    """The masked patient, the history and what can be done are there; nothing personal is, in either language."""
    answer = await browser.get(pages["manual"])
    assert answer.status_code == 200
    text = text_of(answer.text)
    for told in ("К. П. С., СНИЛС …95", "решает оператор", "Закрыть: записан", "вторую запись", "Ход записи"):
        assert told in text, told
    english = text_of((await browser.get(pages["manual"], lang="en")).text)
    for told in ("Resolve as booked", "could make a second appointment", "Its history"):
        assert told in english, told
    for canary in CANARIES:
        assert canary not in answer.text


@pytest.mark.parametrize("noun", ["doctor", "mapping", "institution"])
async def test_the_other_pages_are_there(browser: Browser, pages: dict[str, str], noun: str) -> None:
    """Each page offers its acts under a strict policy, and loads nothing from elsewhere."""
    answer = await browser.get(pages[noun])
    assert answer.status_code == 200
    assert "Что сделать" in text_of(answer.text)
    assert any("unsafe" not in policy for policy in answer.headers.get_list("content-security-policy"))
    for asset in ("/acts/acts.css", "/acts/acts.js", "/frame/frame.css"):
        assert asset in answer.text
        assert (await browser.get(asset)).status_code == 200


async def test_a_form_becomes_a_wish(browser: Browser, pages: dict[str, str], ward: Ward, database: Database) -> None:
    """The wish has the person's name and reason, its audit row, and the page shows it under way."""
    fields = {"choice": "resolve_booked", "appointment_id": "A-17", "reason": "звонок в регистратуру"}
    answer = await send_form(browser, pages["manual"], fields)
    assert answer.status_code == 303
    (wish,) = await _wishes(database)
    assert (wish["kind"], wish["subject"]) == ("resolve_booked", str(ward.bookings["manual"]))
    assert (wish["arguments"], wish["reason"]) == ('{"appointment_id": "A-17"}', "звонок в регистратуру")
    audit = await database.pool.fetchrow(
        "SELECT actor, subject FROM audit_log WHERE what = 'wish_made' ORDER BY id DESC"
    )
    assert tuple(audit) == (f"admin:{wish['wished_by']}", f"booking:{ward.bookings['manual']}")
    page = await browser.get(answer.headers["location"])
    assert 'data-open="yes"' in page.text
    assert f"Уже выполняется поручение: {wish['wished_by']}" in text_of(page.text)


async def test_the_result_is_shown(browser: Browser, pages: dict[str, str], database: Database) -> None:
    """What the worker wrote is on the page, in the language asked for."""
    await send_form(browser, pages["mapping"], {"choice": "test_mapping", "reason": "новый врач"})
    book = WishBook(database)
    (wish,) = await book.claim([K.TEST_MAPPING], 1, timedelta(minutes=1))
    await book.end(wish, Ending.done(Said("свободно 7", "7 free"), free=7))
    page = await browser.get(pages["mapping"])
    assert "свободно 7" in text_of(page.text)
    assert "7 free" not in page.text
    assert "data-open" not in page.text
    assert "7 free" in text_of((await browser.get(pages["mapping"], lang="en")).text)


async def test_the_second_asker_is_shown_the_first(
    browser: Browser, of_role: LogIn, pages: dict[str, str], database: Database
) -> None:
    """Two people who ask at once make one wish; the later one is told whose it is."""
    other = await of_role(Role.OPERATOR)
    fields = {"choice": "resolve_absent", "reason": "не записан"}
    assert (await send_form(browser, pages["manual"], fields)).status_code == 303
    late = await send_form(other, pages["manual"], fields)
    assert late.status_code == 409
    assert len(await _wishes(database)) == 1
    wish = (await _wishes(database))[0]
    assert wish["wished_by"] in text_of(late.text)


async def test_a_race_lost_at_the_table_is_told(
    browser: Browser, pages: dict[str, str], ward: Ward, database: Database
) -> None:
    """Where the first wish came between the page's look and its own, the answer leads to it and names its owner."""
    subject = str(ward.mapping_id)
    await WishDesk(database).make(K.TEST_MAPPING, subject, reason="проверка", wished_by="boris")
    answer = await browser.get(f"{pages['mapping']}", told="theirs")
    assert "Уже поручено: boris" in text_of(answer.text)


@pytest.mark.parametrize(
    ("page", "fields", "status", "told"),
    [
        ("manual", {"choice": "resolve_absent"}, 422, "Напишите, почему"),
        ("manual", {"choice": "resolve_absent", "reason": "  "}, 422, "Напишите, почему"),
        ("manual", {"choice": "resolve_absent", "reason": "СНИЛС 112-233-445 95"}, 422, "личный номер"),
        ("manual", {"choice": "resolve_absent", "reason": "я" * 501}, 422, "500"),
        ("manual", {"choice": "resolve_booked", "appointment_id": "<b>", "reason": "x"}, 422, "Номер записи"),
        ("manual", {"choice": "retry_booking", "reason": "x"}, 409, "вторую запись"),
        ("manual", {"choice": "cancel_booking", "reason": "x", "code": "mistake"}, 409, "неясен"),
        ("manual", {"choice": "switch_sale_off", "reason": "x"}, 422, "нет"),
        ("institution", {"choice": "retry_failed", "reason": "x", "hours": "999"}, 409, "нет"),
        ("institution", {"choice": "pause_retries", "reason": "x"}, 409, "повторов"),
        ("institution", {"choice": "resolve_booked", "reason": "x"}, 422, "нет"),
    ],
)
async def test_a_form_that_cannot_be_taken_is_told_why(
    browser: Browser,
    pages: dict[str, str],
    database: Database,
    page: str,
    fields: dict[str, str],
    status: int,
    told: str,
) -> None:
    """Nothing becomes a wish without a reason, against a rule, or on the wrong page."""
    answer = await send_form(browser, pages[page], fields)
    assert (answer.status_code, told in text_of(answer.text)) == (status, True), text_of(answer.text)
    assert await _wishes(database) == []


async def test_a_switch_is_wished(browser: Browser, pages: dict[str, str], ward: Ward, database: Database) -> None:
    """The page offers the other position, and asks for just that."""
    answer = await send_form(browser, pages["institution"], {"choice": "switch_calls_off", "reason": "работы в ЕМИАС"})
    assert answer.status_code == 303
    (wish,) = await _wishes(database)
    assert (wish["kind"], wish["subject"]) == ("switch", ward.lpu_code)
    assert wish["arguments"] == '{"on": false, "switch": "calls"}'


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
async def test_who_may_only_look_asks_for_nothing(
    of_role: LogIn, pages: dict[str, str], database: Database, role: Role
) -> None:
    """The page is there, each act is closed with the reason, and a form that is sent all the same is refused."""
    visitor = await of_role(role)
    page = await visitor.get(pages["manual"])
    assert page.status_code == 200
    assert "Ваша роль этого не позволяет" in text_of(page.text)
    assert "<button" not in page.text
    answer = await send_form(visitor, pages["manual"], {"choice": "resolve_absent", "reason": "x"})
    assert answer.status_code == 403
    assert await _wishes(database) == []


async def test_without_the_token_nothing_is_taken(browser: Browser, pages: dict[str, str], database: Database) -> None:
    """A form of another site has the session's cookie but not the page's token."""
    fields = {"choice": "resolve_absent", "reason": "x"}
    assert (await send_form(browser, pages["manual"], fields, token=False)).status_code == 403
    assert await _wishes(database) == []


async def test_a_stranger_is_sent_to_the_login(app: Any, pages: dict[str, str], database: Database) -> None:
    """Without a session there is neither a page nor a wish."""
    stranger = Browser(app)
    for path in pages.values():
        answer = await stranger.get(path)
        assert (answer.status_code, answer.headers["location"].startswith("/login")) == (303, True)
    assert (await stranger.send("POST", pages["manual"], {})).status_code in {401, 403}
    assert await _wishes(database) == []


async def test_what_is_not_there_is_not_found(browser: Browser, ward: Ward) -> None:
    """An unknown booking, doctor, mapping or institution has no page, nor has nonsense."""
    assert ward.code
    for path in (f"booking/{uuid4()}", "booking/1", "doctor/999999", "mapping/999999", "institution/nowhere", "site/1"):
        assert (await browser.get(f"/act/{path}")).status_code == 404, path


async def test_the_list_of_wishes_is_read_only(browser: Browser, pages: dict[str, str]) -> None:
    """Administrators see every wish in a table, and change none there."""
    await send_form(browser, pages["doctor"], {"choice": "refresh_doctor", "reason": "проверка"})
    [row, _] = await browser.rows("wishes", __order="-id")
    assert row["reason"] == "проверка"
    assert row["arguments"] is None
    path = f"/api/tables/wishes/{row['id']}/"
    for method in ("PATCH", "PUT", "DELETE"):
        assert (await browser.send(method, path, {"reason": "другое"})).status_code in {403, 405}
