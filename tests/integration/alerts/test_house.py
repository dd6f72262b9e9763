"""A gateway as it is started: it watches by itself, and tells of a worker that is not there."""

from __future__ import annotations

import asyncio
import warnings
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from demo.engines import embedded_valkey
from gateway.settings import SettingsError
from gateway.store.alert_desk import AlertDesk
from simulator.running import SimulatorConfig, running_simulator
from tests.integration.alerts.conftest import Scene
from tests.integration.alerts.people import People
from tests.integration.restraint.replicas import open_replicas


async def test_a_gateway_tells_of_a_worker_that_is_not_there(scene: Scene, people: People, tmp_path: Path) -> None:
    """Two gateways without a worker tell once that it is silent, and send a test that somebody asks for."""
    rules = tmp_path / "alerts.toml"
    rules.write_text("[worker_silent]\nopens_after = 0\n[sync_lag]\non = false\n", encoding="utf-8")
    await scene.database.pool.execute("DELETE FROM beats WHERE process = 'sync'")
    desk = AlertDesk(scene.database)
    async with AsyncExitStack() as stack:
        valkey = await stack.enter_async_context(embedded_valkey(tmp_path / "valkey", keep=False))
        simulator = await stack.enter_async_context(running_simulator(SimulatorConfig(pki_folder=tmp_path, doctors=2)))
        settings = {"ALERT_URLS": people.url, "ALERT_RULES_FILE": str(rules)}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            replicas = await stack.enter_async_context(open_replicas(simulator, scene.database, valkey.url, **settings))
        await desk.ask_test("admin:chief")
        while len(people.heard) < 2:  # noqa: ASYNC110 - the houses set no event
            await asyncio.sleep(0.1)
        while not await _is_told(desk):
            continue
        shown = [house.metrics.exposition().decode() for house in replicas.houses]
    assert sorted(people.titles) == ["Шлюз ЕМИАС: проверка связи", "Шлюз ЕМИАС: срочно (1)"]
    assert "Работник синхронизации молчит" in people.text
    assert sum('emias_gateway_alert_sends_total{result="delivered"}' in each for each in shown) >= 1


async def _is_told(desk: AlertDesk) -> bool:
    [entry] = await desk.entries()
    return entry.told_open_at is not None


async def test_a_gateway_does_not_start_with_a_wrong_address(scene: Scene, tmp_path: Path) -> None:
    """A wrong entry of ALERT_URLS, or rules that are none, keep the house from opening, by name."""
    async with (
        embedded_valkey(tmp_path / "valkey", keep=False) as valkey,
        running_simulator(SimulatorConfig(pki_folder=tmp_path, doctors=2)) as simulator,
    ):
        for name, value in (("ALERT_URLS", "not-an-address"), ("ALERT_RULES_FILE", str(tmp_path / "none.toml"))):
            with pytest.raises(SettingsError, match=name):
                async with open_replicas(simulator, scene.database, valkey.url, **{name: value}):
                    pass
