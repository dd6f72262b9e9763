"""The site by PHP and the site without it: one page, one feed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.running import Simulator, SimulatorConfig, running_simulator
from simulator.site.php import usable_php

pytestmark = pytest.mark.usefixtures("php_tools")
_FEED = "/bitrix/services/main/ajax.php?action=emias:gateway.feed."


@asynccontextmanager
async def _both(folder: Path) -> AsyncIterator[tuple[Simulator, Simulator]]:
    (folder / "feed").write_text("present\nnext\n")
    (folder / "gateway").write_text("egw_1_secret\n")
    without = SimulatorConfig(
        folder / "pki",
        doctors=7,
        gateway_url="http://127.0.0.1:9",
        gateway_key_file=folder / "gateway",
        feed_key_file=folder / "feed",
    )
    by_php = replace(without, php=usable_php())
    async with running_simulator(by_php) as one, running_simulator(without) as other:
        yield one, other


def _content(html: str) -> str:
    return re.sub(r"\s+", "", html.replace("&#039;", "'").replace("&#x27;", "'").replace("\\/", "/"))


async def test_pages_are_the_same(tmp_path: Path) -> None:
    """Both components' pages hold the same words, parameters, scripts and styles, in both languages."""
    async with _both(tmp_path) as sites, httpx.AsyncClient() as browser:
        for path in ("/", "/?lang=en", "/doctor/?ELEMENT_ID=701"):
            pages = [(await browser.get(site.site_url + path)).raise_for_status().text for site in sites]
            php, plain = (_content(page) for page in pages)
            assert _unescaped(php) == _unescaped(plain)


def _unescaped(page: str) -> str:
    return (
        re.sub(r"\\u00(2[267]|3[ce])", lambda found: chr(int(found[1], 16)), page, flags=re.IGNORECASE)
        .replace("&quot;", '"')
        .replace("&amp;", "&")
        .replace('\\"', '"')
    )


async def test_the_module_tells_the_same_doctors(tmp_path: Path) -> None:
    """Real PHP makes the same items with the same hashes out of elements and properties; pages and edits too."""
    async with _both(tmp_path) as sites, httpx.AsyncClient(headers={"X-Gateway-Key": "next"}) as gateway:
        for change in ({}, {"id": 701, "active": False}, {"id": 704, "mappings": []}, {"id": 707, "remove": True}):
            feeds = []
            for site in sites:
                if change:
                    site.directory.change(dict(change))
                feeds.append(await _all(gateway, site.site_url))
            assert feeds[0] == feeds[1]
        one = (await gateway.get(f"{sites[0].site_url}{_FEED}doctor&id=701")).json()["data"]["items"]
        assert [(item["id"], item["active"]) for item in one] == [(701, False)]


async def _all(gateway: httpx.AsyncClient, site: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    more, after = True, 0
    while more:
        page = (await gateway.get(f"{site}{_FEED}doctors&after_id={after}&limit=3")).raise_for_status().json()["data"]
        items += page["items"]
        more, after = page["has_more"], page["last_id"]
    for item in items:
        del item["updated_at"]
    return items


async def test_a_wrong_key_and_an_unknown_action_are_refused(tmp_path: Path) -> None:
    """Both answer 401 to a wrong key and 404 to what they do not know, and give away no PHP file."""
    async with _both(tmp_path) as sites, httpx.AsyncClient() as stranger:
        for site in sites:
            refused = await stranger.get(f"{site.site_url}{_FEED}doctors", headers={"X-Gateway-Key": "guess"})
            unknown = await stranger.get(f"{site.site_url}/bitrix/services/main/ajax.php?action=emias:gateway.x.y")
            source = await stranger.get(f"{site.site_url}/local/modules/emias.gateway/lib/Config/Settings.php")
            above = await stranger.get(f"{site.site_url}/local/..%2f..%2fpyproject.toml")
            answers = [answer.status_code for answer in (refused, unknown, source, above)]
            assert answers == [401, 404, 404, 404]
            assert refused.json()["errors"][0]["code"] == "gateway_key_rejected"
