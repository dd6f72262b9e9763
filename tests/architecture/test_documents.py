"""The reference pages against the code that they describe."""

from __future__ import annotations

import importlib.util
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def test_the_reference_pages_are_what_the_code_says() -> None:
    """Settings, commands, problem codes and tables stand in docs/reference as `make docs` writes them."""
    spec = importlib.util.spec_from_file_location("docs_generate", REPOSITORY / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert [page.name for page in generate.stale_pages()] == []
