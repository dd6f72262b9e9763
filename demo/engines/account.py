"""Choose whom the engines run as: oneself, or under root somebody without rights."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.errors import DemoError

__all__ = ["Account", "choose_account"]

_UNPRIVILEGED = ("nobody", "postgres", "daemon", "www-data")
_SHELL = "/bin/sh"


@dataclass(frozen=True, slots=True)
class Account:
    """A user that engines run as."""

    uid: int
    gid: int
    dropped: bool

    @property
    def drop_to(self) -> tuple[int, int] | None:
        """Name the ids to change to, or None when this process already has them."""
        return (self.uid, self.gid) if self.dropped else None

    def can(self, path: Path, *tests: str) -> bool:
        """Ask the kernel, as this user, whether ``path`` passes the shell's file tests ``r``, ``w``, ``x``."""
        script = " && ".join(f'test -{test} "$1"' for test in tests)
        return _runs([_SHELL, "-c", script, "sh", str(path)], self.drop_to)


def choose_account(names: Sequence[str] = _UNPRIVILEGED) -> Account:
    """Stay who we are, or as root take the first unprivileged user that this system really lets us become.

    Raises:
        DemoError: ``engine_no_unprivileged_user``.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), dropped=False)
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0 and _runs([_SHELL, "-c", ":"], (entry.pw_uid, entry.pw_gid)):
            return Account(entry.pw_uid, entry.pw_gid, dropped=True)
    raise DemoError("engine_no_unprivileged_user", tried=", ".join(names))


def _runs(argv: list[str], drop_to: tuple[int, int] | None) -> bool:
    uid, gid = drop_to or (None, None)
    groups: list[int] | None = None if drop_to is None else []
    try:
        asked = subprocess.run(  # noqa: S603 - a fixed script; the path is an argument
            argv, check=False, cwd="/", user=uid, group=gid, extra_groups=groups, capture_output=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return asked.returncode == 0
