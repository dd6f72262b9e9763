"""Start a process under the guard and hold the owner's end of it."""

from __future__ import annotations

import json
import os
import signal as signals
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from demo import guard

__all__ = ["GuardedProcess"]

_TAIL_LINES = 15


class GuardedProcess:
    """A process that ends when it is told to, or when this owner ends in whatever way.

    Its standard output and error go to ``log``, or to ours when ``shown``; the log before is kept beside it. It
    belongs to no event loop or thread: any may call any method.

    Raises:
        OSError: the log cannot be written, or the interpreter cannot be started.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str],
        cwd: Path | None = None,
        account: tuple[int, int] | None = None,
        ladder: Sequence[tuple[signals.Signals, float]] = ((signals.SIGTERM, 15.0),),
        keep: Sequence[int] = (),
        shown: bool = False,
        given: str = "",
    ) -> None:
        self.log = log
        self._patience = sum(seconds for _, seconds in ladder) + 15.0
        uid, gid = account or (None, None)
        rungs = [(int(number), seconds) for number, seconds in ladder]
        plan = guard.Plan(list(argv), os.getpid(), str(cwd) if cwd else None, uid, gid, rungs, list(keep), given)
        with _terminal() if shown else _fresh(log) as output:
            self._guard = subprocess.Popen(  # noqa: S603 - the interpreter runs our own module
                [sys.executable, "-I", "-S", guard.__file__, plan.dumps()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                env=dict(env),
                pass_fds=keep,
                start_new_session=True,
                bufsize=0,
            )
        self.pid: int = self._hear().get("pid") or self._guard.pid

    @property
    def guard_pid(self) -> int:
        """Name the guard's own process."""
        return self._guard.pid

    @property
    def running(self) -> bool:
        """Say whether the process, or anything it left behind, still runs."""
        return self._guard.poll() is None

    @property
    def status(self) -> int | None:
        """Tell the exit status, 128 + n after signal n, or None while it runs."""
        return self._guard.poll()

    def signal(self, number: signals.Signals) -> None:
        """Send a signal to the process alone; one that has ended gets none."""
        if self.running:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def signal_tree(self, number: signals.Signals) -> None:
        """Send a signal to the process and all below it."""
        for pid in [self.pid, *guard.descendants(self.pid)] if self.running else []:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def stop(self) -> int:
        """Ask for the end, wait for it and tell the exit status; a second call only tells it.

        Raises:
            TimeoutError: the guard itself does not answer.
        """
        if self._guard.stdin and not self._guard.stdin.closed:
            # A fork of this process may hold the pipe open, hence the byte.
            with suppress(BrokenPipeError):
                self._guard.stdin.write(b"\n")
            self._guard.stdin.close()
        return self.wait(self._patience)

    def wait(self, seconds: float | None = None) -> int:
        """Wait until the process and all it left behind have ended.

        Raises:
            TimeoutError: they still run after ``seconds``.
        """
        try:
            status = self._guard.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"process {self.pid} still runs after {seconds} s") from None
        for pipe in (self._guard.stdin, self._guard.stdout):
            if pipe:
                pipe.close()
        return status

    def tail(self) -> str:
        """Read the last lines of the log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:])
        except OSError:
            return ""

    def _hear(self) -> dict[str, int]:
        line = self._guard.stdout.readline() if self._guard.stdout else b""
        return dict(json.loads(line)) if line else {}


def _terminal() -> BinaryIO:
    return os.fdopen(os.dup(1), "ab", buffering=0)


def _fresh(log: Path) -> BinaryIO:
    with suppress(FileNotFoundError):
        log.replace(log.with_name(log.name + ".1"))
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600), "ab", buffering=0)
