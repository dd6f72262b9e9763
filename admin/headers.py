"""Headers that bind the browser, and the last word on errors, around the whole admin."""

from __future__ import annotations

import json
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["CONTENT_SECURITY_POLICY", "Shield"]

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    # The pages' icons and editors write style elements of their own.
    "style-src 'self' 'unsafe-inline'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_NEVER_KEPT: Final = (b"cache-control", b"no-store")
_FOREIGN: Final = ("/api/docs", "/public/docs")
_log = structlog.get_logger()


class Shield:
    """The outermost layer: adds the headers, closes pages that load scripts from elsewhere, and hides what broke.

    With an https origin every request counts as https, whatever a proxy says, so that the check of `Origin` holds.
    """

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        assets = scope["path"].startswith("/assets/")

        async def send_bound(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                kept = () if assets else (_NEVER_KEPT,)
                told = [self._cookie_kept(*pair) for pair in message["headers"]]
                message = {**message, "headers": [*told, *_HEADERS, *kept]}
            await send(message)

        if scope["path"].startswith(_FOREIGN):
            await _answer(send_bound, 404, "нет такой страницы · not found")
            return
        try:
            await self._app({**scope, "scheme": "https"} if self._secure else scope, receive, send_bound)
        except Exception:  # noqa: BLE001 - nothing may pass this layer with its text
            # The log leaves out the text of an error, which may quote what was typed or stored.
            _log.exception("admin.failed", method=scope["method"], path=scope["path"])
            if not started:
                await _answer(send_bound, 500, "внутренняя ошибка · internal error")

    def _cookie_kept(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        """Bind a cookie to https: Piccolo leaves that out of its token's."""
        is_bare = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
        return name, value + b"; Secure" if self._secure and is_bare else value


async def _answer(send: Send, status: int, detail: str) -> None:
    body = json.dumps({"detail": detail}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
