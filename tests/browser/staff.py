"""Somebody of the clinic at the admin: what they press and read."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pyotp
from playwright.async_api import ConsoleMessage, Page, expect

__all__ = ["MAPPINGS", "Staff"]

_IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"
_AXE: Final = files("axe_playwright_python") / "axe.min.js"
_PATIENCE: Final = 30_000
MAPPINGS: Final = "Связи_врачей_·_Mappings"


class Staff:
    """A person with a browser of their own; `mistakes` are errors of the console, among them breaches of the policy."""

    def __init__(self, page: Page, url: str, username: str, password: str) -> None:
        self.page = page
        self.mistakes: list[str] = []
        self.username = username
        self._password = password
        self._url = url
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.mistakes.append(str(error)))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.mistakes.append(message.text)

    async def open(self, path: str) -> None:
        """Open a page of the admin."""
        await self.page.goto(self._url + path)

    async def reads(self, words: str) -> None:
        """Wait until these words are on the page; the dashboard renews itself every ten seconds."""
        await expect(self.page.locator("body")).to_contain_text(words, timeout=_PATIENCE)

    async def press(self, name: str) -> None:
        """Press the button of this name."""
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def log_in(self, code: str = "") -> None:
        """Fill in the login."""
        await self.page.get_by_label("Имя пользователя").fill(self.username)
        await self.page.get_by_label("Пароль").fill(self._password)
        if code:
            await self.page.get_by_label("Код из приложения").fill(code)
        await self.press("Войти")

    async def set_up_codes(self) -> pyotp.TOTP:
        """Scan the picture, type the first code; the codes that come after it."""
        await expect(self.page.get_by_role("heading", level=1, name="Одноразовые коды")).to_be_visible()
        codes = pyotp.TOTP(await self.page.locator("#secret").inner_text())
        await self.page.locator("[name=code]").fill(codes.now())
        await self.page.get_by_label("Нынешний пароль").fill(self._password)
        await self.page.locator("form button").first.click()
        return codes

    async def save_row(self) -> None:
        """Press the button under a form of Piccolo Admin."""
        await self.page.locator("#app form > button").click()

    async def complaints(self) -> list[str]:
        """Tell what axe-core finds on the page; evaluated by the debugger, for the policy forbids inline scripts."""
        await self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = await self.page.evaluate("axe.run({resultTypes: ['violations']})")
        return [f"{rule['id']}: {node['html'][:120]}" for rule in found["violations"] for node in rule["nodes"]]

    async def wide(self) -> int:
        """Tell how wide the page wants to be."""
        width: int = await self.page.evaluate("document.documentElement.scrollWidth")
        return width

    async def show(self, name: str, *, whole: bool = True) -> None:
        """Make the picture of a page for the documents, when that was asked for."""
        if os.environ.get("UPDATE_SCREENSHOTS") == "1":
            _IMAGES.mkdir(exist_ok=True)
            await self.page.screenshot(path=_IMAGES / f"admin-{name}.png", full_page=whole)
