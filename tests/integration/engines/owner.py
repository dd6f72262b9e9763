"""A process that owns engines, for tests that end it in every way."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path

import pytest

__all__ = ["Owner", "await_end"]

CHECKOUT = Path(__file__).parents[3]
SITE = Path(sysconfig.get_path("purelib"))
_PATIENCE_SECONDS = 30.0


def await_end(pid: int | None) -> bool:
    """Wait for the end of a process that need not be our child."""
    assert pid is not None
    with suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        try:
            return bool(select.select([descriptor], [], [], _PATIENCE_SECONDS)[0])
        finally:
            os.close(descriptor)
    return True


class Owner:
    """A process of its own that starts engines by the given script.

    Args:
        script: Python code; what it prints can be heard, and its standard input ends when it is to end.
        arguments: its ``sys.argv[1:]``.
        account: the user and group to run as, or None to stay who we are.
        site: the folder to import the engines' wheels from, if not the usual one.
    """

    def __init__(
        self, script: str, *arguments: object, account: tuple[int, int] | None = None, site: Path | None = None
    ) -> None:
        user, group = account or (None, None)
        path = os.pathsep.join(map(str, (CHECKOUT, *([site] if site else [SITE]))))
        self.process = subprocess.Popen(  # noqa: S603 - the test's own script
            [_interpreter(account), "-c", script, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": path},
            user=user,
            group=group,
            extra_groups=None if account is None else [],
        )

    def hear(self) -> str:
        """Read the next line that the owner says."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self, *, violently: bool = False) -> None:
        """End the owner: by kill -9, or by letting its script go on."""
        if violently:
            self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        self.process.wait(_PATIENCE_SECONDS)


def _interpreter(account: tuple[int, int] | None) -> str:
    """Find a Python that the account may run: under root ours may lie in root's home."""
    if account is None:
        return sys.executable
    for candidate in (sys.executable, "/usr/bin/python3"):
        with suppress(OSError):
            uid, gid = account
            subprocess.run(  # noqa: S603 - does nothing but start
                [candidate, "-c", ""], check=True, user=uid, group=gid, extra_groups=[], cwd="/"
            )
            return candidate
    pytest.skip("no interpreter that an unprivileged user may run")
