"""Hold one process so that it never outlives its owner; run as a program of its own, never imported by the held one.

A child that asks the kernel for a signal at its parent's death (``PR_SET_PDEATHSIG``) is bound to the parent's
*thread*, so a server started from a worker thread would die with it. Hence a guard between the two: it has one
thread, watches the owner by a pidfd and by the end of its own standard input, and is the parent whose death the held
process hears. It also adopts the orphans of what it holds (``PR_SET_CHILD_SUBREAPER``) and leaves only after the last.

A byte in that pipe asks for the end, as its closing does. The guard reports JSON lines on standard output.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

__all__ = ["Plan", "descendants", "main"]

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_ORPHANS_LEAVE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Describe the held process: its command, its user, and the signals that end it with the seconds each may take.

    ``uid`` and ``gid`` are those to drop to, or None to stay. ``keep`` are descriptors, such as a lock, that the
    guard holds till the end and the held process never sees. The last rung of ``ladder`` is followed by SIGKILL.
    ``given`` is a short text for its standard input.
    """

    argv: list[str]
    owner: int
    cwd: str | None = None
    uid: int | None = None
    gid: int | None = None
    ladder: list[tuple[int, float]] = field(default_factory=lambda: [(int(signal.SIGTERM), 15.0)])
    keep: list[int] = field(default_factory=list)
    given: str = ""

    def dumps(self) -> str:
        """Write the plan as the guard's only argument."""
        return json.dumps(asdict(self))


def descendants(pid: int) -> list[int]:
    """List the processes below ``pid``, parents before children."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                stat = (entry / "stat").read_text(errors="replace")
                parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found: list[int] = []
    queue = [pid]
    while queue:
        children = parents.get(queue.pop(0), [])
        found += children
        queue += children
    return found


def main() -> None:
    """Start what the plan names, wait for its end or the owner's, and leave with its status."""
    os.umask(0o077)
    plan = Plan(**json.loads(sys.argv[1]))
    for descriptor in plan.keep:
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - its only signature
    with _alarm() as alarm:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        owner = _watch(plan.owner)
        held = _Held(_spawn(plan), alarm)
        _report(pid=held.pid)
        if held.wait(None, owner) is None:
            held.climb_down(plan.ladder)
        held.sweep()
        _report(status=held.status)
    sys.exit(held.status)


class _Held:
    """The held process and what it left behind."""

    def __init__(self, pid: int, alarm: int) -> None:
        self.pid = pid
        self.status: int | None = None
        self._alarm = alarm

    def wait(self, seconds: float | None, owner: list[int]) -> int | None:
        """Wait for the end of the process, the time, a signal to the guard or the end of ``owner``."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while self._reap() and self.status is None:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select([self._alarm, *owner], [], [], left)
            asked = self._alarm in ready and set(os.read(self._alarm, 64)) - {signal.SIGCHLD}
            if not ready or (owner and (asked or set(ready) - {self._alarm})):
                self._reap()
                break
        return self.status

    def climb_down(self, ladder: list[tuple[int, float]]) -> None:
        """Send the signals one after another until the process has ended."""
        for number, seconds in [*ladder, (int(signal.SIGKILL), _ORPHANS_LEAVE_SECONDS)]:
            _send(number, [self.pid])
            _send(signal.SIGCONT, [self.pid, *descendants(self.pid)])
            if self.wait(seconds, []) is not None:
                return

    def sweep(self) -> None:
        """End the orphans of the process, mildly first, and wait for the last of them."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            left = descendants(os.getpid())
            _send(number, left)
            _send(signal.SIGCONT, left)
            deadline = time.monotonic() + _ORPHANS_LEAVE_SECONDS
            while self._reap() and (seconds := deadline - time.monotonic()) > 0:
                if select.select([self._alarm], [], [], seconds)[0]:
                    os.read(self._alarm, 64)

    def _reap(self) -> bool:
        """Collect ended processes; say whether any is left."""
        try:
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self.pid:
                    code = os.waitstatus_to_exitcode(ended[1])
                    self.status = code if code >= 0 else 128 - code
        except ChildProcessError:
            return False
        return True


def _spawn(plan: Plan) -> int:
    guard = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        _become(plan, guard)
    except OSError as error:
        os.write(2, f"{plan.argv[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _become(plan: Plan, guard: int) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    if plan.gid is not None:
        os.setgroups([])
        os.setgid(plan.gid)
    if plan.uid is not None:
        os.setuid(plan.uid)
    # The kernel forgets this wish when credentials change, so it comes after the drop.
    _prctl(_PR_SET_PDEATHSIG, plan.ladder[0][0])
    if os.getppid() != guard:
        os._exit(127)
    if plan.cwd is not None:
        os.chdir(plan.cwd)
    heard, said = os.pipe()
    os.write(said, plan.given.encode())
    os.close(said)
    os.dup2(heard, 0)
    os.dup2(2, 1)
    os.execvpe(plan.argv[0], plan.argv, os.environ)  # noqa: S606 - the owner's own command, without a shell


def _watch(owner: int) -> list[int]:
    watched = [sys.stdin.fileno()]
    # Before Linux 5.3 there is no pidfd; the end of the pipe then has to do.
    with suppress(OSError):
        watched.append(os.pidfd_open(owner))
    if os.getppid() != owner:
        sys.exit(0)
    return watched


@contextmanager
def _alarm() -> Iterator[int]:
    heard, said = os.pipe()
    os.set_blocking(said, False)
    signal.set_wakeup_fd(said, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    yield heard
    signal.set_wakeup_fd(-1)


def _send(number: int, pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _report(**facts: int | None) -> None:
    with suppress(BrokenPipeError):
        os.write(1, (json.dumps(facts) + "\n").encode())


if __name__ == "__main__":
    main()
