"""EMIAS's answers over the window: percentiles, errors and the use of the budget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from admin.dashboard.charts import columns, lines
from admin.dashboard.links import Links
from admin.dashboard.reading import Figures
from admin.dashboard.words import Speech
from gateway.domain.moscow import as_moscow
from gateway.domain.timing import BUCKETS, percentile
from gateway.store.tables import EmiasMinute

__all__ = ["CallLine", "Calls", "calls_of"]

PARTS: Final = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
_BUDGET_SECONDS: Final = 300.0
_FEW_ERRORS: Final = 0.01
_MOST_LINES: Final = 8
_NOBODY: Final = (0,) * BUCKETS


@dataclass(frozen=True, slots=True)
class CallLine:
    """The answers of one institution, or of all of them."""

    lpu_code: str
    link: str
    requests: str
    percentiles: Sequence[str]
    errors: str
    has_errors: bool
    budget: str
    kept_back: int


@dataclass(frozen=True, slots=True)
class Calls:
    """Charts over the steps and a line for each institution; the first is the sum."""

    latency: Markup
    requests: Markup
    total: CallLine
    lines: Sequence[CallLine]


@dataclass(slots=True)
class _Sum:
    requests: int = 0
    failures: int = 0
    kept_back: int = 0
    recent: int = 0
    times: Sequence[int] = _NOBODY


def calls_of(figures: Figures, speech: Speech, links: Links) -> Calls:
    """Draw the steps and sum up the institutions."""
    steps = {row["step"]: _read(row) for row in figures.calls if not row["is_institution"]}
    places = [steps.get(step, _Sum()) for step in figures.window.steps(figures.now)]
    titles = list(_titles(figures, speech, places))
    label = speech.say("latency_label")
    series = [(name, [percentile(place.times, part) for place in places]) for name, part in PARTS]
    stacks = [(("bad", place.failures), ("calm", place.requests - place.failures)) for place in places]
    institutions = {row["lpu_code"]: _read(row) for row in figures.calls if row["is_institution"]}
    rates = {beat["value"] for beat in figures.beats if beat["is_alive"] and beat["what"] == "budget_rate"}
    rate = min(rates, default=None)
    since = figures.now - figures.window.span

    def line(lpu_code: str, summed: _Sum, granted: float | None) -> CallLine:
        chosen = {"lpu_code": lpu_code} if lpu_code else {}
        return CallLine(
            lpu_code,
            links.since(EmiasMinute, "at", since, **chosen),
            speech.number(summed.requests),
            [speech.latency(percentile(summed.times, part)) for _, part in PARTS],
            speech.percent(summed.failures, summed.requests),
            summed.failures > _FEW_ERRORS * summed.requests,
            speech.percent(summed.recent, granted * _BUDGET_SECONDS) if granted else "—",
            summed.kept_back,
        )

    total = _added(list(institutions.values()))
    return Calls(
        lines(series, titles, label),
        columns(stacks, titles, speech.say("requests")),
        line("", total, rate and rate * max(1, len(institutions))),
        [line(lpu_code, institutions[lpu_code], rate) for lpu_code in _worst_first(institutions)[:_MOST_LINES]],
    )


def _worst_first(institutions: Mapping[str, _Sum]) -> list[str]:
    def errors(lpu_code: str) -> float:
        return institutions[lpu_code].failures / max(1, institutions[lpu_code].requests)

    return sorted(institutions, key=lambda lpu_code: (-errors(lpu_code), lpu_code))


def _read(row: object) -> _Sum:
    told = dict(row)  # type: ignore[call-overload]  # a row of asyncpg, which ships no types
    return _Sum(told["requests"], told["failures"], told["kept_back"], told["recent"] or 0, told["times"])


def _added(parts: Sequence[_Sum]) -> _Sum:
    return _Sum(
        sum(part.requests for part in parts),
        sum(part.failures for part in parts),
        sum(part.kept_back for part in parts),
        sum(part.recent for part in parts),
        [sum(column) for column in zip(*(part.times for part in parts), strict=True)] or _NOBODY,
    )


def _titles(figures: Figures, speech: Speech, places: Sequence[_Sum]) -> Iterator[str]:
    for step, place in zip(figures.window.steps(figures.now), places, strict=True):
        begins = as_moscow(type(figures.now).fromtimestamp(step * figures.window.step, figures.now.tzinfo))
        times = ", ".join(f"{name} {speech.latency(percentile(place.times, part))}" for name, part in PARTS)
        yield (
            f"{begins:%d.%m %H:%M} · {speech.say('requests')}: {place.requests}, "
            f"{speech.say('error_rate')}: {place.failures}" + (f" · {times}" if place.requests else "")
        )
