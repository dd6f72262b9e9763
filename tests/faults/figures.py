"""What was measured, kept until the end of the run and written into docs/reference/reliability.md by a full one."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Figures:
    """The figures of one run: scenario, what was asked for, what was seen."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, scenario: str, wanted: str, seen: str) -> None:
        """Keep a figure."""
        self.rows.append((scenario, wanted, seen))

    def table(self) -> str:
        """Write the figures as a Markdown table."""
        lines = ["| scenario | to reach | seen |", "|---|---|---|"]
        return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in sorted(self.rows))])

    def write(self) -> None:
        """Put the table into the page, in place of the one before."""
        head, _, rest = _PAGE.read_text(encoding="utf-8").partition(_BEGIN)
        tail = rest.partition(_END)[2]
        _PAGE.write_text(f"{head}{_BEGIN}\n{self.table()}\n{_END}{tail}", encoding="utf-8")
