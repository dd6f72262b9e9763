"""The state of the gateway for a site's health page."""

from __future__ import annotations

import httpx
import pytest

from tests.fakes import World


@pytest.mark.parametrize(
    ("silent", "lagging", "status", "emias"),
    [
        ((), 0, "ok", "up"),
        ((), 3, "degraded", "up"),
        (("0101",), 0, "degraded", "partial"),
        (("0101", "0202"), 0, "down", "down"),
    ],
)
async def test_the_state_is_told(
    client: httpx.AsyncClient, world: World, silent: tuple[str, ...], lagging: int, status: str, emias: str
) -> None:
    """Silent institutions and old schedules lower the state."""
    world.directory.silent, world.directory.lagging = silent, lagging

    body = (await client.get("/v1/status")).json()

    assert (body["status"], body["emias"]) == (status, emias)
    assert body["sync"] == {"oldest_as_of": "2026-11-23T09:13:00+03:00", "lagging": lagging, "doctors": 2}
    assert body["clock"] == {"now": "2026-11-23T09:15:00+03:00", "skew_seconds": 0.0}
