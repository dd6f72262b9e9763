"""The page's own checks against the vectors that PHP and Python pass too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.browser.conftest import Visit

_VECTORS = Path(__file__).parents[1] / "vectors"


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((_VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return rows


async def test_the_page_checks_numbers_as_the_gateway_does(site: str, visit: Visit) -> None:
    """SNILS and policies are right or wrong for the same reasons in JavaScript."""
    visitor = await visit(site)
    snils = await visitor.page.evaluate(
        "rows => rows.map((row) => EmiasBooking.snilsProblem(row.text))", _rows("snils")
    )
    policies = await visitor.page.evaluate(
        "rows => rows.map((row) => EmiasBooking.omsProblem(row.number, row.series))", _rows("oms")
    )
    assert snils == [row["problem"] for row in _rows("snils")]
    assert policies == [row["problem"] for row in _rows("oms")]


async def test_birth_dates_are_real_days_until_today(site: str, visit: Visit) -> None:
    """Both spellings are read; a day that is not in the calendar, in the future or before 1900 is named."""
    visitor = await visit(site)
    given = ["14.03.1985", "1985-03-14", "31.02.1985", "14/03/1985", "01.01.1899", "01.01.2999", "29.02.2024"]
    told = await visitor.page.evaluate("dates => dates.map((one) => EmiasBooking.birthDateProblem(one))", given)
    wrong, out = "birth_date_format", "birth_date_range"
    assert told == [None, None, wrong, wrong, out, out, None]
