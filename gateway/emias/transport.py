"""HTTP/1.1 to EMIAS: one deadline around everything, a cap on what is read, no redirects, no proxies, no second try.

Reads keep their connections. Bookings open one of their own each: EMIAS may close an idle connection at the very moment
a create call is written to it, and that would be an unknown outcome for nothing; nor can a sync use up their places.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, Final

import httpx
import structlog

from gateway.domain.outcomes import Cause
from gateway.emias.errors import CallFailed
from gateway.emias.reply import RawReply
from gateway.emias.request import Request
from gateway.emias.retry_after import read_retry_after
from gateway.emias.tls_refusals import code_of_handshake, code_of_page, is_certificate_alert, what_to_do
from gateway.failpoints import is_armed, reach

__all__ = ["Transport"]

_HEADERS: Final = {"Accept-Encoding": "identity", "User-Agent": "bitrix-emias-gateway"}
_CONNECTIONS: Final = 16
_FORBIDDEN: Final = 403
_GZIP: Final = 16 + zlib.MAX_WBITS
_log = structlog.stdlib.get_logger("gateway.emias")


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
            cause = _unsent_cause(self.stage, causes)
            return CallFailed(cause, is_sent=False, code=_tls_code(causes) if cause is Cause.TLS else None)
        if self.stage is _Stage.SENT and any(map(is_certificate_alert, causes)):
            # TLS 1.3 tells the client only now that its certificate was refused. A server hands no request to its
            # application before the handshake, client certificate included, is done: this one was never seen.
            return CallFailed(Cause.TLS, is_sent=False, code=_tls_code(causes))
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


def _tls_code(causes: tuple[BaseException, ...]) -> str:
    return next((code for cause in causes if (code := code_of_handshake(cause))), "handshake_failed")


class _Body(httpx.AsyncByteStream):
    """A request's body on its way, whole unless a failpoint stands in its middle."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        sent = 0
        if __debug__ and is_armed("request_half_sent"):
            sent = len(self._body) // 2
            yield self._body[:sent]
            await reach("request_half_sent")
        yield self._body[sent:]
        if __debug__:
            await reach("request_sent")


class _Clients:
    """The connections of one TLS context."""

    def __init__(self, tls: ssl.SSLContext | None, connections: int) -> None:
        self._reads = _client(tls, httpx.Limits(max_connections=connections, keepalive_expiry=15.0))
        self._bookings = _client(tls, httpx.Limits(max_connections=connections, max_keepalive_connections=0))
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def lent(self, *, for_booking: bool) -> Iterator[httpx.AsyncClient]:
        """Count an exchange for as long as it lasts."""
        self._under_way += 1
        self._idle.clear()
        try:
            yield self._bookings if for_booking else self._reads
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def drained(self) -> None:
        """Wait until no exchange is under way; none takes longer than its deadline."""
        await self._idle.wait()

    async def aclose(self) -> None:
        await self._reads.aclose()
        await self._bookings.aclose()


class Transport:
    """Sends to one address; close it with `aclose`.

    `connections` bounds the exchanges under way, for reads and for bookings each. `server_name` is the name that the
    handshake asks for and the certificate must bear, where it is not the address's. Whoever `overhears` is told of each
    request and of what came back, personal data and all.
    """

    def __init__(
        self,
        address: str,
        tls: ssl.SSLContext | None,
        *,
        connections: int = _CONNECTIONS,
        server_name: str | None = None,
        overhears: Callable[[Request, RawReply | CallFailed], None] | None = None,
    ) -> None:
        self._address = address
        self._connections = connections
        self._named = {"sni_hostname": server_name} if server_name else {}
        self._overhears = overhears or _unheard
        self._clients = _Clients(tls, connections)
        self._retired: list[_Clients] = []

    def renew(self, tls: ssl.SSLContext | None) -> None:
        """Let every exchange that begins from now on use another context; those under way end with the old one."""
        self._retired.append(self._clients)
        self._clients = _Clients(tls, self._connections)

    async def drain(self) -> None:
        """Close the connections of former contexts as soon as their last exchange has ended."""
        for clients in list(self._retired):
            await clients.drained()
            await clients.aclose()
            self._retired.remove(clients)

    async def send(self, request: Request, *, deadline: float, max_bytes: int, for_booking: bool) -> RawReply:
        """Send a request and read its whole reply within `deadline` seconds; raise `CallFailed`."""
        progress = _Progress()
        try:
            with self._clients.lent(for_booking=for_booking) as client:
                async with asyncio.timeout(deadline):
                    reply = await self._exchange(client, request, progress, deadline, max_bytes)
        except CallFailed as failed:
            self._tell(request, failed)
            raise
        except (httpx.HTTPError, OSError) as error:  # OSError covers ssl.SSLError and TimeoutError
            broken = progress.failure(error)
            self._tell(request, broken)
            raise broken from None
        self._overhears(request, reply)
        return reply

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
            extensions={"trace": progress.hear, **self._named},
        ) as response:
            if __debug__:
                await reach("reply_unread")
            content = await _read(response, max_bytes)
            if __debug__:
                await reach("reply_read")
        reply = RawReply(
            status=response.status_code,
            media_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
            retry_after=read_retry_after(response.headers.get("Retry-After"), datetime.now(UTC)),
            body=content,
        )
        if code := code_of_page(reply):
            is_late = reply.status == _FORBIDDEN  # who forbids may have seen the answer, not our question only
            raise CallFailed(Cause.TLS, is_sent=is_late, http_status=reply.status, code=code)
        return reply

    async def aclose(self) -> None:
        """Close every connection."""
        for clients in (self._clients, *self._retired):
            await clients.aclose()

    def _tell(self, request: Request, failed: CallFailed) -> None:
        """Log what is wrong with a certificate, by its code and with what to do."""
        self._overhears(request, failed)
        if advice := what_to_do(failed.code):
            _log.warning("emias_tls_refused", code=failed.code, http_status=failed.http_status, what_to_do=advice)


def _unheard(_request: Request, _reply: RawReply | CallFailed) -> None:
    """Keep what was said between the two of us."""


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
