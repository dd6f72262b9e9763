"""How a form of ours is trusted: it carries the admin's CSRF token, and its body is of a known size.

Who may come at all is the gate's word (`admin.gatehouse`), which leaves the visitor in `scope["visitor"]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from piccolo_api.csrf.middleware import CSRFMiddleware
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.middleware import Middleware
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["FORM_POLICY", "READ_POLICY", "form_door", "form_of"]

_STRICT: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; frame-ancestors 'none'; "
)
READ_POLICY: Final = f"{_STRICT}form-action 'none'"
FORM_POLICY: Final = f"{_STRICT}form-action 'self'"
_LARGEST_FORM: Final = 64 * 1024


def form_door(hosts: Sequence[str], largest: int = _LARGEST_FORM) -> list[Middleware]:
    """Return the layers of a page with a form of at most so many bytes; with https, hosts are those of its origin."""
    return [
        Middleware(_Limited, largest=largest),
        Middleware(_Token, hosts=hosts),
    ]


async def form_of(request: Request) -> FormData:
    """Return what a form holds; the check of its token has read it already."""
    read: Any = request.scope.get("form")
    return read if isinstance(read, FormData) else await request.form()


class _Token(CSRFMiddleware):
    """The admin's own check of its token, which may also stand in a form; the form's files end with the request."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        super().__init__(app, allowed_hosts=list(hosts), allow_form_param=True)

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Serve a request whose token is right."""
        try:
            answer: Response = await super().dispatch(request, call_next)
        finally:
            form = request.scope.get("form")
            if isinstance(form, FormData):
                await form.close()
        return answer


class _TooLarge(MultiPartException):
    """A body went on past its limit; the form's reader closes its files at this."""


class _Limited:
    """Stops reading a body that is too large, whatever length it claims."""

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = 0

        async def receive_some() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._largest:
                raise _TooLarge(self._words)
            return message

        try:
            await self._app(scope, receive_some, send)
        except (HTTPException, MultiPartException):
            if read <= self._largest:
                raise
            await PlainTextResponse(self._words, status_code=413)(scope, receive, send)

    @property
    def _words(self) -> str:
        return f"Больше {self._largest // 1024} КБ не принимается · At most {self._largest // 1024} KB"
