"""Chromium, the demo, and visitors whose pages must end without a complaint in the console."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Final

import pytest
from playwright.async_api import Browser, ViewportSize, async_playwright

from tests.browser.visitor import Visitor
from tests.integration.demo_run.conftest import RunningDemo
from tests.integration.demo_run.conftest import demo as demo  # noqa: PLC0414 - a fixture, taken over
from tests.php.debian import BROWSER, PHP, need

DESKTOP: Final[ViewportSize] = {"width": 1200, "height": 860}
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}
Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture(scope="session", autouse=True)
def packages() -> None:
    """Have Chromium, and PHP for the site."""
    need(BROWSER, {"php": PHP["php"]})


@pytest.fixture(scope="session")
async def browser(packages: None) -> AsyncIterator[Browser]:  # noqa: ARG001 - it must come after them
    """Start Debian's Chromium once."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        await chromium.close()


@pytest.fixture
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """Let visitors come to an address; each has a session of their own and no mistake at the end."""
    come: list[Visitor] = []

    async def arrive(
        site_url: str, *, phone: bool = False, picture: str = "", path: str = "/", clock: bool = False
    ) -> Visitor:
        context = await browser.new_context(viewport=PHONE if phone else DESKTOP, locale="ru-RU")
        context.set_default_timeout(20_000)
        visitor = Visitor(await context.new_page(), site_url, picture)
        if clock:
            await visitor.page.clock.install()
        come.append(visitor)
        await visitor.open(path)
        return visitor

    yield arrive
    for visitor in come:
        await visitor.page.context.close()
    assert [mistake for visitor in come for mistake in visitor.mistakes] == []


@pytest.fixture
def site(demo: RunningDemo) -> Iterator[str]:
    """Tell the address of the demo's site; EMIAS is well before and after."""
    demo.make_emias_well()
    yield demo.values["SITE_URL"]
    demo.make_emias_well()
