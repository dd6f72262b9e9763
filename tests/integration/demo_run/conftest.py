"""One detached demo for the whole folder, on free ports, in a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

_PORTS = ("GATEWAY", "INTERNAL", "ADMIN", "SITE", "CONTROL", "SYNC", "EMIAS", "ESIA")
REPOSITORY = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """A demo that is ready: its folder, and the values of its `.demo/env`."""

    folder: Path
    values: dict[str, str]

    def gateway(self) -> httpx.Client:
        """Return a client that speaks to the gateway as the site does."""
        return httpx.Client(
            base_url=self.values["GATEWAY_URL"],
            headers={"Authorization": f"Bearer {self.values['API_KEY']}", "Accept-Language": "en"},
            timeout=30,
            trust_env=False,
        )

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Tell the simulated EMIAS something (a body, even an empty one) or ask it."""
        url = f"{self.values['SIMULATOR_CONTROL_URL']}/control/{path}"
        answer = httpx.get(url, trust_env=False) if body is None else httpx.post(url, json=body, trust_env=False)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def make_emias_well(self) -> None:
        """Forget the planned faults and let EMIAS listen."""
        httpx.delete(f"{self.values['SIMULATOR_CONTROL_URL']}/control/faults", trust_env=False).raise_for_status()
        self.control("start", {})

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the demo's folder."""
        return subprocess.run(  # noqa: S603 - our own words
            words, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False
        )


def demo_environment() -> dict[str, str]:
    """Return an environment whose every demo port is free, with no outside engine."""
    with ExitStack() as stack:
        sockets = {name: stack.enter_context(socket.socket()) for name in _PORTS}
        for each in sockets.values():
            each.bind(("127.0.0.1", 0))
        ports = {f"DEMO_{name}_PORT": str(each.getsockname()[1]) for name, each in sockets.items()}
    inherited = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    return inherited | ports


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """Start the demo once, as a person would, and stop it at the end."""
    with started_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@contextmanager
def started_demo(folder: Path, **environment: str) -> Iterator[RunningDemo]:
    """Start a demo in a folder, with these variables beside the usual ones, and stop it at the end."""
    words = [sys.executable, "-m", "gateway", "demo"]
    started = subprocess.run(  # noqa: S603 - our own words
        [*words, "--detach"],
        cwd=folder,
        env=demo_environment() | environment,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert started.returncode == 0, started.stdout + started.stderr
    lines = (folder / ".demo" / "env").read_text(encoding="utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    try:
        yield RunningDemo(folder, {name: value.strip("'\"") for name, value in values.items()})
    finally:
        stopped = subprocess.run(  # noqa: S603 - our own words
            [*words, "--stop"], cwd=folder, capture_output=True, text=True, timeout=90, check=False
        )
        assert stopped.returncode == 0, stopped.stdout + stopped.stderr
