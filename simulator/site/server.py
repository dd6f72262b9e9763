"""The site's listener: its page, its feed and its relay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.resources import files

from aiohttp import web

from simulator.site.feed import FEED_PATH, Feed
from simulator.site.relay import Relay

__all__ = ["make_site"]

_LARGEST_BODY = 32 * 1024
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


def make_site(feed: Feed, relay: Relay) -> web.Application:
    """Build the application of the site listener."""
    app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[_guarded])
    app.cleanup_ctx.append(relay.context)
    app.router.add_get(FEED_PATH, feed.answer)
    app.router.add_route("*", "/api/{tail:.*}", relay.forward)
    app.router.add_get("/{name:[a-z_]*(?:\\.(?:css|js|svg))?}", _page_file)
    return app


async def _page_file(request: web.Request) -> web.Response:
    name = request.match_info["name"] or "index.html"
    path = files("simulator.site") / "page" / name
    kind = _TYPES.get(name[name.rfind(".") :]) if "." in name else None
    if kind is None or not path.is_file():
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
