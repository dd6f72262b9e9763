"""The files of the checkout, as a reviewer would see them committed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

__all__ = ["PRODUCT", "ROOT", "committed", "module_of", "product_modules", "python_files"]

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("admin", "benchmarks", "demo", "gateway", "simulator", "sync")


def committed() -> Iterator[Path]:
    """Yield every file that git would take, by the folders that `.gitignore` names."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines() if line]
    yield from _walk(ROOT, [*ignored, ".git"])


def _walk(folder: Path, ignored: list[str]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if any(path.match(pattern) for pattern in ignored):
            continue
        if path.is_dir():
            yield from _walk(path, ignored)
        else:
            yield path


def python_files(*folders: str) -> list[Path]:
    """List the Python files below top-level folders."""
    wanted = tuple(ROOT / folder for folder in folders)
    return [path for path in committed() if path.suffix == ".py" and any(path.is_relative_to(one) for one in wanted)]


def product_modules() -> list[Path]:
    """List the Python files of the product."""
    return python_files(*PRODUCT)


@cache
def module_of(path: Path) -> ast.Module:
    """Parse a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))
