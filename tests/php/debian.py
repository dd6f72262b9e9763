"""Debian's packages that a folder of tests needs: installed when that may be, else named."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

__all__ = ["BROWSER", "PHP", "need"]

PHP: Final[dict[str, tuple[str, ...]]] = {
    "php": ("php-cli", "php-curl", "php-xml", "php-mbstring"),
    "phpunit": ("phpunit",),
    "phpcs": ("php-codesniffer",),
}
BROWSER: Final[dict[str, tuple[str, ...]]] = {"chromium": ("chromium",)}
_SECONDS = 600


def need(*programs: dict[str, tuple[str, ...]]) -> None:
    """Have these programs on the machine, or skip by the names of the packages that are missing."""
    wanted = {program: packages for group in programs for program, packages in group.items()}
    if _missing(wanted) and os.geteuid() == 0 and Path("/etc/debian_version").exists():
        _install([package for program in _missing(wanted) for package in wanted[program]])
    if absent := _missing(wanted):
        pytest.skip(f"not installed: {' '.join(package for program in absent for package in wanted[program])}")


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
