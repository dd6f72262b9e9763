"""A door on a fake house, and a client with a key to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from gateway.http.app import create_app
from tests.fakes import KEY, World
from tests.served import serving


@pytest.fixture
def world() -> World:
    """Make an empty world."""
    return World()


@pytest_asyncio.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client that is heard and listens."""
    async with serving(create_app(world.house()), Authorization=f"Bearer {KEY}") as opened:
        await world.changes.listening.wait()
        yield opened
