"""Charts as SVG without a word in it: labels stand beside them as text, so that they stay legible on a phone.

Colours are classes of the style sheet; nothing here needs an inline style.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup, escape

__all__ = ["columns", "lines", "strip"]

_WIDTH, _HEIGHT = 600.0, 120.0
_DECADES: Final = 3.0
_LEAST: Final = 0.02


def _svg(body: str, label: str, height: float = _HEIGHT, role: str = "img") -> Markup:
    return Markup(  # noqa: S704 - the label is escaped, the body is made of numbers
        f'<svg viewBox="0 0 {_WIDTH:g} {height:g}" preserveAspectRatio="none" role="{role}" '
        f'aria-label="{escape(label)}">{body}</svg>'
    )


def lines(series: Sequence[tuple[str, Sequence[float | None]]], titles: Sequence[str], label: str) -> Markup:
    """Draw times in seconds over the steps, 20 ms at the bottom and 20 s at the top, a decade each third."""
    grid = "".join(
        f'<line class="grid" x1="0" x2="{_WIDTH:g}" y1="{y:g}" y2="{y:g}"/>' for y in (0.5, 40, 80, _HEIGHT - 0.5)
    )
    drawn = "".join(f'<path class="line {name}" d="{_path(values)}"/>' for name, values in series)
    return _svg(grid + drawn + _hovers(titles), label)


def _path(values: Sequence[float | None]) -> str:
    """Join the points; where there were no calls the line has a gap, and a lone point is a short dash."""
    step, pen, parts = _WIDTH / len(values), "M", []
    for number, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        y = _y_of(value)
        left = number * step
        parts.append(f"{pen}{left + step * 0.2:.1f} {y:.1f}L{left + step * 0.8:.1f} {y:.1f}")
        pen = "L"
    return "".join(parts)


def _y_of(seconds: float) -> float:
    decades = math.log10(max(seconds, _LEAST) / _LEAST)
    return _HEIGHT * (1 - min(1.0, decades / _DECADES))


def columns(stacks: Sequence[Sequence[tuple[str, float]]], titles: Sequence[str], label: str) -> Markup:
    """Draw a stacked column a step; the highest fills the height."""
    highest = max((sum(part for _, part in stack) for stack in stacks), default=0) or 1
    width, drawn = _WIDTH / max(1, len(stacks)), []
    for number, stack in enumerate(stacks):
        y = _HEIGHT
        for name, part in stack:
            if part:
                height = max(1.5, part / highest * (_HEIGHT - 2))
                y -= height
                x = number * width + width * 0.12
                drawn.append(
                    f'<rect class="{name}" x="{x:.1f}" y="{y:.1f}" width="{width * 0.76:.1f}" height="{height:.1f}"/>'
                )
    base = f'<line class="grid" x1="0" x2="{_WIDTH:g}" y1="{_HEIGHT - 0.5:g}" y2="{_HEIGHT - 0.5:g}"/>'
    return _svg(base + "".join(drawn) + _hovers(titles), label)


def _hovers(titles: Sequence[str]) -> str:
    width = _WIDTH / max(1, len(titles))
    return "".join(
        f'<rect class="hover" x="{number * width:.1f}" y="0" width="{width:.1f}" height="{_HEIGHT:g}">'
        f"<title>{escape(title)}</title></rect>"
        for number, title in enumerate(titles)
    )


def strip(cells: Sequence[tuple[str, str, str]], label: str) -> Markup:
    """Draw cells in a row, each a class, a title and the address that it leads to."""
    width = _WIDTH / max(1, len(cells))
    gap = width * 0.12 if len(cells) < 150 else 0.0  # noqa: PLR2004 - more would only be stripes of gaps
    drawn = "".join(
        f'<a href="{escape(link)}"><rect class="{name}" x="{number * width:.2f}" y="0" width="{width - gap:.2f}" '
        f'height="36"><title>{escape(title)}</title></rect></a>'
        for number, (name, title, link) in enumerate(cells)
    )
    return _svg(drawn, label, 36, "group")
