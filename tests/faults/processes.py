"""The processes on the stage: each can be started, ended, killed, frozen and started again at its address."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo.guarded import GuardedProcess
from gateway.failpoints import POINTS

__all__ = ["Replica", "Simulator"]

_ROOT = Path(__file__).resolve().parents[2]
_READY_SECONDS = 60.0
_LOOK_SECONDS = 0.02


class _Process:
    """A process and what it takes to run it again."""

    def __init__(self, name: str, argv: Sequence[str], env: Mapping[str, str], logs: Path) -> None:
        self.name = name
        self._argv = [sys.executable, *argv]
        self._env = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONUNBUFFERED": "1", **env}
        self._logs = logs
        self._starts = 0
        self._process: GuardedProcess | None = None

    def change(self, **env: str) -> None:
        """Let its next run have other settings."""
        self._env.update(env)

    @property
    def process(self) -> GuardedProcess:
        """The present run."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.running

    async def spawn(self) -> None:
        """Start it without waiting until it answers."""
        self._starts += 1
        log = self._logs / f"{self.name}-{self._starts}.log"
        self._process = await asyncio.to_thread(GuardedProcess, self._argv, log=log, env=self._env, cwd=_ROOT)

    async def stop(self) -> float:
        """Send SIGTERM, wait for the end and return how many seconds it took."""
        began = time.monotonic()
        if self._process is not None:
            await asyncio.to_thread(self._process.stop)
        return time.monotonic() - began

    async def kill(self) -> None:
        """End it as a power cut would."""
        self.process.signal(signal.SIGKILL)
        await self.ended()

    async def ended(self) -> None:
        """Wait until it has ended by itself."""
        await asyncio.to_thread(self.process.wait, _READY_SECONDS)

    def freeze(self) -> None:
        """Stop it in its tracks; connections stay open and nothing answers."""
        self.process.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.process.signal(signal.SIGCONT)

    def memory(self) -> int:
        """Tell its resident memory at the highest, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) * 1024


class Replica(_Process):
    """One process of the product, `serve` or `sync`, with failpoints that obey orders."""

    def __init__(
        self, name: str, words: Sequence[str], env: Mapping[str, str], logs: Path, *, port: int, health: int
    ) -> None:
        self.orders = logs.parent / f"orders-{name}"
        self.orders.mkdir(exist_ok=True)
        super().__init__(name, ["-m", "tests.faults.launcher", str(self.orders), *words], env, logs)
        self.url = f"http://127.0.0.1:{port}"
        self._health = health

    async def start(self) -> None:
        """Start it and wait until it is ready."""
        await self.spawn()
        await self.ready()

    async def ready(self) -> None:
        """Wait until its probe says that it is ready."""
        async with asyncio.timeout(_READY_SECONDS):
            while not await _is_ready(self._health):
                if not self.running:
                    raise RuntimeError(f"{self.name} ended: {self.process.tail()}")
                await asyncio.sleep(_LOOK_SECONDS)

    def order(self, point: str, what: str) -> None:
        """Lay an order, `kill` or `pause`, for the next passage of a failpoint."""
        if point not in POINTS:
            raise ValueError(point)
        order = self.orders / f".{point}"
        order.write_text(what)
        order.rename(self.orders / point)

    async def reached(self, point: str) -> None:
        """Wait until a paused passage stands at the point."""
        async with asyncio.timeout(_READY_SECONDS):
            while not (self.orders / f"{point}.reached").exists():
                await asyncio.sleep(_LOOK_SECONDS)

    def release(self, point: str) -> None:
        """Let the passage go on."""
        (self.orders / f"{point}.reached").unlink()


class Simulator(_Process):
    """The stand-in for EMIAS and a Bitrix site."""

    facts: Mapping[str, str]

    async def start(self) -> None:
        """Start it and hear its addresses."""
        await self.spawn()
        async with asyncio.timeout(_READY_SECONDS):
            while (facts := _said_ready(self.process.log)) is None:
                if not self.running:
                    raise RuntimeError(self.process.tail())
                await asyncio.sleep(_LOOK_SECONDS)
        self.facts = facts

    def emias_port(self) -> int:
        """Tell where EMIAS listens."""
        return urlsplit(self.facts["emias_url"]).port or 0


def _said_ready(log: Path) -> dict[str, str] | None:
    for line in log.read_text().splitlines():
        if line.startswith("{"):
            said: dict[str, Any] = json.loads(line)
            if said.get("event") == "ready":
                return said
    return None


async def _is_ready(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /health/ready HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n")
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()
