"""HTTP/1.1 to EMIAS: one deadline around everything, a cap on what is read, no redirects, no proxies, no second try.

Reads keep their connections. Bookings open one of their own each: EMIAS may close an idle connection at the very moment
a create call is written to it, and that would be an unknown outcome for nothing; nor can a sync use up their places.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, Final

import httpx

from gateway.domain.outcomes import Cause
from gateway.emias.errors import CallFailed
from gateway.emias.reply import RawReply
from gateway.emias.request import Request
from gateway.emias.retry_after import read_retry_after
from gateway.failpoints import reach

__all__ = ["Transport"]

_HEADERS: Final = {"Accept-Encoding": "identity", "User-Agent": "bitrix-emias-gateway"}
_GZIP: Final = 16 + zlib.MAX_WBITS
_CERTIFICATE_ALERTS: Final = (
    "ALERT_CERTIFICATE_REQUIRED",
    "ALERT_BAD_CERTIFICATE",
    "ALERT_UNSUPPORTED_CERTIFICATE",
    "ALERT_CERTIFICATE_REVOKED",
    "ALERT_CERTIFICATE_EXPIRED",
    "ALERT_CERTIFICATE_UNKNOWN",
    "ALERT_UNKNOWN_CA",
    "ALERT_HANDSHAKE_FAILURE",
)


class _Stage(Enum):
    """How far a request has come; up to `TLS` nothing of it has been written."""

    POOL = auto()
    TCP = auto()
    TLS = auto()
    SENT = auto()
    ANSWERED = auto()


_STAGE_OF_EVENT: Final = {
    "connection.connect_tcp.started": _Stage.TCP,
    "connection.start_tls.started": _Stage.TLS,
    "http11.send_request_headers.started": _Stage.SENT,
    "http11.receive_response_headers.complete": _Stage.ANSWERED,
}
_UNSENT: Final = {_Stage.POOL: Cause.POOL, _Stage.TCP: Cause.CONNECT, _Stage.TLS: Cause.TLS}


class _Progress:
    """Listens to one request on its way."""

    def __init__(self) -> None:
        self.stage = _Stage.POOL

    async def hear(self, event: str, _info: dict[str, Any]) -> None:
        self.stage = _STAGE_OF_EVENT.get(event, self.stage)

    def failure(self, error: Exception) -> CallFailed:
        """Tell what a broken exchange means: sent or surely not, and why."""
        causes = tuple(_chain(error))
        if self.stage in _UNSENT:
            return CallFailed(_unsent_cause(self.stage, causes), is_sent=False)
        if self.stage is _Stage.SENT and any(map(_is_certificate_alert, causes)):
            # TLS 1.3 tells the client only now that its certificate was refused. A server hands no request to its
            # application before the handshake, client certificate included, is done: this one was never seen.
            return CallFailed(Cause.TLS, is_sent=False)
        return CallFailed(self._sent_cause(error))

    def _sent_cause(self, error: Exception) -> Cause:
        match error:
            case TimeoutError() | httpx.TimeoutException():
                return Cause.TIMEOUT
            case ssl.SSLError():
                return Cause.TLS
            case httpx.RemoteProtocolError() if self.stage is _Stage.ANSWERED:
                return Cause.TRUNCATED
            case httpx.RemoteProtocolError() if not str(error).startswith("Server disconnected"):
                return Cause.GARBLED
            case _:
                return Cause.RESET


def _unsent_cause(stage: _Stage, causes: tuple[BaseException, ...]) -> Cause:
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Cause.DNS
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Cause.TLS
    return _UNSENT[stage]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_certificate_alert(error: BaseException) -> bool:
    return isinstance(error, ssl.SSLError) and (error.reason or "").endswith(_CERTIFICATE_ALERTS)


class _Body(httpx.AsyncByteStream):
    """A request's body on its way; where failpoints are compiled it is written in two halves."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if __debug__:
            half = len(self._body) // 2
            yield self._body[:half]
            await reach("request_half_sent")
            yield self._body[half:]
            await reach("request_sent")
        else:
            yield self._body


class Transport:
    """Sends to one address; close it with `aclose`."""

    def __init__(self, address: str, tls: ssl.SSLContext | None, *, connections: int) -> None:
        self._address = address
        self._reads = _client(tls, httpx.Limits(max_connections=connections, keepalive_expiry=15.0))
        self._bookings = _client(tls, httpx.Limits(max_connections=connections, max_keepalive_connections=0))

    async def send(self, request: Request, *, deadline: float, max_bytes: int, for_booking: bool) -> RawReply:
        """Send a request and read its whole reply within `deadline` seconds; raise `CallFailed`."""
        client = self._bookings if for_booking else self._reads
        progress = _Progress()
        try:
            async with asyncio.timeout(deadline):
                return await self._exchange(client, request, progress, deadline, max_bytes)
        except (httpx.HTTPError, OSError) as error:  # OSError covers ssl.SSLError and TimeoutError
            raise progress.failure(error) from None

    async def _exchange(
        self, client: httpx.AsyncClient, request: Request, progress: _Progress, deadline: float, max_bytes: int
    ) -> RawReply:
        body = request.body
        length = {} if body is None else {"Content-Length": str(len(body))}
        async with client.stream(
            request.method,
            f"{self._address.rstrip('/')}/{request.target}" if request.target else self._address,
            content=None if body is None else _Body(body),
            headers={**request.headers, **length},
            timeout=deadline,
            extensions={"trace": progress.hear},
        ) as response:
            if __debug__:
                await reach("reply_unread")
            content = await _read(response, max_bytes)
            if __debug__:
                await reach("reply_read")
        return RawReply(
            status=response.status_code,
            media_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
            retry_after=read_retry_after(response.headers.get("Retry-After"), datetime.now(UTC)),
            body=content,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._reads.aclose()
        await self._bookings.aclose()


def _client(tls: ssl.SSLContext | None, limits: httpx.Limits) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        verify=tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        http2=False,
        follow_redirects=False,
        trust_env=False,
        limits=limits,
        headers=_HEADERS,
    )


async def _read(response: httpx.Response, max_bytes: int) -> bytes:
    """Read the body as it is after decoding, never holding more of it than the cap."""
    status = response.status_code
    body = bytearray()
    async for piece in _decoded(response, max_bytes):
        body += piece
        if len(body) > max_bytes:
            raise CallFailed(Cause.TOO_LARGE, http_status=status)
    return bytes(body)


async def _decoded(response: httpx.Response, max_bytes: int) -> AsyncIterator[bytes]:
    status = response.status_code
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in {"identity", "gzip", "x-gzip"}:
        raise CallFailed(Cause.GARBLED, http_status=status)
    if coding == "identity":
        async for piece in response.aiter_raw():
            yield piece
        return
    unpack = zlib.decompressobj(_GZIP)
    try:
        async for piece in response.aiter_raw():
            yield unpack.decompress(piece, max_bytes + 1)
            if unpack.unconsumed_tail:
                raise CallFailed(Cause.TOO_LARGE, http_status=status)
    except zlib.error:
        raise CallFailed(Cause.GARBLED, http_status=status) from None
    if not unpack.eof:
        raise CallFailed(Cause.TRUNCATED, http_status=status)
