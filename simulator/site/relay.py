"""The site's server side of a booking: `/api/*` of the page becomes `/v1/*` of the gateway."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from simulator.site.keys import SecretSource

__all__ = ["Relay"]

_COOKIE = "site_visitor"
_DEADLINE = aiohttp.ClientTimeout(total=45)
_ID = r"[A-Za-z0-9._~-]{1,64}"
_ALLOWED = tuple(
    (method, re.compile(pattern))
    for method, pattern in (
        ("GET", r"specialties|doctors"),
        ("GET", rf"doctors/{_ID}/slots"),
        ("POST", r"holds|bookings"),
        ("POST", rf"holds/{_ID}/renew"),
        ("DELETE", rf"holds/{_ID}"),
        ("GET", rf"bookings/{_ID}"),
    )
)
_TO_GATEWAY = ("Accept-Language", "Content-Type", "Idempotency-Key")
_TO_BROWSER = ("Content-Type", "Idempotent-Replayed", "Retry-After", "X-Request-Id")


class Relay:
    """Forward the page's calls with the site's key and the visitor's opaque reference; the browser sees neither."""

    def __init__(self, gateway_url: str, keys: SecretSource) -> None:
        self._gateway_url = gateway_url.rstrip("/")
        self._keys = keys
        self._client: aiohttp.ClientSession | None = None

    async def context(self, _app: web.Application) -> AsyncIterator[None]:
        """Hold the HTTP client for as long as the site's listener is open."""
        async with aiohttp.ClientSession(timeout=_DEADLINE) as client:
            self._client = client
            yield
            self._client = None

    async def forward(self, request: web.Request) -> web.Response:
        """Pass one call on, if it is one that the page makes."""
        tail = request.match_info["tail"]
        if not any(method == request.method and path.fullmatch(tail) for method, path in _ALLOWED):
            return _problem(404, "not_found", "Такой страницы нет.")
        if request.method == "POST" and request.can_read_body and request.content_type != "application/json":
            return _problem(415, "unsupported_media_type", "Нужен JSON.")
        keys = self._keys.values()
        if not keys or self._client is None:
            return _problem(503, "site_not_configured", "Сайт ещё не подключён к шлюзу записи.")
        return await self._forward(self._client, request, tail, keys[0])

    async def _forward(self, client: aiohttp.ClientSession, request: web.Request, tail: str, key: str) -> web.Response:
        visitor = request.cookies.get(_COOKIE) or secrets.token_urlsafe(18)
        headers = {name: request.headers[name] for name in _TO_GATEWAY if name in request.headers}
        headers["Authorization"] = f"Bearer {key}"
        headers["X-Client-Ref"] = hmac.new(key.encode(), visitor.encode(), hashlib.sha256).hexdigest()
        url = f"{self._gateway_url}/v1/{tail}"
        body = await request.read()
        try:
            async with client.request(
                request.method, url, params=request.query, data=body or None, headers=headers, allow_redirects=False
            ) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            return _problem(502, "gateway_unreachable", "Шлюз записи сейчас недоступен. Попробуйте ещё раз.")
        passed = {name: answer.headers[name] for name in _TO_BROWSER if name in answer.headers}
        response = web.Response(status=answer.status, body=content, headers={**passed, "Cache-Control": "no-store"})
        response.set_cookie(_COOKIE, visitor, httponly=True, samesite="Strict", path="/")
        return response


def _problem(status: int, code: str, detail: str) -> web.Response:
    problem = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail}
    return web.json_response(problem, status=status, content_type="application/problem+json")
