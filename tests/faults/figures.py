"""What was measured; a full run writes it into docs/reference/reliability.md."""

from __future__ import annotations

import os
from math import ceil
from pathlib import Path

__all__ = ["FULL", "Figures", "p95", "times"]

FULL = os.environ.get("FAULTS") == "full"
_PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "reliability.md"
_BEGIN, _END = "<!-- figures -->", "<!-- /figures -->"


def times(quick: int, full: int) -> int:
    """Choose the count of a scenario."""
    return full if FULL else quick


def p95(values: list[float]) -> float:
    """Tell the value that nineteen of twenty do not exceed."""
    return sorted(values)[max(0, ceil(len(values) * 0.95) - 1)]


class Figures:
    """The figures of one run: scenario, what was asked for, what was seen."""

    def add(self, scenario: str, wanted: str, seen: str) -> None:
        """Keep a figure; at full count it takes its place in the page at once, so that a run may be done in parts."""
        print(f"{scenario}: {seen} ({wanted})")  # noqa: T201 - pytest shows it with -s, and when the scenario fails
        if FULL:
            _write({scenario: (wanted, seen)})


def _write(new: dict[str, tuple[str, str]]) -> None:
    head, _, rest = _PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    old, _, tail = rest.partition(_END)
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in old.strip().splitlines()[2:]]
    rows = {scenario: (wanted, seen) for scenario, wanted, seen in cells} | new
    lines = ["| scenario | to reach | seen |", "|---|---|---|"]
    lines += [f"| {scenario} | {wanted} | {seen} |" for scenario, (wanted, seen) in sorted(rows.items())]
    _PAGE.write_text("\n".join([head.rstrip("\n"), "", _BEGIN, *lines, f"{_END}{tail}"]), encoding="utf-8")
