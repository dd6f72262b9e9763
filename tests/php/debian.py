"""Debian's packages that a folder of tests needs: installed when that may be, else named."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

__all__ = ["BROWSER", "PHP", "need", "need_gost"]

PHP: Final[dict[str, tuple[str, ...]]] = {
    "php": ("php-cli", "php-curl", "php-xml", "php-mbstring"),
    "phpunit": ("phpunit",),
    "phpcs": ("php-codesniffer",),
}
BROWSER: Final[dict[str, tuple[str, ...]]] = {"chromium": ("chromium",)}
_GOST: Final = "libengine-gost-openssl"
_SECONDS = 600


def need(*programs: dict[str, tuple[str, ...]]) -> None:
    """Have these programs on the machine, or skip by the names of the packages that are missing."""
    wanted = {program: packages for group in programs for program, packages in group.items()}
    if _missing(wanted) and _may_install():
        _install([package for program in _missing(wanted) for package in wanted[program]])
    if absent := _missing(wanted):
        pytest.skip(f"not installed: {' '.join(package for program in absent for package in wanted[program])}")


def need_gost() -> None:
    """Have openssl with the GOST engine, or skip by the name of its package."""
    if not _has_gost() and _may_install():
        _install([_GOST])
    if not _has_gost():
        pytest.skip(f"not installed: {_GOST}")


def _may_install() -> bool:
    return os.geteuid() == 0 and Path("/etc/debian_version").exists()


def _has_gost() -> bool:
    words = ["openssl", "dgst", "-engine", "gost", "-md_gost12_256"]
    if shutil.which("openssl") is None:
        return False
    asked = subprocess.run(words, input=b"", capture_output=True, timeout=20, check=False)  # noqa: S603 - our own words
    return asked.returncode == 0


def _missing(wanted: dict[str, tuple[str, ...]]) -> list[str]:
    return [program for program in wanted if shutil.which(program) is None]


def _install(packages: list[str]) -> None:
    """Install without questions; a lock that another installation holds is waited for."""
    options = ["-qq", "-o", "DPkg::Lock::Timeout=120"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(  # noqa: S603 - our own words
            ["apt-get", *options, *words],  # noqa: S607 - Debian's own
            env=environment,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
