"""Find an engine a folder of its own that its user can reach, without changing anyone else's modes.

Inside the wanted folder, ``<engine>/`` holds everything. Only when the engine's user cannot enter there (root's 0700
checkout), a private folder under the system's temporary one does, and ``<engine>.location`` remembers it.
Under root the folder itself stays root's, so that root never follows a link planted by the engine's user;
only ``data/`` belongs to the latter.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from demo.engines.account import Account
from demo.errors import DemoError

__all__ = ["Home", "discard", "prepare_home"]


@dataclass(frozen=True, slots=True)
class Home:
    """An engine's folder and the user who works in it."""

    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        """Name the folder that the engine's user owns."""
        return self.folder / "data"

    def make_folder(self, name: str) -> Path:
        """Make an empty folder, 0700, owned by the engine's user."""
        path = self.folder / name
        path.mkdir(mode=0o700)
        os.chown(path, self.account.uid, self.account.gid)
        return path

    def write(self, name: str, text: str) -> Path:
        """Write a file, 0600, that the engine's user may read."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            os.fchown(descriptor, self.account.uid, self.account.gid)
            file.write(text)
        return path

    def secret(self, name: str) -> str:
        """Read a generated password, made at the first call."""
        path = self.folder / name
        if not path.exists():
            self.write(name, secrets.token_urlsafe(24))
        return path.read_text()

    def require_space(self, megabytes: int) -> None:
        """Refuse to begin on a full disk.

        Raises:
            DemoError: ``engine_no_space``.
        """
        free = shutil.disk_usage(self.folder).free >> 20
        if free < megabytes:
            raise DemoError("engine_no_space", folder=self.folder, need_mb=megabytes, free_mb=free)


def prepare_home(wanted: Path, engine: str, account: Account) -> Home:
    """Open the folder of ``engine``, or make it.

    Raises:
        DemoError: ``engine_folder_not_writable``, ``engine_folder_foreign``.
    """
    wanted = wanted.absolute()
    try:
        _make(wanted, account)
        remembered = _remembered(wanted, engine)
        folder = remembered or wanted / engine
        if remembered is None:
            _make(folder, account)
        _require_own(folder)
        if not account.can(folder, "x"):
            folder = _elsewhere(wanted, engine, account)
            _require_own(folder)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DemoError("engine_no_space", folder=wanted, need_mb=1, free_mb=0) from error
        raise DemoError("engine_folder_not_writable", folder=wanted, reason=error.strerror) from error
    home = Home(folder, account)
    if home.data.exists() and (owner := home.data.lstat().st_uid) != account.uid:
        raise DemoError("engine_folder_foreign", folder=home.data, owner=owner, expected=account.uid)
    return home


def discard(wanted: Path, engine: str) -> None:
    """Remove all that a stopped engine keeps for ``wanted``, wherever it lies."""
    wanted = wanted.absolute()
    for folder in (_remembered(wanted, engine), wanted / engine):
        if folder is not None and folder.exists():
            _require_own(folder)
            shutil.rmtree(folder)
    _pointer(wanted, engine).unlink(missing_ok=True)


def _make(folder: Path, account: Account) -> None:
    """Make a missing folder; the engine's user may pass through it, nobody may list it."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            folder.chmod(0o711 if account.dropped else 0o700)


def _require_own(folder: Path) -> None:
    found = folder.lstat()
    if found.st_uid != os.geteuid() or not folder.is_dir() or folder.is_symlink():
        raise DemoError("engine_folder_foreign", folder=folder, owner=found.st_uid, expected=os.geteuid())


def _elsewhere(wanted: Path, engine: str, account: Account) -> Path:
    unreachable = wanted / engine
    if unreachable.exists():
        with suppress(OSError):
            unreachable.rmdir()
    for parent in (tempfile.gettempdir(), "/var/tmp", "/tmp"):  # noqa: S108 - mkdtemp makes an unguessable one within
        folder = Path(tempfile.mkdtemp(prefix=f"emias-{engine}-", dir=parent))
        folder.chmod(0o711)
        if account.can(folder, "x"):
            return _remember(wanted, engine, folder)
        folder.rmdir()
    raise DemoError("engine_folder_not_writable", folder=wanted, reason="unprivileged user cannot enter")


def _remember(wanted: Path, engine: str, folder: Path) -> Path:
    """Write down where the engine goes, unless another start has just done so: then follow that one."""
    pointer = _pointer(wanted, engine)
    if pointer.exists() and _remembered(wanted, engine) is None:
        pointer.unlink()
    try:
        with pointer.open("x") as file:
            file.write(f"{folder}\n")
    except FileExistsError:
        folder.rmdir()
        return _remembered(wanted, engine) or wanted / engine
    return folder


def _remembered(wanted: Path, engine: str) -> Path | None:
    """Read where an earlier start went; a folder that was cleaned away is forgotten."""
    try:
        folder = Path(_pointer(wanted, engine).read_text().strip())
    except FileNotFoundError:
        return None
    return folder if folder.exists() else None


def _pointer(wanted: Path, engine: str) -> Path:
    return wanted / f"{engine}.location"
