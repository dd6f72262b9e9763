"""The app for an ASGI server of one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.asgi import Gateway, create_asgi_app
from gateway.settings import Settings, SettingsError
from gateway.wiring import House
from tests.fakes import KEY, World
from tests.served import serving


async def test_the_house_is_open_while_the_server_lives(world: World) -> None:
    """The lifespan opens the house, requests go through it, and it is closed in the end."""
    steps = []

    @asynccontextmanager
    async def opening(settings: Settings) -> AsyncIterator[House]:
        assert settings is world.settings
        steps.append("open")
        yield world.house()
        steps.append("closed")

    async with serving(Gateway(world.settings, opening), Authorization=f"Bearer {KEY}") as client:
        assert (await client.get("/v1/specialties")).status_code == 200
        assert steps == ["open"]

    assert steps == ["open", "closed"]


async def test_a_server_without_a_house_does_not_start(world: World) -> None:
    """When the house cannot be opened the server hears of it, without the error's own words."""

    @asynccontextmanager
    async def opening(settings: Settings) -> AsyncIterator[House]:
        if settings.database_url:
            raise ConnectionError("postgresql://user:secret@db")
        yield world.house()

    told: list[dict[str, str]] = []

    async def receive() -> dict[str, str]:
        return {"type": "lifespan.startup"}

    async def send(message: dict[str, str]) -> None:
        told.append(message)

    await Gateway(world.settings, opening)({"type": "lifespan"}, receive, send)

    assert told == [{"type": "lifespan.startup.failed", "message": "ConnectionError"}]


def test_a_wrong_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The factory names what is not set before anything starts."""
    monkeypatch.delenv("EMIAS_URL", raising=False)

    with pytest.raises(SettingsError, match="EMIAS_URL"):
        create_asgi_app()
