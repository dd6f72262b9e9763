"""The dashboard's addresses: the page behind the admin's login, its style sheet and its script before it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Final

from piccolo_api.session_auth.middleware import SessionsAuthBackend
from piccolo_api.session_auth.tables import SessionsBase
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from admin.dashboard.links import Links
from admin.dashboard.page import Page
from admin.dashboard.reading import Window, read_figures
from admin.dashboard.words import LANGUAGES, Speech
from admin.tables import Shown
from admin.users import Administrator
from gateway.store.engine import Database

__all__ = ["POLICY", "dashboard_routes"]

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ASSETS: Final = {"dashboard.css": "text/css", "dashboard.js": "text/javascript"}


def dashboard_routes(database: Database, shown: Sequence[Shown]) -> list[Route]:
    """Return `/dashboard` and what its page loads; who is not logged in is sent to the login."""
    page = Page(Links(shown))

    async def show(request: Request) -> Response:
        window = Window.of(request.query_params.get("window"))
        asked = request.query_params.get("lang")
        language = next((each for each in LANGUAGES if each == asked), LANGUAGES[0])
        body = page.render(await read_figures(database, window), Speech(language))
        return HTMLResponse(body, headers={"Content-Security-Policy": POLICY, "Content-Language": language})

    return [
        *(_asset(name, kind) for name, kind in _ASSETS.items()),
        Route("/dashboard", show, middleware=[_login()]),
    ]


def _asset(name: str, kind: str) -> Route:
    content = (resources.files("admin.dashboard") / "pages" / name).read_bytes()

    async def serve(_request: Request) -> Response:
        return Response(content, media_type=kind)

    return Route(f"/dashboard/{name}", serve)


def _login() -> Middleware:
    def refuse(_connection: HTTPConnection, _fault: Exception) -> Response:
        return RedirectResponse("/", status_code=303)

    backend = SessionsAuthBackend(auth_table=Administrator, session_table=SessionsBase, admin_only=True)
    return Middleware(AuthenticationMiddleware, backend=backend, on_error=refuse)
