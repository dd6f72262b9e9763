"""Answers as ready ASGI messages: built once, sent to one caller or to thousands."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import msgspec

from gateway.http.language import Language

if TYPE_CHECKING:
    from litestar.types import Receive, Scope, Send
    from litestar.types.asgi_types import HTTPResponseBodyEvent, HTTPResponseStartEvent

__all__ = ["JSON", "PROBLEM", "Reply", "json_reply", "page_reply", "problem_headers"]

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class Reply:
    """A whole answer; one with an ETag answers 304 to those who have it already."""

    __slots__ = ("_body", "_etag", "_headers", "_media_type", "_start", "_unchanged", "body", "status")

    def __init__(
        self, status: int, body: bytes, media_type: str | None, headers: Mapping[str, str] = _NO_HEADERS, etag: str = ""
    ) -> None:
        self.status = status
        self.body = body
        self._media_type = media_type
        self._headers = headers
        self._etag = etag.encode()
        shared = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        if etag:
            shared.append((b"etag", self._etag))
        full = list(shared)
        if media_type is not None:
            full.append((b"content-type", media_type.encode()))
            full.append((b"content-length", str(len(body)).encode()))
        self._start: HTTPResponseStartEvent = {"type": "http.response.start", "status": status, "headers": full}
        self._body: HTTPResponseBodyEvent = {"type": "http.response.body", "body": body, "more_body": False}
        self._unchanged: HTTPResponseStartEvent = {"type": "http.response.start", "status": 304, "headers": shared}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - an ASGI app
        """Send the answer, or 304."""
        if self._etag and self._is_known(scope):
            await send(self._unchanged)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        await send(self._start)
        await send(self._body)

    def with_headers(self, more: Mapping[str, str]) -> Reply:
        """Return the same answer with more headers."""
        return Reply(self.status, self.body, self._media_type, {**self._headers, **more}, self._etag.decode())

    def _is_known(self, scope: Scope) -> bool:
        for name, value in scope["headers"]:
            if name == b"if-none-match":
                return value == self._etag or self._listed(value)
        return False

    def _listed(self, value: bytes) -> bool:
        tags = {tag.strip().removeprefix(b"W/") for tag in value.split(b",")}
        return b"*" in tags or self._etag in tags


_NO_STORE: Final = MappingProxyType({"Cache-Control": "no-store"})
_REVALIDATE: Final = MappingProxyType({"Cache-Control": "private, no-cache", "Vary": "Authorization"})


def json_reply(content: Any, status: int = 200, headers: Mapping[str, str] = _NO_HEADERS) -> Reply:
    """Answer with JSON that nobody keeps."""
    return Reply(status, msgspec.json.encode(content), JSON, {**_NO_STORE, **headers})


def page_reply(content: Any) -> Reply:
    """Answer with JSON that the caller may keep and ask about again."""
    body = msgspec.json.encode(content)
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    return Reply(200, body, JSON, _REVALIDATE, etag)


def problem_headers(
    language: Language | None, retry_after: int | None = None, allow: str | None = None, *, challenge: bool = False
) -> dict[str, str]:
    """Return the headers of a problem; `language` is None where the words are a stored answer's."""
    headers = dict(_NO_STORE)
    if language is not None:
        headers["Content-Language"] = language.value
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    if allow is not None:
        headers["Allow"] = allow
    if challenge:
        headers["WWW-Authenticate"] = 'Bearer realm="emias-gateway"'
    return headers
