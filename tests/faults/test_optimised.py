"""The gateway runs as its image runs it: with `PYTHONOPTIMIZE=1`."""

from __future__ import annotations

import httpx
import pytest

from gateway.failpoints import POINTS
from tests.faults.stage import Stage
from tests.faults.visitor import Event, Visitor


@pytest.mark.quick
async def test_an_optimised_gateway_books_and_obeys_no_order(
    stage: Stage, client: httpx.AsyncClient, history: list[Event]
) -> None:
    """Where no failpoint is compiled, a kill that is ordered at each of the eight does not happen."""
    async with stage.settings_of(stage.gateway, stage.sync, PYTHONOPTIMIZE="1"):
        for point in POINTS:
            stage.gateway.order(point, "kill")
        told = await Visitor.of(stage, client, history).booked((await stage.slots())[0])
        assert told.status == 201
        assert stage.gateway.running
        for point in POINTS:
            (stage.gateway.orders / point).unlink()
