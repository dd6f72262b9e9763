"""What surrounds every request, matched or not: its id, its log line, its figures."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Any, Final

import structlog
from litestar.enums import ScopeType

from gateway.logs import REQUEST_ID
from gateway.metrics import Metrics

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Frame"]

_FIT_ID: Final = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NOSNIFF: Final = (b"x-content-type-options", b"nosniff")


class Frame:
    """ASGI app around the door; nothing of a path, query, header or body but the route's template is logged."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._log: Any = structlog.stdlib.get_logger("gateway.request").bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the request an id, pass it on, then write down how it ended."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = _given_id(scope["headers"]) or os.urandom(8).hex().encode()
        status = 0

        async def send_framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (b"x-request-id", request_id), _NOSNIFF]
                message = {"type": "http.response.start", "status": status, "headers": headers}
            await send(message)

        token = REQUEST_ID.set(request_id.decode())
        try:
            await self._app(scope, receive, send_framed)
        finally:
            self._write_down(scope, status, time.perf_counter() - began)
            REQUEST_ID.reset(token)

    def _write_down(self, scope: Scope, status: int, seconds: float) -> None:
        given = str(scope.get("method"))
        method = given if given in _METHODS else "OTHER"
        route = scope.get("path_template") or "unmatched"
        self._metrics.request_answered(method, route, status, seconds)
        self._log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 3))


def _given_id(headers: Any) -> bytes | None:
    for name, value in headers:
        if name == b"x-request-id":
            return value if _FIT_ID.fullmatch(value) else None
    return None
