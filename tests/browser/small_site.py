"""A site on PHP, or its stand-in, before a gateway of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from simulator.running import SimulatorConfig, running_simulator
from simulator.site.php import usable_php

__all__ = ["small_site"]


@asynccontextmanager
async def small_site(folder: Path, gateway_port: int) -> AsyncIterator[str]:
    """Open a site that calls the gateway at this port, and tell its address."""
    for name, key in (("gateway", "egw_1_secret"), ("feed", "feed-key")):
        (folder / name).write_text(key)
    config = SimulatorConfig(
        folder / "pki",
        doctors=2,
        gateway_url=f"http://127.0.0.1:{gateway_port}",
        gateway_key_file=folder / "gateway",
        feed_key_file=folder / "feed",
        php=usable_php(),
    )
    async with running_simulator(config) as simulator:
        yield simulator.site_url
