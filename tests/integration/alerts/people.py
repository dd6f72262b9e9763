"""Somebody who is told: an HTTP server on loopback that keeps what it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

__all__ = ["People", "listening"]

SECRET = "SECRET-OF-THE-ADDRESS"


@dataclass
class People:
    """What they heard, in order; `answer` is the status that they give from then on."""

    port: int = 0
    answer: int = 200
    heard: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    paths: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Apprise's address of a JSON webhook here."""
        return f"json://127.0.0.1:{self.port}/{SECRET}"

    @property
    def titles(self) -> list[str]:
        """The Russian half of each title."""
        return [message["title"].partition(" · ")[0] for message in self.heard]

    @property
    def text(self) -> str:
        """Everything heard."""
        return "\n".join(f"{message['title']}\n{message['message']}" for message in self.heard)

    async def hear(self, request: web.Request) -> web.Response:
        """Take a message, or refuse it."""
        self.asked += 1
        self.paths.append(request.path)
        if self.answer == web.HTTPOk.status_code:
            self.heard.append(await request.json())
        return web.json_response({"result": self.asked}, status=self.answer)


@asynccontextmanager
async def listening() -> AsyncIterator[People]:
    """Listen on a free port."""
    people = People()
    app = web.Application()
    app.router.add_post("/{tail:.*}", people.hear)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    people.port = runner.addresses[0][1]
    try:
        yield people
    finally:
        await runner.cleanup()
