"""Choose loopback ports, and name whoever holds a busy one."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

from demo.errors import DemoError

__all__ = ["free_port", "holder_of", "require_free"]

_LOOPBACK = "127.0.0.1"
_LISTENING = "0A"


def free_port() -> int:
    """Choose a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def require_free(port: int, use: str, variable: str = "") -> None:
    """Refuse a port that is taken.

    Args:
        port: the port on 127.0.0.1.
        use: what it is wanted for.
        variable: the environment variable that chooses another, if there is one.

    Raises:
        DemoError: ``port_busy``, naming the holder as far as it can be seen.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError as error:
            holder = holder_of(port) or error.strerror
            choice = f": {variable}=…" if variable else ""
            raise DemoError("port_busy", port=port, use=use, holder=holder, variable=choice) from None


def holder_of(port: int) -> str | None:
    """Name the process that listens on a port, or None when it cannot be seen."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for process in Path("/proc").iterdir() if sockets else ():
        if process.name.isdigit():
            with suppress(OSError):
                if any(str(link.readlink()) in sockets for link in (process / "fd").iterdir()):
                    return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return None


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    found.add(fields[9])
    return found
