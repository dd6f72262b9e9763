"""The worker as the process that an installation runs."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest_asyncio
from cryptography.fernet import Fernet

from demo.ports import free_port
from gateway.store.engine import Database
from simulator.running import Simulator, SimulatorConfig, running_simulator

_FEED_KEY = "feed-key"


@pytest_asyncio.fixture
async def simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    """Run EMIAS's stand-in and a site with eight doctors."""
    keys = tmp_path / "feed-keys"
    await asyncio.to_thread(keys.write_text, f"{_FEED_KEY}\n")
    async with running_simulator(SimulatorConfig(tmp_path / "pki", feed_key_file=keys, doctors=8)) as simulator:
        yield simulator


def environment(simulator: Simulator, database: Database, redis_url: str, port: int) -> dict[str, str]:
    """Write down an installation."""
    return {
        "PATH": os.defpath,
        "DATABASE_URL": database.url,
        "REDIS_URL": redis_url,
        "EMIAS_URL": simulator.emias_url,
        "EMIAS_CA_FILE": str(simulator.pki.ca),
        "EMIAS_CERT_FILE": str(simulator.pki.client_cert),
        "EMIAS_KEY_FILE": str(simulator.pki.client_key),
        "EMIAS_RATE": "1000",
        "EMIAS_BURST": "1000",
        "INSTITUTIONS": "0101=Поликлиника № 1,0202=Поликлиника № 2",
        "BITRIX_FEED_URL": f"{simulator.site_url}/bitrix/services/main/ajax.php",
        "BITRIX_FEED_KEY": _FEED_KEY,
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "LOOKUP_KEY": "k" * 32,
        "SYNC_INTERNAL_PORT": str(port),
    }


@asynccontextmanager
async def command(variables: dict[str, str], *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the command line in a process of its own, killed if the test leaves it running."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", *words),
        env=variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def test_the_worker_fills_the_tables_answers_probes_and_ends_at_sigterm(
    simulator: Simulator, database: Database, redis_url: str
) -> None:
    """Started on an empty database it brings doctors and slots, is ready and measured, and ends with zero."""
    port = free_port()
    async with command(environment(simulator, database, redis_url, port), "sync") as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as probe:
            await _until_ready(probe, process)
            await _until_read(database, 8)
            metrics = (await probe.get("/metrics")).text
            assert (await probe.get("/health/live")).status_code == 200
        process.send_signal(signal.SIGTERM)
        _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert 'emias_sync_mirror_passes_total{result="done"} 1.0' in metrics
    assert 'emias_sync_reads_total{cause="",result="changed"}' in metrics
    assert b'"event":"sync_stopped"' in errors


async def test_once_reads_all_and_says_so(simulator: Simulator, database: Database, redis_url: str) -> None:
    """The command ends with zero after a good pass, and with one when EMIAS is not there."""
    variables = environment(simulator, database, redis_url, free_port())
    async with command(variables, "sync", "once") as process:
        shown, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert "врачей прочитано / doctors read: 8" in shown.decode()
    await simulator.stop()
    async with command(variables, "sync", "once") as process:
        shown, _ = await process.communicate()
    assert process.returncode == 1
    assert "  connect: 8" in shown.decode()
    assert await database.pool.fetchval("SELECT count(*) FROM local_emias_slots WHERE is_free") > 0


async def _until_ready(probe: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    while process.returncode is None:
        try:
            if (await probe.get("/health/ready")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError((await process.communicate())[1].decode())


async def _until_read(database: Database, doctors: int) -> None:
    read = "SELECT count(*) FROM emias_doctors WHERE as_of IS NOT NULL"
    while await database.pool.fetchval(read) < doctors:  # noqa: ASYNC110 - another process fills the table
        await asyncio.sleep(0.05)
