"""The arrows between the rooms hold, and each contract bites."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.tree import ROOT

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]

# One forbidden import for each contract: the file that commits it, and the line.
SINS = {
    "The house has one way down": ("gateway/domain/pace.py", "import gateway.services.book"),
    "Doors are deaf to each other": ("sync/__init__.py", "import gateway.http"),
    "The inner rooms know no library of the outside": ("gateway/services/book.py", "import httpx"),
    "The domain knows the standard library only": ("gateway/domain/pace.py", "import structlog"),
    "The admin goes straight to the store and holds no key to EMIAS": ("admin/__init__.py", "import gateway.emias"),
    "Only the doors and the wiring read the settings": ("gateway/store/__init__.py", "import gateway.settings"),
    "The stand-ins import nothing of ours": ("simulator/__init__.py", "import gateway"),
    "The demo starts processes and imports none of them": ("demo/__init__.py", "import simulator"),
    "No circles": ("gateway/ports/emias.py", "import gateway.services.offer"),
}


def _settings() -> dict[str, list[dict[str, object]]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        linter: dict[str, list[dict[str, object]]] = tomllib.load(file)["tool"]["importlinter"]
    return linter


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(LINT, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own words


def test_the_arrows_hold() -> None:
    """Nothing in the house imports against the contracts of pyproject.toml."""
    told = _lint(ROOT)
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"Contracts: {len(SINS)} kept, 0 broken." in told.stdout


def test_every_contract_has_its_sin() -> None:
    """The contracts are there, each with a name of its own and a forbidden import to try it."""
    assert [contract["name"] for contract in _settings()["contracts"]] == list(SINS)


def test_every_contract_catches_its_sin(tmp_path: Path) -> None:
    """In a copy of the house with one forbidden import for each contract, every contract is broken."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in _settings()["root_packages"]:
        shutil.copytree(ROOT / str(package), tmp_path / str(package), ignore=shutil.ignore_patterns("__pycache__"))
    for path, line in SINS.values():
        sinner = tmp_path / path
        sinner.write_text(f"{sinner.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    told = _lint(tmp_path)
    assert told.returncode == 1, told.stdout + told.stderr
    assert {line.removesuffix(" BROKEN") for line in told.stdout.splitlines() if line.endswith(" BROKEN")} == set(SINS)
