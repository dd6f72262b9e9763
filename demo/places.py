"""Where the rehearsal keeps its files, and which ports it takes."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from demo.errors import DemoError
from demo.ports import require_free

__all__ = ["Place", "Ports", "fernet_key", "read_ports", "write_private"]


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports on 127.0.0.1; each is overridden by ``DEMO_<NAME>_PORT``. 0, for the engines only, chooses a free one."""

    gateway: int = 8080
    internal: int = 8081
    admin: int = 8082
    site: int = 8083
    control: int = 8084
    sync: int = 8085
    emias: int = 8443
    esia: int = 8086
    postgres: int = 0
    redis: int = 0

    @property
    def all_free(self) -> bool:
        """Say whether nobody listens on any of the ports."""
        try:
            self.require_free()
        except DemoError:
            return False
        return True

    def require_free(self) -> None:
        """Refuse to begin while any of the ports is taken.

        Raises:
            DemoError: ``port_busy``, naming the holder and the variable that chooses another port.
        """
        for field in fields(self):
            if port := getattr(self, field.name):
                require_free(port, field.name, _variable(field.name))


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one rehearsal, ``.demo`` by default; its files are the owner's alone."""

    folder: Path

    @property
    def engines(self) -> Path:
        """Name the folder of PostgreSQL and Valkey."""
        return self.folder / "engines"

    @property
    def logs(self) -> Path:
        """Name the folder of the children's logs."""
        return self.folder / "logs"

    @property
    def pki(self) -> Path:
        """Name the folder of the certificates that the simulator makes."""
        return self.folder / "pki"

    @property
    def pid_file(self) -> Path:
        """Name the file that tells the supervisor's process."""
        return self.folder / "demo.pid"

    @property
    def env_file(self) -> Path:
        """Name the file of addresses and keys, for the shell."""
        return self.folder / "env"

    @property
    def dialogue(self) -> Path:
        """Name the script of the first booking."""
        return self.folder / "first-booking.sh"

    @property
    def api_key(self) -> Path:
        """Name the file of the site's API key, which the stand-in site reads too."""
        return self.folder / "api-key"

    @property
    def prepared(self) -> Path:
        """Name the file that tells which database has its key and its administrator."""
        return self.folder / "prepared"

    def make(self) -> None:
        """Make the folders.

        Under root the engines' user must pass through to its data, hence 0711 instead of 0700.

        Raises:
            DemoError: ``engine_folder_not_writable``.
        """
        try:
            if not self.folder.exists():
                self.folder.mkdir(parents=True)
                self.folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
            self.logs.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise DemoError("engine_folder_not_writable", folder=self.folder, reason=error.strerror) from error

    def password(self, user: str) -> Path:
        """Name the file of a user's password for the admin, made at the first call."""
        return self.secret(f"{user}-password")

    def secret(self, name: str, make: Callable[[], str] = secrets.token_urlsafe) -> Path:
        """Name the file of a secret, made at the first call."""
        path = self.folder / name
        if not path.exists():
            write_private(path, make())
        return path


def read_ports(environment: Mapping[str, str]) -> Ports:
    """Read the ports from the environment.

    Raises:
        DemoError: ``port_invalid``.
    """
    chosen = {}
    for field in fields(Ports):
        variable = _variable(field.name)
        if text := environment.get(variable):
            if not text.isdecimal() or not int(text) < 1 << 16:
                raise DemoError("port_invalid", variable=variable, value=text)
            chosen[field.name] = int(text)
    return Ports(**chosen)


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file that is the owner's alone, whole or not at all."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    unfinished.replace(path)


def fernet_key() -> str:
    """Make a key for the encryption of personal data, in Fernet's form."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _variable(name: str) -> str:
    return f"DEMO_{name.upper()}_PORT"
