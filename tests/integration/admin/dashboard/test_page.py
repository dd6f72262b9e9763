"""The dashboard over a real database: who sees it, what it tells, where it leads."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from gateway.store.engine import Database
from tests.integration.admin.browser import Browser
from tests.integration.admin.ward import CANARIES, Ward

pytestmark = pytest.mark.filterwarnings("ignore:If running sessions in production:UserWarning")


class _Reader(HTMLParser):
    """Collects text, links and whatever a strict policy forbids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.links, self.loads, self.inline = "", [""], [""], [""]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag."""
        given = dict(attrs)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if tag == "a":
            self.links.append(given["href"] or "")
        elif given.get("src") or (tag == "link" and given.get("href")):
            self.loads.append(given.get("src") or given.get("href") or "")
        elif tag in {"script", "style"}:
            self.inline.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


async def _page(browser: Browser, **asked: str) -> _Reader:
    answer = await browser.get("/dashboard", **asked)
    assert answer.status_code == 200, answer.text
    return _Reader(answer.text)


async def test_who_is_not_logged_in_is_sent_to_the_login(app: Any, ward: Ward) -> None:
    """Without a session there are no figures, only the way to the login."""
    stranger = Browser(app)
    answer = await stranger.get("/dashboard")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fdashboard")
    assert ward.code not in answer.text


async def test_the_page_tells_what_stands_in_the_tables(browser: Browser, ward: Ward) -> None:
    """The verdict, the doubt of the operator, the error group and the funnel are on the page, in both languages."""
    page = await _page(browser)
    for told in (
        "Можно ли записаться сейчас",
        "Оператор: решить",
        "нет ответа вовремя",
        "Удержано",
        "Расписания ещё не",
    ):
        assert told in page.text
    english = await _page(browser, lang="en", window="7d")
    for told in ("Can patients book now", "Operator: decide", "no answer in time", "Held", "Schedules not read yet"):
        assert told in english.text
    assert ward.lpu_code in page.text


async def test_nothing_personal_is_on_the_page(browser: Browser, ward: Ward) -> None:
    """No sealed cell, hash or mask of a patient reaches the dashboard."""
    assert ward.code
    for window in ("1h", "24h", "7d"):
        answer = await browser.get("/dashboard", window=window)
        for canary in (*CANARIES, "СНИЛС", "К. П. С."):
            assert canary not in answer.text


async def test_the_page_obeys_a_strict_policy(browser: Browser, ward: Ward) -> None:
    """No inline script or style and nothing of another host; what the page loads is there without a login."""
    assert ward.code
    answer = await browser.get("/dashboard")
    policies = answer.headers.get_list("content-security-policy")
    assert any("unsafe" not in policy and "script-src 'self'" in policy for policy in policies)
    page = _Reader(answer.text)
    assert [found for found in page.inline if found] == []
    for load in filter(None, page.loads):
        if not load.startswith("data:"):
            assert urlsplit(load).netloc == ""
            assert (await browser.get(load)).status_code == 200, load


async def test_every_link_leads_to_rows(browser: Browser, ward: Ward) -> None:
    """Each figure leads to a table of the admin and filters that its API takes, or to where something can be done."""
    page = await _page(browser, window="24h")
    links = sorted({link for link in page.links if link.startswith("/#/")})
    assert len(links) > 15
    acts = {link for link in page.links if link.startswith("/act/")}
    assert f"/act/booking/{ward.bookings['manual']}?lang=ru" in acts
    for link in acts:
        assert (await browser.get(link)).status_code == 200, link
    for link in links:
        table, _, query = link.removeprefix("/#/").partition("?")
        answer = await browser.get(f"/api/tables/{unquote(table)}/", **dict(parse_qsl(query)))
        assert answer.status_code == 200, link


async def test_a_silent_worker_is_told(browser: Browser, ward: Ward, database: Database) -> None:
    """With no word from the worker the page says so, and promises no look at a doubt."""
    await database.pool.execute("UPDATE beats SET at = now() - interval '5 minutes' WHERE process = 'sync'")
    page = await _page(browser)
    assert "молчит" in page.text
    assert "Сверка опаздывает" in page.text
    assert ward.code


async def test_an_empty_installation_has_a_page(browser: Browser) -> None:
    """Before the first institution there is a page that says so."""
    page = await _page(browser)
    assert "Медучреждения не заведены" in page.text
    assert "За период запросов не было" in page.text


@pytest.mark.parametrize("asked", [{"window": "5y", "lang": "xx"}, {"window": "<script>", "lang": '"'}])
async def test_nonsense_is_answered_with_the_first_window(browser: Browser, asked: dict[str, str]) -> None:
    """An unknown window or language shows the hour, in Russian, and is not repeated."""
    answer = await browser.get("/dashboard", **asked)
    assert answer.status_code == 200
    assert re.search(r'window=1h&amp;lang=ru" aria-current', answer.text)
    assert "5y" not in answer.text


async def test_a_group_is_acknowledged_and_nothing_else_of_it_changes(
    browser: Browser, ward: Ward, database: Database
) -> None:
    """People mark an error group; its counts and causes are the processes' word."""
    [row] = await browser.rows("error_groups", lpu_code=ward.lpu_code)
    path = f"/api/tables/error_groups/{row['id']}/"
    assert (await browser.send("PATCH", path, {"state": "acknowledged"})).status_code == 200
    assert (await browser.send("PATCH", path, {"times": 0})).status_code == 422
    assert tuple(await database.pool.fetchrow("SELECT state, times FROM error_groups")) == ("acknowledged", 3)
    assert "известна" in (await _page(browser)).text
