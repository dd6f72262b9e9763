"""The vectors of `tests/vectors/` by the Python side; PHPUnit and the browser check the same files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.errors import InvalidInput
from gateway.domain.patient import OmsPolicy, Snils
from gateway.http.problem_kinds import PROBLEM_KINDS
from simulator.site.directory import content_hash

_VECTORS = Path(__file__).parents[1] / "vectors"


def _load(name: str) -> Any:
    return json.loads((_VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def _problem(parse: Callable[[], object]) -> str | None:
    try:
        parse()
    except InvalidInput as wrong:
        return wrong.problems[0].code
    return None


@pytest.mark.parametrize("row", _load("snils"), ids=lambda row: row["why"])
def test_snils(row: dict[str, Any]) -> None:
    """A SNILS is right, or wrong for the reason that the vector names."""
    assert _problem(lambda: Snils.parse(row["text"])) == row["problem"]


@pytest.mark.parametrize("row", _load("oms"), ids=lambda row: row["why"])
def test_policies(row: dict[str, Any]) -> None:
    """A policy is right, or wrong for the reason that the vector names."""
    assert _problem(lambda: OmsPolicy.parse(row["number"], row["series"] or None)) == row["problem"]


def test_every_problem_of_the_gateway_is_known_to_the_module() -> None:
    """The vectors name each code that the gateway tells, with its status."""
    told = {code: kind.status for code, kind in PROBLEM_KINDS.items()}
    assert {code: row["status"] for code, row in _load("problem_codes").items()} == told


@pytest.mark.parametrize("row", _load("feed_hash"), ids=lambda row: row["why"])
def test_feed_hashes(row: dict[str, Any]) -> None:
    """The stand-in's digest of an item is the module's."""
    assert content_hash(row["item"]) == row["hash"]
