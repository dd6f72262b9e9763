"""The page while the gateway is silent: its last list with the time, the telephone, and no wait for the network."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.small_site import small_site

_SLOT = {"id": "3f0a2c1e-7b1d-5c55-9f7d-2a4f1f0c8b11", "starts_at": "2030-11-24T15:00:00+03:00", "lpu_code": "0101"}
_ANSWERS: dict[str, Any] = {
    "/v1/specialties": [{"id": "10", "name": "Терапевт", "doctors": 1}],
    "/v1/status": {"emias": "up"},
    "/v1/identity": {"provider": "off", "enabled": False},
    "/v1/doctors": {
        "items": [{"id": "7", "name": "Ёлкина Вера", "lpu_code": "0101", "bookable": True, "next_free": None}],
        "next_cursor": None,
    },
    "/v1/doctors/7/slots": {"days": [{"date": "2030-11-24", "slots": [_SLOT]}], "stale": False, "as_of": None},
}


class _Gateway:
    """A gateway that can fall silent on its port, and counts who still knocks."""

    def __init__(self) -> None:
        self.port = 0
        self.knocks = 0
        self._runner: web.AppRunner | None = None
        self._silent: asyncio.Server | None = None

    async def open(self) -> None:
        app = web.Application()
        app.router.add_get("/{tail:.*}", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def fall_silent(self) -> None:
        """Answer nobody from here on: each connection is closed at once."""
        await self.close()
        self._silent = await asyncio.start_server(self._knock, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
        if self._silent:
            self._silent.close()

    async def _knock(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.knocks += 1
        writer.close()

    async def _answer(self, request: web.Request) -> web.Response:
        return web.json_response(_ANSWERS[request.path])


@pytest.fixture
async def gateway() -> AsyncIterator[_Gateway]:
    """Open a small gateway."""
    one = _Gateway()
    await one.open()
    yield one
    await one.close()


async def test_the_last_list_stands_with_its_time_and_nothing_can_be_held(
    gateway: _Gateway, visit: Visit, tmp_path: Path
) -> None:
    """After the gateway has fallen silent the steps still show what was known, the telephone, and disabled times."""
    async with small_site(tmp_path, gateway.port) as url:
        first = await visit(url)
        await first.choose_doctor()
        await gateway.fall_silent()
        later = await visit(url, picture="desktop")
        notice = later.booking.locator(".emias-notice.is-warm")
        await expect(notice).to_contain_text(re.compile(r"Показано расписание на \d\d:\d\d"))
        await expect(notice.get_by_role("link", name="Позвонить: +7 495 000-00-00")).to_be_visible()
        await expect(notice.get_by_role("link", name="Записаться на государственном портале")).to_be_visible()
        await later.show("10-gateway-down")
        await later.choose_doctor()
        await expect(later.booking.locator(".emias-time")).to_be_disabled()


async def test_an_open_breaker_asks_nobody(gateway: _Gateway, visit: Visit, tmp_path: Path) -> None:
    """Once five calls have failed, more visits do not reach for the network."""
    await gateway.fall_silent()
    async with small_site(tmp_path, gateway.port) as url:
        for _ in range(3):
            visitor = await visit(url)
            await expect(visitor.booking.get_by_role("alert")).to_contain_text("Запись на сайте сейчас недоступна")
        knocks = gateway.knocks
        for _ in range(3):
            visitor = await visit(url)
            await expect(visitor.booking.get_by_role("alert")).to_contain_text("Запись на сайте сейчас недоступна")
    assert (knocks, gateway.knocks) == (5, 5)
