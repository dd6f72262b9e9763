"""Folders for engines."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of ours that an unprivileged user can reach."""
    path = Path(tempfile.mkdtemp(prefix="engines-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def private_folder(folder: Path) -> Path:
    """A folder inside one of mode 0700, as root's home is."""
    private = folder / "private"
    private.mkdir(mode=0o700)
    checkout = private / "checkout"
    checkout.mkdir()
    return checkout
