"""The figures as a table on the terminal and as a page of the docs."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from rich.table import Table

from benchmarks.figures import Figure, Verdict

__all__ = ["as_table", "shown", "write_page"]

_COLOURS: Final = {Verdict.REACHED: "green", Verdict.MISSED: "red", Verdict.NO_GOAL: "dim", Verdict.NOT_MEASURED: "dim"}
_BEGIN: Final = "<!-- figures: begin (written by `python -m benchmarks --write`) -->"
_END: Final = "<!-- figures: end -->"


def as_table(found: Mapping[str, Sequence[Figure]]) -> Table:
    """Lay the figures out for the terminal."""
    table = Table("", "what", "limit or peer", "ratio", "goal", "", show_lines=True)
    for bench, figures in found.items():
        for figure in figures:
            verdict = figure.verdict
            what = f"{figure.what}\n[dim]{figure.note}[/]" if figure.note else figure.what
            table.add_row(
                bench, what, figure.peer, shown(figure), str(figure.goal or ""), f"[{_COLOURS[verdict]}]{verdict}[/]"
            )
    return table


def shown(figure: Figure) -> str:
    """Write a ratio with two digits that mean something."""
    if figure.ratio is None:
        return "–"
    return f"{figure.ratio:.2f}" if figure.ratio < 10 else f"{figure.ratio:.0f}"  # noqa: PLR2004 - digits that mean something


def write_page(file: Path, found: Mapping[str, Sequence[Figure]]) -> None:
    """Put the figures between the marks of a page; raise `ValueError` where the page has none.

    A benchmark that was not run keeps its rows.
    """
    page = file.read_text(encoding="utf-8")
    before, begun, rest = page.partition(_BEGIN)
    old, ended, after = rest.partition(_END)
    if not begun or not ended:
        raise ValueError(f"{file} has no marks for the figures")
    kept = [row for row in old.splitlines() if row.startswith("| ") and _bench_of(row) not in {"bench", *found}]
    file.write_text(f"{before}{_BEGIN}\n{_markdown(kept + _rows(found))}{_END}{after}", encoding="utf-8")


def _bench_of(row: str) -> str:
    return row.removeprefix("| ").partition(" |")[0]


def _rows(found: Mapping[str, Sequence[Figure]]) -> list[str]:
    rows = []
    for bench, figures in found.items():
        for figure in figures:
            what = f"{figure.what} ({figure.note})" if figure.note else figure.what
            cells = (bench, what, figure.peer, shown(figure), str(figure.goal or ""), str(figure.verdict))
            rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return rows


def _markdown(rows: Sequence[str]) -> str:
    lines = [
        f"Written on {date.today():%Y-%m-%d}: Python {platform.python_version()}, {os.cpu_count()} cores.",  # noqa: DTZ011 - a date for people
        "",
        "| bench | what | limit or peer | ratio | goal | |",
        "|---|---|---|---|---|---|",
        *rows,
    ]
    return "\n".join([*lines, ""])
