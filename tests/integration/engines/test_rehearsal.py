"""The whole rehearsal of a tiny product: up, ready, down, in the foreground and detached, whatever kills it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.engines import discard
from demo.guard import descendants
from demo.places import Place
from demo.ports import free_port
from demo.presence import running_demo
from demo.stack import run_detached, run_stop
from tests.integration.engines.owner import CHECKOUT, await_end

_PROGRAM = [sys.executable, "-c", "from tests.integration.engines.fake_product import main; main()"]
_PORTS = ("GATEWAY", "INTERNAL", "ADMIN", "SITE", "CONTROL", "SYNC", "EMIAS", "ESIA")


class Rehearsal:
    """A rehearsal in a process of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [*_PROGRAM, str(folder)],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until_ready(self) -> list[int]:
        """Wait until everything is ready and list all processes below."""
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            if line == "READY\n":
                return descendants(self.process.pid)
            said.append(line)
        pytest.fail("not ready: " + "".join(said))

    def end(self, number: signal.Signals | None) -> tuple[int, str]:
        """Send a signal, and tell the exit status and what was said until then."""
        if number is not None:
            self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=60)
        return self.process.returncode, said


@pytest.fixture
def place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A place with free ports, whose engines are removed in the end."""
    for name in _PORTS:
        monkeypatch.setenv(f"DEMO_{name}_PORT", str(free_port()))
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(CHECKOUT)
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    place = Place(folder / "demo")
    yield place
    assert run_stop(place.folder) == 0
    for engine in ("postgres", "valkey"):
        discard(place.engines, engine)


def _sourced(place: Place) -> dict[str, str]:
    return dict(line.split("=", 1) for line in place.env_file.read_text().splitlines())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_all_comes_up_and_goes_down_at_a_signal(place: Place, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end everything with status 0, and a second start finds what the first one made."""
    for steps in ("migrate keys users first-sync", "migrate first-sync"):
        rehearsal = Rehearsal(place.folder)
        pids = rehearsal.until_ready()
        assert (place.folder / "steps").read_text().split() == steps.split()
        (place.folder / "steps").unlink()
        assert _sourced(place)["API_KEY"] == "egw_1_made-up"
        assert rehearsal.end(number)[0] == 0
        assert all(await_end(pid) for pid in pids)


def test_the_first_booking_can_be_run(place: Place) -> None:
    """The dialogue that was written down ends with the ticket."""
    rehearsal = Rehearsal(place.folder)
    rehearsal.until_ready()
    booked = subprocess.run([place.dialogue], capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    assert booked.returncode == 0, booked.stderr
    assert booked.stdout.splitlines()[-1] == "TALON-7756410885000127"
    rehearsal.end(signal.SIGTERM)


def test_a_killed_supervisor_leaves_nothing_and_the_next_starts_at_once(place: Place) -> None:
    """After kill -9 every child and engine ends, while the next start waits for their ports."""
    rehearsal = Rehearsal(place.folder)
    pids = rehearsal.until_ready()
    rehearsal.end(signal.SIGKILL)
    following = Rehearsal(place.folder)
    following.until_ready()
    assert all(await_end(pid) for pid in pids)
    assert following.end(signal.SIGTERM)[0] == 0


def test_a_child_that_dies_ends_the_rehearsal(place: Place) -> None:
    """The name and the status of the child are said, and the rest goes down."""
    rehearsal = Rehearsal(place.folder)
    pids = rehearsal.until_ready()
    gateway = next(pid for pid in pids if "import serve" in Path(f"/proc/{pid}/cmdline").read_text().split("{")[0])
    os.kill(gateway, signal.SIGKILL)
    status, said = rehearsal.end(None)
    assert status == 1
    assert "child_failed" in said
    assert "gateway: status 137" in said
    assert all(await_end(pid) for pid in pids)


def test_a_busy_port_is_named_before_anything_starts(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A taken port is named with its variable, and no engine has been started by then."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        monkeypatch.setenv("DEMO_ADMIN_PORT", port)
        status, said = Rehearsal(place.folder).end(None)
    assert status == 1
    assert port in said
    assert "DEMO_ADMIN_PORT" in said
    assert not place.engines.exists()


def test_detached_it_runs_on_until_it_is_stopped(place: Place) -> None:
    """A detached run comes back when ready, refuses a second one by its number, and stops when told."""
    command = [*_PROGRAM, str(place.folder)]
    assert run_detached(place.folder, command) == 0
    holder = running_demo(place)
    assert holder is not None
    pids = descendants(holder.pid)
    status, said = Rehearsal(place.folder).end(None)
    assert status == 1
    assert str(holder.pid) in said
    assert run_stop(place.folder) == 0
    assert not holder.alive
    assert all(await_end(pid) for pid in pids)


def test_servers_of_ones_own_replace_the_engines(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """With both addresses in the environment no engine is started, and they are written down as they are."""
    own = {"DATABASE_URL": "postgresql://me:secret@db.example/gateway", "REDIS_URL": "redis://cache.example/1"}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    rehearsal = Rehearsal(place.folder)
    rehearsal.until_ready()
    assert not place.engines.exists()
    assert own.items() <= _sourced(place).items()
    assert rehearsal.end(signal.SIGTERM)[0] == 0


def test_a_key_that_the_gateway_has_forgotten_is_made_anew(place: Place) -> None:
    """When the database was made anew behind our back, the next start makes key and administrator again."""
    rehearsal = Rehearsal(place.folder)
    rehearsal.until_ready()
    rehearsal.end(signal.SIGTERM)
    (place.folder / "steps").unlink()
    place.api_key.write_text("egw_1_forgotten")
    rehearsal = Rehearsal(place.folder)
    rehearsal.until_ready()
    assert (place.folder / "steps").read_text().split() == ["migrate", "first-sync", "keys", "users"]
    assert _sourced(place)["API_KEY"] == "egw_1_made-up"
    rehearsal.end(signal.SIGTERM)


def test_detached_it_says_why_it_could_not(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A detached run that fails on its way up comes back with a status other than 0."""
    monkeypatch.setenv("FAKE_KEY", "no key")
    assert run_detached(place.folder, [*_PROGRAM, str(place.folder)]) == 1
    assert running_demo(place) is None
