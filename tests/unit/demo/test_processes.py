"""Children come up in order, are known to be ready, and are all gone in the end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from demo.errors import DemoError
from demo.guard import descendants
from demo.guarded import GuardedProcess
from demo.places import Place
from demo.ports import free_port
from demo.processes import Answers, Child, Ends, Ready, Runs, Says, Supervisor

_SERVE = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
_WAIT = "import signal; signal.pause()"


def _child(name: str, ready: Ready, code: str, *arguments: object) -> Child:
    argv = [sys.executable, "-I", "-S", "-u", "-c", code, *map(str, arguments)]
    return Child(name, argv, {"PATH": os.defpath}, ready)


@pytest.fixture
async def supervisor(place: Place) -> AsyncIterator[Supervisor]:
    """A supervisor that stops what a test leaves."""
    supervisor = Supervisor(place.logs)
    yield supervisor
    await supervisor.stop()


async def test_a_server_is_ready_when_it_answers_200(supervisor: Supervisor) -> None:
    """Bring-up returns once the health page answers."""
    port = free_port()
    await supervisor.bring_up(_child("web", Answers(f"http://127.0.0.1:{port}/health/ready"), _SERVE, port))
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


async def test_a_ready_line_hands_its_facts_on(supervisor: Supervisor) -> None:
    """Other lines are passed over, and the members of the ready line are returned."""
    said = json.dumps({"event": "ready", "site_url": "http://127.0.0.1:1"})
    facts = await supervisor.bring_up(_child("stand-in", Says("ready"), f"print('starting'); print({said!r}); {_WAIT}"))
    assert facts["site_url"] == "http://127.0.0.1:1"


async def test_a_step_that_fails_shows_its_last_lines(supervisor: Supervisor) -> None:
    """A failing step is reported by name, status and log."""
    with pytest.raises(DemoError, match="no such table") as failed:
        await supervisor.bring_up(_child("migrate", Ends(), "import sys; sys.exit('no such table')"))
    assert failed.value.facts["name"] == "migrate"
    assert failed.value.facts["reason"] == "status 1"


async def test_a_server_that_ends_before_it_is_ready_is_reported(supervisor: Supervisor) -> None:
    """A server that dies on its way up does not have to be waited for."""
    with pytest.raises(DemoError, match="status 3"):
        await supervisor.bring_up(_child("web", Answers("http://127.0.0.1:1/"), "raise SystemExit(3)"))


async def test_a_missing_program_is_reported(supervisor: Supervisor) -> None:
    """A command that cannot be started is named."""
    with pytest.raises(DemoError, match="No such file"):
        await supervisor.bring_up(Child("web", ["/nonexistent/program"], {}, Ends()))


async def test_the_first_child_to_end_ends_the_watch(supervisor: Supervisor) -> None:
    """The watch names the child that ended and its signal."""
    await supervisor.bring_up(_child("steady", Runs(), _WAIT))
    said = "import json, os; print(json.dumps({'event': 'ready', 'pid': os.getpid()})); " + _WAIT
    facts = await supervisor.bring_up(_child("doomed", Says("ready"), said))
    watch = asyncio.create_task(supervisor.watch({}))
    os.kill(int(facts["pid"]), signal.SIGKILL)
    with pytest.raises(DemoError, match="doomed: status 137"):
        await watch


async def test_children_end_in_reverse_order(supervisor: Supervisor, tmp_path: Path) -> None:
    """The last one started is told to end first, and has ended before the next is told."""
    ended = tmp_path / "ended"
    code = (
        "import signal, sys\ndef end(*_):\n    print(sys.argv[2], file=open(sys.argv[1], 'a')); sys.exit()\n"
        'signal.signal(signal.SIGTERM, end); print(\'{"event": "ready"}\'); signal.pause()'
    )
    for name in ("first", "second", "third"):
        await supervisor.bring_up(_child(name, Says("ready"), code, ended, name))
    await supervisor.stop()
    assert ended.read_text().split() == ["third", "second", "first"]


def test_children_of_children_end_too(tmp_path: Path) -> None:
    """What a killed child leaves behind is ended with it."""
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-I', '-S', '-c', {_WAIT!r}]).wait()"
    log = tmp_path / "log"
    process = GuardedProcess([sys.executable, "-I", "-S", "-c", code], log=log, env={"PATH": os.defpath})
    while not descendants(process.pid):
        os.sched_yield()
    left = descendants(process.pid)
    process.signal(signal.SIGKILL)
    assert process.wait(30) == 128 + signal.SIGKILL
    assert not any(Path(f"/proc/{pid}").exists() for pid in left)


def test_a_child_that_will_not_listen_is_killed(tmp_path: Path) -> None:
    """After the last rung of the ladder comes SIGKILL."""
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf')\nwhile True: signal.pause()"
    log = tmp_path / "log"
    argv = [sys.executable, "-I", "-S", "-u", "-c", code]
    process = GuardedProcess(argv, log=log, env={"PATH": os.defpath}, ladder=[(signal.SIGTERM, 0.1)])
    while "deaf" not in log.read_text():
        os.sched_yield()
    assert process.stop() == 128 + signal.SIGKILL
    assert process.stop() == 128 + signal.SIGKILL


def test_the_log_before_is_kept(tmp_path: Path) -> None:
    """A new start begins a new log and keeps the last one."""
    log = tmp_path / "web.log"
    for word in ("first", "second"):
        assert GuardedProcess(["/bin/sh", "-c", f"echo {word}"], log=log, env={}).wait(30) == 0
    assert log.read_text() == "second\n"
    assert (tmp_path / "web.log.1").read_text() == "first\n"
