"""Let one owner at a time use a folder, and tell a live owner from one that was killed."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

from demo.errors import DemoError
from demo.identity import ProcessIdentity

__all__ = ["FolderLock", "await_gone"]

_LEAVING_SECONDS = 30.0
_LOOK_SECONDS = 0.05


class FolderLock:
    """A lock that the guard shares, so that it outlasts a killed owner until the engine has ended.

    Raises:
        DemoError: ``engine_in_use``, naming the process.
    """

    def __init__(self, folder: Path, engine: str) -> None:
        self.descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        await_gone(lambda: self._take() or self._live_owner() is not None)
        if not self._take():
            owner = self._live_owner()
            os.close(self.descriptor)
            raise DemoError("engine_in_use", engine=engine, folder=folder, pid=owner.pid if owner else "?")
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, str(ProcessIdentity.of(os.getpid())).encode(), 0)

    def close(self) -> None:
        """Give up the owner's share."""
        os.close(self.descriptor)

    def _take(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _live_owner(self) -> ProcessIdentity | None:
        owner = ProcessIdentity.parse(os.pread(self.descriptor, 64, 0).decode())
        return owner if owner and owner.alive else None


def await_gone(gone: Callable[[], bool]) -> bool:
    """Look until ``gone`` is true; give up after the time that a killed owner's engine may take to end."""
    deadline = time.monotonic() + _LEAVING_SECONDS
    while not gone():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True
