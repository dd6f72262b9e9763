"""Bring up children one after another, know when each is ready, and notice the first that ends."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, assert_never
from urllib.parse import urlsplit

from demo.errors import DemoError
from demo.guarded import GuardedProcess

__all__ = ["Answers", "Child", "Ends", "Ready", "Runs", "Says", "Supervisor", "Watched"]

_READY_SECONDS = 120.0
_LOOK_SECONDS = 0.1
_PROBE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Answers:
    """Ready when ``url`` answers with success, or sends the caller on to another page."""

    url: str


@dataclass(frozen=True, slots=True)
class Says:
    """Ready when it prints a JSON line with this ``event``; the line's other members are facts for later children."""

    event: str


@dataclass(frozen=True, slots=True)
class Ends:
    """Ready when it has ended with status 0; ``shown`` on the terminal instead of in a log."""

    shown: bool = False


@dataclass(frozen=True, slots=True)
class Runs:
    """Ready as soon as it runs."""


Ready: TypeAlias = Answers | Says | Ends | Runs


@dataclass(frozen=True, slots=True)
class Child:
    """A process of the rehearsal; ``env`` is its whole environment, ``title`` what people are told it is."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    ready: Ready
    title: str = ""


class Watched(Protocol):
    """What the supervisor needs of a process, or of an engine, to notice its end."""

    @property
    def guard_pid(self) -> int | None:
        """Name the process that ends last."""

    @property
    def log(self) -> Path:
        """Name the log."""


class Supervisor:
    """Own the children of one rehearsal."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[tuple[str, GuardedProcess]] = []

    async def bring_up(self, child: Child) -> dict[str, str]:
        """Start a child, wait until it is ready and tell the facts that it said.

        Raises:
            DemoError: ``child_failed``, with the exit status and the last lines of the log.
        """
        shown = isinstance(child.ready, Ends) and child.ready.shown
        try:
            process = GuardedProcess(child.argv, log=self.log_of(child.name), env=child.env, shown=shown)
        except OSError as error:
            raise _failed(child.name, error.strerror or str(error), self.log_of(child.name), "") from error
        self._running.append((child.name, process))
        facts = await self._await_ready(child, process)
        if isinstance(child.ready, Ends):
            await self._end(child.name, process)
        return facts

    async def watch(self, engines: Mapping[str, Watched]) -> None:
        """Wait for the first child or engine to end, which none should.

        Raises:
            DemoError: ``child_failed``, always.
        """
        watched: dict[str, Watched] = {**engines, **dict(self._running)}
        ends = {asyncio.create_task(_end_of(each.guard_pid)): name for name, each in watched.items()}
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
        name = ends[done.pop()]
        process = dict(self._running).get(name)
        status = f"status {process.status}" if process else "завершился / ended"
        raise _failed(name, status, watched[name].log, process.tail() if process else "")

    async def stop(self) -> None:
        """End all children, the last started first."""
        while self._running:
            await self._end(*self._running[-1])

    def log_of(self, name: str) -> Path:
        """Name the log of a child."""
        return self._logs / f"{name}.log"

    async def _end(self, name: str, process: GuardedProcess) -> None:
        await asyncio.to_thread(process.stop)
        self._running.remove((name, process))

    async def _await_ready(self, child: Child, process: GuardedProcess) -> dict[str, str]:
        loop = asyncio.get_running_loop()
        deadline = None if isinstance(child.ready, Ends) else loop.time() + _READY_SECONDS
        while True:
            running = process.running
            facts = await _facts_when_ready(child.ready, process)
            if facts is not None:
                return facts
            if not running:
                raise _failed(child.name, f"status {process.status}", process.log, process.tail())
            if deadline and loop.time() > deadline:
                late = f"не готов за {_READY_SECONDS:.0f} с / not ready in time"
                raise _failed(child.name, late, process.log, process.tail())
            await asyncio.sleep(_LOOK_SECONDS)


async def _facts_when_ready(ready: Ready, process: GuardedProcess) -> dict[str, str] | None:
    match ready:
        case Answers(url):
            return {} if process.running and await asyncio.to_thread(_answers, url) else None
        case Says(event):
            return _said(process.log, event)
        case Ends():
            return {} if process.status == 0 else None
        case Runs():
            return {} if process.running else None
        case _:
            assert_never(ready)


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PROBE_SECONDS)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < http.HTTPStatus.BAD_REQUEST
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _said(log: Path, event: str) -> dict[str, str] | None:
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        with suppress(ValueError):
            said = json.loads(line)
            if isinstance(said, dict) and said.get("event") == event:
                return {key: str(value) for key, value in said.items()}
    return None


async def _end_of(pid: int | None) -> None:
    """Wait for the end of a process without a thread."""
    if pid is None:
        return
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def _failed(name: str, reason: str, log: Path, tail: str) -> DemoError:
    return DemoError("child_failed", name=name, reason=reason, log=log, tail=tail)
