"""The door on a fake house that never runs out of slots."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.http.app import create_app
from tests.fakes import World
from tests.fakes.identity import FakeProvider


@pytest.fixture(scope="module")
def app() -> Any:
    """Build the app under test; its lifespan is the test client's affair."""
    world = World(KEY_RATE="1000000", LOOKUP_RATE="1000000", IDENTITY_REDIRECT_URI="https://clinic.example/")
    world.provider = FakeProvider()
    return create_app(world.house())
