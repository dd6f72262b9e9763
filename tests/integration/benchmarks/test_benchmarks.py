"""Each benchmark in its smallest size: it runs, and what it tells are numbers."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from benchmarks.catalogue import BENCHES
from benchmarks.figures import Figure, Verdict, at_least, at_most
from benchmarks.page import shown, write_page
from benchmarks.rounds import take_turns
from benchmarks.sizes import SMALLEST
from benchmarks.stage import Stage, open_stage


@pytest_asyncio.fixture(scope="module")
async def stage(postgres_url: str, redis_url: str) -> AsyncIterator[Stage]:
    """Set the stage on the engines of this run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", postgres_url)
        patch.setenv("REDIS_URL", redis_url)
        async with open_stage() as opened:
            yield opened


@pytest.mark.parametrize("name", BENCHES)
async def test_a_benchmark_gives_finite_ratios(stage: Stage, name: str) -> None:
    """A benchmark measures something, and each ratio that it gives is a finite number."""
    figures = await BENCHES[name](stage, SMALLEST)
    assert figures
    for figure in figures:
        assert figure.note if figure.ratio is None else math.isfinite(figure.ratio)


async def test_the_crowd_leaves_one_winner(stage: Stage) -> None:
    """However many hold one slot at once, the figure of winners is one."""
    winners = next(figure for figure in await BENCHES["holds"](stage, SMALLEST) if "winners" in figure.what)
    assert winners.ratio == 1


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        (Figure("a", "b", 2.0, at_most(2)), Verdict.REACHED),
        (Figure("a", "b", 2.1, at_most(2)), Verdict.MISSED),
        (Figure("a", "b", 0.3, at_least(0.4)), Verdict.MISSED),
        (Figure("a", "b", 0.3), Verdict.NO_GOAL),
        (Figure("a", "b", None, at_least(0.4), "no peer"), Verdict.NOT_MEASURED),
    ],
)
def test_a_figure_knows_its_verdict(figure: Figure, verdict: Verdict) -> None:
    """A figure on its bound is reached, one beyond is missed, one without peer is not measured."""
    assert figure.verdict is verdict


async def test_sides_are_compared_within_their_round() -> None:
    """A ratio is the median of the rounds' own ratios, whatever the drift between the rounds."""
    drift = iter(float(number) for number in range(1, 100))
    pace = {"now": 0.0}

    async def ours() -> float:
        return 3 * pace["now"]

    async def theirs() -> float:
        return pace["now"]

    async def drifting() -> float:
        pace["now"] = next(drift)
        return 1.0

    taken = await take_turns(4, {"drift": drifting, "ours": ours, "theirs": theirs}, warm_ups=1)
    assert len(taken.costs["ours"]) == 4
    assert math.isfinite(taken.ratio("ours", "theirs"))


def test_the_page_keeps_its_words(tmp_path: Path) -> None:
    """Writing the figures replaces those of the benchmarks that ran, and nothing else."""
    source = Path(__file__).parents[3] / "docs" / "reference" / "performance.md"
    page = tmp_path / "performance.md"
    page.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    write_page(page, {"parse": [Figure("parse a reply", "a|peer", 1.5, at_most(2))]})
    write_page(page, {"parse": [Figure("parse a reply", "a|peer", 12.34, at_most(2))]})
    written = page.read_text(encoding="utf-8")
    assert "| parse | parse a reply | a\\|peer | 12 | ≤ 2 | missed |" in written
    assert "1.50" not in written
    assert [row for row in source.read_text(encoding="utf-8").splitlines() if row.startswith("| holds |")] == [
        row for row in written.splitlines() if row.startswith("| holds |")
    ]
    assert written.partition("<!--")[0] == source.read_text(encoding="utf-8").partition("<!--")[0]


def test_a_page_without_marks_is_refused(tmp_path: Path) -> None:
    """A page that has no place for the figures stays as it is."""
    page = tmp_path / "page.md"
    page.write_text("# other\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no marks"):
        write_page(page, {})
    assert page.read_text(encoding="utf-8") == "# other\n"


def test_a_ratio_shows_two_digits_that_mean_something() -> None:
    """A small ratio keeps its hundredths, a large one does not."""
    assert [shown(Figure("a", "b", ratio)) for ratio in (0.456, 45.6, None)] == ["0.46", "46", "–"]
