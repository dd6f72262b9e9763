"""What the handles of all engines can do: start, stop, die, freeze and come back on the same address."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar, Final, TypeVar

from demo.engines.account import choose_account
from demo.engines.home import discard, prepare_home
from demo.engines.lock import FolderLock
from demo.errors import DemoError
from demo.guarded import GuardedProcess
from demo.ports import free_port, require_free

__all__ = ["ENVIRONMENT", "Engine", "running"]

ENVIRONMENT: Final = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
_READY_SECONDS = 60.0
_LOOK_SECONDS = 0.02
_PORT_RACES = 3


class Engine(ABC):
    """A server on 127.0.0.1 whose life this process holds.

    A handle belongs to no event loop: a fixture of one loop may hand it to a test of another. The address stays the
    same from the first start on.

    Args:
        wanted: the folder to keep everything in.
        port: the port on 127.0.0.1; 0 chooses a free one.
    """

    name: ClassVar[str]
    slug: ClassVar[str]
    ladder: ClassVar[Sequence[tuple[signal.Signals, float]]]

    def __init__(self, wanted: Path, port: int) -> None:
        self.home = prepare_home(wanted, self.slug, choose_account())
        self.port = port
        self._chosen = port != 0
        self._process: GuardedProcess | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Give the address, password included, as clients expect it."""

    @abstractmethod
    def _prepare(self, lock: FolderLock) -> None:
        """Make ready on disk what a start needs; programs that help hold the lock meanwhile."""

    @abstractmethod
    def _argv(self) -> list[str]:
        """Say the command."""

    @abstractmethod
    def _answers(self) -> bool:
        """Say, by its own protocol, whether the server accepts clients."""

    @property
    def folder(self) -> Path:
        """Name the folder that holds data, password and log."""
        return self.home.folder

    @property
    def log(self) -> Path:
        """Name the server's log file."""
        return self.folder / "server.log"

    @property
    def pid(self) -> int | None:
        """Tell the server's process number, or None when it does not run."""
        return self._process.pid if self._process and self._process.running else None

    @property
    def guard_pid(self) -> int | None:
        """Tell the number of the process that ends the server when its owner is gone."""
        return self._process.guard_pid if self._process and self._process.running else None

    def start_now(self) -> None:
        """Start and wait until clients are accepted; nothing happens when it runs already.

        Raises:
            DemoError: ``engine_in_use``, ``port_busy``, ``engine_no_space``, ``engine_data_version``,
                ``engine_failed``, ``engine_binaries_missing``.
        """
        if self.pid is not None:
            return
        lock = FolderLock(self.folder, self.name)
        try:
            self._prepare(lock)
            self._launch(lock)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise DemoError("engine_no_space", folder=self.folder, need_mb=1, free_mb=0) from error
            raise DemoError("engine_folder_not_writable", folder=self.folder, reason=error.strerror) from error
        finally:
            lock.close()

    def stop_now(self) -> None:
        """Shut down in an orderly way and wait for the end; again and again is fine."""
        if self._process:
            self._process.stop()

    async def stop(self) -> None:
        """Shut down in an orderly way and wait for the end; again and again is fine."""
        await asyncio.to_thread(self.stop_now)

    async def start(self) -> None:
        """Start again on the same data and address after ``stop`` or ``kill``."""
        await asyncio.to_thread(self.start_now)

    async def restart(self) -> None:
        """Stop, then start again on the same address."""
        await self.stop()
        await self.start()

    async def kill(self) -> None:
        """End the server as a power cut would, and wait until all of its processes are gone."""
        if self._process:
            self._process.signal_tree(signal.SIGKILL)
            await asyncio.to_thread(self._process.wait)

    async def pause(self) -> None:
        """Freeze the server: connections stay open and nothing answers."""
        if self._process:
            await asyncio.to_thread(self._process.signal_tree, signal.SIGSTOP)

    async def resume(self) -> None:
        """Let a frozen server go on."""
        if self._process:
            await asyncio.to_thread(self._process.signal_tree, signal.SIGCONT)

    def _launch(self, lock: FolderLock) -> None:
        for left in reversed(range(_PORT_RACES)):
            if self._chosen:
                require_free(self.port, self.name)
            else:
                self.port = free_port()
            self._process = process = GuardedProcess(
                self._argv(),
                log=self.log,
                env=ENVIRONMENT,
                cwd=self.home.data,
                account=self.home.account.drop_to,
                ladder=self.ladder,
                keep=(lock.descriptor,),
            )
            if self._await_ready():
                self._chosen = True
                return
            reason = "время вышло / timeout" if process.running else f"status {process.status}"
            process.stop()
            if self._chosen or not left or "address already in use" not in process.tail().lower():
                raise self._failure(process, reason)

    def _await_ready(self) -> bool:
        deadline = time.monotonic() + _READY_SECONDS
        while self.pid is not None and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(_LOOK_SECONDS)
        return False

    def _failure(self, process: GuardedProcess, reason: str) -> DemoError:
        tail = process.tail()
        if "No space left on device" in tail:
            return DemoError("engine_no_space", folder=self.folder, need_mb=1, free_mb=0)
        return DemoError("engine_failed", engine=self.name, reason=reason, log=process.log, tail=tail)


AnyEngine = TypeVar("AnyEngine", bound=Engine)


@asynccontextmanager
async def running(make: Callable[[], AnyEngine], wanted: Path, *, keep: bool) -> AsyncIterator[AnyEngine]:
    """Start what ``make`` makes, stop it in the end, and remove its folder unless it is to be kept."""
    engine = await asyncio.to_thread(make)
    starting = asyncio.ensure_future(engine.start())
    try:
        # A thread cannot be cancelled: wait for its start, so that the stop finds what it started.
        await asyncio.shield(starting)
        yield engine
    finally:
        await asyncio.wait([starting])
        await engine.stop()
        # After a refused start the folder may be somebody else's at work.
        if not keep and not starting.cancelled() and starting.exception() is None:
            await asyncio.to_thread(discard, wanted, engine.slug)
