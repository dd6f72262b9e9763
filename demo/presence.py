"""Know whether a rehearsal runs in a folder, and end it."""

from __future__ import annotations

import fcntl
import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from demo.errors import DemoError
from demo.identity import ProcessIdentity
from demo.places import Place

__all__ = ["presence", "running_demo", "stop_demo"]

_STOP_SECONDS = 90


@contextmanager
def presence(place: Place) -> Iterator[bool]:
    """Hold the place for this process; yield whether the one before was killed and may still be leaving.

    Raises:
        DemoError: ``demo_running``, naming the process.
    """
    descriptor = os.open(place.pid_file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = running_demo(place)
            raise DemoError("demo_running", pid=holder.pid if holder else "?") from None
        was_killed = bool(os.pread(descriptor, 1, 0))
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{ProcessIdentity.of(os.getpid())}\n".encode(), 0)
        try:
            yield was_killed
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def running_demo(place: Place) -> ProcessIdentity | None:
    """Look who holds the place; a number that now belongs to another process counts for nobody."""
    try:
        identity = ProcessIdentity.parse(place.pid_file.read_text())
    except OSError:
        return None
    return identity if identity and identity.alive else None


def stop_demo(place: Place) -> bool:
    """End the rehearsal of this place and wait until all of it has ended; say whether there was one.

    Raises:
        DemoError: ``demo_not_stopping``.
    """
    holder = running_demo(place)
    if holder is None:
        return False
    with suppress(ProcessLookupError):
        descriptor = os.pidfd_open(holder.pid)
        try:
            signal.pidfd_send_signal(descriptor, signal.SIGTERM)
            if not select.select([descriptor], [], [], _STOP_SECONDS)[0]:
                raise DemoError("demo_not_stopping", pid=holder.pid, seconds=_STOP_SECONDS)
        finally:
            os.close(descriptor)
    return True
