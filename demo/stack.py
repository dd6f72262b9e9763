"""The command ``emias-gateway demo``: run in the foreground, detach, stop; what runs stands in ``table.py``."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from demo.console import show_failure
from demo.errors import DemoError
from demo.places import Place
from demo.presence import running_demo, stop_demo
from demo.rehearsal import rehearse
from demo.table import PRODUCT, Script

__all__ = ["main", "report_ready", "run_detached", "run_foreground", "run_stop"]

_READY = b"ready\n"


def main(*, detach: bool, stop: bool, folder: Path = Path(".demo")) -> int:
    """Do what ``emias-gateway demo`` was asked, in the working folder; tell the exit status."""
    if stop:
        return run_stop(folder)
    return run_detached(folder) if detach else run_foreground(folder)


def run_foreground(
    folder: Path,
    environment: Mapping[str, str] | None = None,
    script: Script = PRODUCT,
    on_ready: Callable[[], None] = lambda: None,
) -> int:
    """Run until SIGINT or SIGTERM; tell the exit status, 1 when something went wrong.

    Args:
        folder: where to keep files; a relative one is taken from the working folder.
        environment: what to start from instead of this process's environment.
        script: what to run beside the engines.
        on_ready: called once when everything is ready.
    """
    console = Console()
    given = os.environ if environment is None else environment
    try:
        asyncio.run(_until_told(rehearse(Place(folder.absolute()), given, script, console, on_ready)))
    except DemoError as error:
        show_failure(console, error)
        return 1
    console.print("Остановлено / Stopped")
    return 0


def run_detached(folder: Path, command: list[str] | None = None) -> int:
    """Start the foreground run in a session of its own; come back when it is ready, or with 1 when it is not.

    Args:
        folder: as in ``run_foreground``.
        command: what to start instead of ``python -m demo``; it writes ``ready`` to the descriptor it is given last.
    """
    heard, said = os.pipe()
    argv = command or [sys.executable, "-m", "demo", "--folder", str(folder.absolute()), "--report-to"]
    with os.fdopen(heard, "rb") as report:
        started = subprocess.Popen(  # noqa: S603 - our own command
            [*argv, str(said)], stdin=subprocess.DEVNULL, pass_fds=[said], start_new_session=True
        )
        os.close(said)
        try:
            if report.read() == _READY:
                started.returncode = 0  # it is nobody's child from here on
                return 0
        except KeyboardInterrupt:
            started.terminate()
    return started.wait() or 1


def run_stop(folder: Path) -> int:
    """Stop what runs in the folder and wait for its end; nothing running is fine."""
    console = Console()
    place = Place(folder.absolute())
    holder = running_demo(place)
    try:
        stopped = stop_demo(place)
    except DemoError as error:
        show_failure(console, error)
        return 1
    number = holder.pid if holder and stopped else "-"
    console.print(f"Остановлено / Stopped ({number})" if stopped else "Демонстрация не запущена / No demo is running")
    return 0


def report_ready(place: Place, descriptor: int) -> None:
    """Tell who waits for a detached run that it is ready, and leave the terminal for a log."""
    os.write(descriptor, _READY)
    os.close(descriptor)
    log = os.open(place.logs / "demo.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    for terminal in (1, 2):
        os.dup2(log, terminal)
    os.close(log)


async def _until_told(work: Coroutine[object, object, None]) -> None:
    """Cancel the work at the first SIGINT or SIGTERM; later ones do not disturb the way down."""
    running = asyncio.ensure_future(work)
    told = False

    def tell() -> None:
        nonlocal told
        if not told:
            told = True
            running.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, tell)
    with suppress(asyncio.CancelledError):
        await running
