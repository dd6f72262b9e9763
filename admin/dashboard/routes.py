"""The dashboard's addresses: the page behind the admin's login, its style sheet and its script before it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from admin.dashboard.links import Links
from admin.dashboard.page import Page
from admin.dashboard.reading import Window, read_figures
from admin.dashboard.words import Speech
from admin.frame.door import READ_POLICY
from admin.frame.speech import language_of
from admin.tables import Shown
from gateway.store.engine import Database

__all__ = ["dashboard_routes"]

_ASSETS: Final = {"dashboard.css": "text/css", "dashboard.js": "text/javascript"}


def dashboard_routes(database: Database, shown: Sequence[Shown]) -> list[Route]:
    """Return `/dashboard` and what its page loads."""
    page = Page(Links(shown))

    async def show(request: Request) -> Response:
        window = Window.of(request.query_params.get("window"))
        language = language_of(request.query_params.get("lang"))
        body = page.render(await read_figures(database, window), Speech(language))
        return HTMLResponse(body, headers={"Content-Security-Policy": READ_POLICY, "Content-Language": language})

    return [
        *(_asset(name, kind) for name, kind in _ASSETS.items()),
        Route("/dashboard", show),
    ]


def _asset(name: str, kind: str) -> Route:
    content = (resources.files("admin.dashboard") / "pages" / name).read_bytes()

    async def serve(_request: Request) -> Response:
        return Response(content, media_type=kind)

    return Route(f"/dashboard/{name}", serve)
