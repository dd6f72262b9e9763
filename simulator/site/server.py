"""The site's listener: files from `bitrix/`, the stand's panel, and pages and AJAX by PHP or by this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Protocol

from aiohttp import web

from simulator.site.ajax import AJAX_PATH, Ajax
from simulator.site.page import Pages
from simulator.site.panel import Panel
from simulator.site.webhook import WEBHOOK_PATH, Webhook

__all__ = ["Backend", "PlainSite", "make_site"]

_LARGEST_BODY = 32 * 1024
_CALLBACK = "/local/tools/emias.gateway/gosuslugi.php"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Backend(Protocol):
    """Answer the site's pages and its AJAX."""

    def context(self, app: web.Application) -> AsyncIterator[None]:
        """Live as long as the listener is open."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""


class PlainSite:
    """The backend without PHP; it offers no login by Gosuslugi."""

    def __init__(self, ajax: Ajax, pages: Pages) -> None:
        self._ajax = ajax
        self._pages = pages

    def context(self, app: web.Application) -> AsyncIterator[None]:
        """Live as long as the listener is open."""
        return self._ajax.context(app)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        if request.path == AJAX_PATH:
            return await self._ajax.answer(request)
        language = "en" if request.query.get("lang") == "en" else "ru"
        if request.path == "/":
            page = self._pages.appointment(language)
        elif request.path == _CALLBACK:
            raise web.HTTPNotFound
        else:
            page = self._pages.doctor(language, request.query.get("ELEMENT_ID", ""))
        return web.Response(text=page, content_type="text/html")


def make_site(backend: Backend, panel: Panel, webhook: Webhook, folder: Path) -> web.Application:
    """Build the application of the site listener over the folder `bitrix/`."""
    app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[_guarded])
    app.cleanup_ctx.append(backend.context)
    files = _Files(folder)
    app.router.add_route("*", AJAX_PATH, backend.answer)
    app.router.add_get("/", backend.answer)
    app.router.add_get("/doctor/", backend.answer)
    app.router.add_get(_CALLBACK, backend.answer)
    app.router.add_post("/stand/press", panel.press)
    app.router.add_post(WEBHOOK_PATH, webhook.answer)
    app.router.add_get("/{tail:(?:local|stand)/.+}", files.answer)
    return app


class _Files:
    """Serve scripts, styles and pictures; a PHP file is not one of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    async def answer(self, request: web.Request) -> web.Response:
        path = (self._folder / request.match_info["tail"]).resolve()
        kind = _TYPES.get(path.suffix)
        if kind is None or not path.is_relative_to(self._folder) or not path.is_file():
            raise web.HTTPNotFound
        return web.Response(body=path.read_bytes(), content_type=kind, charset="utf-8")


@web.middleware
async def _guarded(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    response = await handler(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
