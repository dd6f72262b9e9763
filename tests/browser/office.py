"""A second admin over the demo's database, which asks everybody but viewers for one-time codes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_urlsafe
from uuid import uuid4

import httpx
from cryptography.fernet import Fernet
from playwright.async_api import Browser, StorageState, ViewportSize

from tests.browser.staff import Staff
from tests.integration.demo_run.conftest import RunningDemo

__all__ = ["Office", "open_office"]


@dataclass(slots=True)
class Office:
    """Where it answers, and the sessions of those who have come already."""

    url: str
    demo: RunningDemo
    _sessions: dict[str, StorageState] = field(default_factory=dict)

    async def staff(self, browser: Browser, role: str, viewport: ViewportSize) -> Staff:
        """Let the demo's user of a role come, logged in."""
        kept, username = self._sessions.get(role), "admin" if role == "administrator" else role
        person = await self._at_the_door(
            browser, username, self.demo.values[f"{username.upper()}_PASSWORD"], viewport, kept
        )
        if not kept:
            await person.open("/login")
            await person.log_in()
            if role != "viewer":
                await person.set_up_codes()
                await person.reads("Я сохранил коды")
            self._sessions[role] = await person.page.context.storage_state()
        return person

    async def novice(self, browser: Browser, viewport: ViewportSize) -> Staff:
        """Let a new administrator come, who has never logged in."""
        username, password = f"novice-{uuid4().hex[:6]}", token_urlsafe()
        file = self.demo.folder / username
        file.write_text(password, encoding="utf-8")
        self.run("users", "add", username, "--role", "administrator", "--password-file", str(file))
        return await self._at_the_door(browser, username, password, viewport)

    def run(self, *words: str) -> None:
        """Run a command of the product over the demo's database."""
        ran = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-m", "gateway", *words],
            cwd=self.demo.folder,
            env={**os.environ, "DATABASE_URL": self.demo.values["DATABASE_URL"]},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr

    async def _at_the_door(
        self,
        browser: Browser,
        username: str,
        password: str,
        viewport: ViewportSize,
        kept: StorageState | None = None,
    ) -> Staff:
        context = await browser.new_context(viewport=viewport, locale="ru-RU", storage_state=kept)
        context.set_default_timeout(20_000)
        return Staff(await context.new_page(), self.url, username, password)


@contextmanager
def open_office(demo: RunningDemo) -> Iterator[Office]:
    """Run the admin until the end of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "DATABASE_URL": demo.values["DATABASE_URL"],
        "ADMIN_PORT": str(port),
        "ADMIN_MFA": "required",
        "ADMIN_MFA_KEYS": Fernet.generate_key().decode(),
    }
    words = [sys.executable, "-m", "gateway", "admin"]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(words, cwd=demo.folder, env={**os.environ, **settings}) as process:  # noqa: S603 - our own words
        try:
            # It is asked again, each time later, until it listens.
            with httpx.Client(transport=httpx.HTTPTransport(retries=7)) as patient:
                patient.get(f"{url}/health/ready").raise_for_status()
            yield Office(url, demo)
        finally:
            process.terminate()
