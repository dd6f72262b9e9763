"""Places for small rehearsals."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.places import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place with its folders made."""
    made = Place(tmp_path / "demo")
    made.make()
    return made
