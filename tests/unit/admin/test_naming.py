"""Russian names with the English beside them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from piccolo.columns import Column, Text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from admin.meta import column_title
from admin.naming import Naming, RussianNames
from admin.tables import tables_shown
from admin.words import VALUES
from gateway.store.tables import Doctor, Hold


@pytest.mark.parametrize(
    ("help_text", "title"),
    [
        ("Состояние / State", "Состояние · State"),
        ("Пациент: инициалы и конец СНИЛС / Patient: initials", "Пациент · Patient"),
        ("Состояние (ставит база) / Status (set by the database)", "Состояние · Status"),
        ("Открыта; если нет, не предлагается / Open; if not, hidden", "Открыта · Open"),
        ("Только по-русски", "Только по-русски"),
    ],
)
def test_title_is_the_help_text_without_explanations(help_text: str, title: str) -> None:
    """A title keeps the two names and drops what explains them."""
    assert column_title(Text(help_text=help_text)) == title


def test_title_falls_back_to_the_column() -> None:
    """A column without help is called as in the database."""
    column: Column = Doctor.id
    assert column_title(column) == "id"


def test_addresses_and_names_are_unique() -> None:
    """No two tables share a name in the menu or in the database."""
    namings = [each.naming() for each in tables_shown()]
    assert len({naming.alias for naming in namings}) == len({naming.real for naming in namings}) == len(namings)


def test_every_value_has_a_russian_word() -> None:
    """No value of a closed set is left without a word, and no word without its value."""
    for closed, words in VALUES.items():
        assert {member.value for member in closed} == set(words), closed


def _echo() -> Starlette:
    async def echo(request: Request) -> JSONResponse:
        return JSONResponse({"path": request.url.path, "rows": [{"expires_at": "2026-11-23T06:00:00.123Z", "x": None}]})

    return Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "PATCH"])])


@pytest.fixture
def named() -> httpx.AsyncClient:
    """A browser in front of an app that tells which path reached it."""
    app: Any = RussianNames(_echo(), [Naming(Hold, "Удержания", "Holds", "1", {})])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://admin.test")


@pytest.mark.parametrize(
    ("method", "asked", "reached"),
    [
        ("GET", "/api/tables/Удержания_·_Holds/", "/api/tables/holds/"),
        ("GET", "/api/tables/Удержания_·_Holds/5/", "/api/tables/holds/5/"),
        ("PATCH", "/api/tables/Удержания_·_Holds/5/", "/api/tables/holds/5/"),
        ("GET", "/api/tables/holds/count/", "/api/tables/holds/count/"),
        ("GET", "/api/tables/nothing/", "/api/tables/nothing/"),
        ("GET", "/health/live", "/health/live"),
    ],
)
async def test_russian_addresses_reach_the_table(
    named: httpx.AsyncClient, method: str, asked: str, reached: str
) -> None:
    """A Russian name leads to its table with the rest of the address kept; any other address is left alone."""
    assert (await named.request(method, asked)).json()["path"] == reached


async def test_lists_show_moscow_time(named: httpx.AsyncClient) -> None:
    """Instants of a list are Moscow's, to the second."""
    rows = (await named.get("/api/tables/holds/")).json()["rows"]
    assert rows == [{"expires_at": "2026-11-23 09:00:00+03:00", "x": None}]
