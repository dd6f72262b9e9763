"""One stage for the whole run; each scenario begins on an empty book and ends with every invariant checked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.faults.figures import FULL, Figures
from tests.faults.stage import Stage, open_stage
from tests.faults.visitor import Event, Visitor

_HERE = Path(__file__).parent
_LONGEST_SCENARIO = 3600


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark of the quick selection."""
    config.addinivalue_line("markers", "quick: runs with the other tests; the rest only with FAULTS=full")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long scenarios to the full run, and give them their time there."""
    ours = [item for item in items if item.path.is_relative_to(_HERE)]
    if FULL:
        for item in ours:
            item.add_marker(pytest.mark.timeout(_LONGEST_SCENARIO))
        return
    long = [item for item in ours if item.get_closest_marker("quick") is None]
    config.hook.pytest_deselected(items=long)
    left_out = set(long)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def figures() -> Figures:
    """Keep what is measured."""
    return Figures()


@pytest_asyncio.fixture(scope="session")
async def whole_stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Open the stage once."""
    async with open_stage(tmp_path_factory.mktemp("faults")) as stage:
        yield stage


@pytest_asyncio.fixture
async def stage(whole_stage: Stage) -> AsyncIterator[Stage]:
    """Begin a scenario, and end it with `verify` finding nothing."""
    await whole_stage.begin()
    yield whole_stage
    await whole_stage.heal()
    assert await whole_stage.broken() == {}


@pytest_asyncio.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """Speak to the gateway as the site does."""
    async with site_client(stage, stage.gateway.url) as client:
        yield client


@pytest_asyncio.fixture
async def clients(stage: Stage, client: httpx.AsyncClient) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Speak to two gateways that run beside each other."""
    await stage.other.start()
    async with site_client(stage, stage.other.url) as second:
        yield [client, second]
    await stage.other.stop()


@pytest.fixture
def history() -> list[Event]:
    """Keep what every visitor was told."""
    return []


@pytest.fixture
def visitor(stage: Stage, client: httpx.AsyncClient, history: list[Event]) -> Visitor:
    """Let one visitor come in."""
    return Visitor.of(stage, client, history)


def site_client(stage: Stage, url: str) -> httpx.AsyncClient:
    """Speak to one of the replicas as the site does."""
    return httpx.AsyncClient(
        base_url=url,
        headers={"Authorization": f"Bearer {stage.api_key}"},
        timeout=90,
        trust_env=False,
        limits=httpx.Limits(max_connections=None),
    )
