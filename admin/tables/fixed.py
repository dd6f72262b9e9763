"""What the forms of Piccolo Admin let be changed, told to the browser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from admin.meta import name_of, table_name
from admin.roles import TABLES
from admin.tables.shown import Shown

__all__ = ["fixed_route"]


def fixed_route(shown: Sequence[Shown]) -> Route:
    """Return `/tables/fixed.js`, which greys out the fields that no role changes in a form."""
    told = {
        each.naming().alias: {
            "names": [name_of(column) for column in each.open],
            "adds": "POST" in TABLES[table_name(each.table)].change,
        }
        for each in shown
    }
    script = (resources.files("admin.tables") / "pages" / "fixed.js").read_text(encoding="utf-8")
    content = script.replace("__OPEN__", json.dumps(told, ensure_ascii=False))

    async def serve(_request: Request) -> Response:
        return Response(content, media_type="text/javascript")

    return Route("/tables/fixed.js", serve)
