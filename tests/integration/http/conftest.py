"""The door on a fake house that never runs out of slots."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.http.app import create_app
from tests.fakes import World


@pytest.fixture(scope="module")
def app() -> Any:
    """Build the app under test; its lifespan is the test client's affair."""
    return create_app(World(KEY_RATE="1000000", LOOKUP_RATE="1000000").house())
