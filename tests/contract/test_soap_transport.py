"""The HTTP below SOAP: connections, deadlines, codings and broken exchanges, against a scripted loopback server."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest

from gateway.domain.outcomes import Cause
from gateway.emias.errors import CallFailed
from gateway.emias.request import Request
from gateway.emias.transport import Transport, _Progress

QUESTION = b"<question/>"
REQUEST = Request({"Content-Type": "text/xml"}, QUESTION)
OK = "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\n"
PACKED = gzip.compress(b"<answer/>" * 100)


def _http(body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"{OK}{lines}Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body


class Script:
    """A server that answers each request with the next scripted reply; None hangs, b"" closes."""

    def __init__(self, replies: Sequence[bytes | None]) -> None:
        self._replies = list(replies)
        self.connections = 0
        self.requests: list[bytes] = []
        self.lost = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer on one connection until it ends."""
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.requests.append(head + await reader.readexactly(len(QUESTION)))
                reply = self._replies.pop(0)
                if reply is None:
                    await reader.read()
                    break
                writer.write(reply)
                await writer.drain()
                if not reply or b"Connection: close" in reply:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.lost.set()
            writer.close()


@asynccontextmanager
async def _scripted(*replies: bytes | None) -> AsyncIterator[tuple[Script, Transport]]:
    script = Script(replies)
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    transport = Transport(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", None, connections=2)
    try:
        yield script, transport
    finally:
        await transport.aclose()
        server.close()
        await server.wait_closed()


async def _failure(transport: Transport, *, deadline: float = 5.0, max_bytes: int = 10_000) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        await transport.send(REQUEST, deadline=deadline, max_bytes=max_bytes, for_booking=False)
    return caught.value


async def test_a_reply_is_read_to_its_end() -> None:
    """Status, media type, wait and body arrive as they were sent; the request asks for no coding."""
    async with _scripted(_http(b"<answer/>", "Retry-After: 7")) as (script, transport):
        reply = await transport.send(REQUEST, deadline=5.0, max_bytes=9, for_booking=True)

    assert (reply.status, reply.media_type, reply.retry_after, reply.body) == (200, "text/xml", 7.0, b"<answer/>")
    assert b"accept-encoding: identity\r\n" in script.requests[0].lower()
    assert script.requests[0].endswith(b"<question/>")


async def test_reads_share_a_connection_and_bookings_do_not() -> None:
    """Two reads are one connection, two bookings are two more."""
    async with _scripted(*[_http(b"<answer/>")] * 4) as (script, transport):
        for for_booking in (False, False, True, True):
            await transport.send(REQUEST, deadline=5.0, max_bytes=99, for_booking=for_booking)

    assert script.connections == 3


async def test_a_connection_is_dropped_after_a_timeout() -> None:
    """The late answer to one call is never taken for the answer to the next."""
    async with _scripted(None, _http(b"<answer/>")) as (script, transport):
        failure = await _failure(transport, deadline=0.2)
        await script.lost.wait()
        await transport.send(REQUEST, deadline=5.0, max_bytes=99, for_booking=False)

    assert (failure.cause, failure.is_sent, script.connections) == (Cause.TIMEOUT, True, 2)


async def test_waiting_for_a_place_is_not_sent() -> None:
    """With every connection busy, a call that gives up was never written."""
    async with _scripted(None, None) as (script, transport):
        busy = [asyncio.create_task(_failure(transport, deadline=1.5)) for _ in range(2)]
        while len(script.requests) < 2:  # noqa: ASYNC110 - the requests are counted by the server's own tasks
            await asyncio.sleep(0.01)
        failure = await _failure(transport, deadline=0.2)
        assert {(await task).cause for task in busy} == {Cause.TIMEOUT}

    assert (failure.cause, failure.is_sent) == (Cause.POOL, False)


async def test_gzip_is_read_though_not_asked_for() -> None:
    """A proxy that packs in spite of us is understood."""
    async with _scripted(_http(PACKED, "Content-Encoding: gzip")) as (_, transport):
        reply = await transport.send(REQUEST, deadline=5.0, max_bytes=900, for_booking=False)

    assert reply.body == b"<answer/>" * 100


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (_http(b"x" * 901), Cause.TOO_LARGE),
        (_http(gzip.compress(b"x" * 901), "Content-Encoding: gzip"), Cause.TOO_LARGE),
        (_http(PACKED[:-9], "Content-Encoding: gzip"), Cause.TRUNCATED),
        (_http(b"not gzip", "Content-Encoding: gzip"), Cause.GARBLED),
        (_http(b"<answer/>", "Content-Encoding: br"), Cause.GARBLED),
        (_http(b"<answ", "Connection: close", length=9), Cause.TRUNCATED),
        (b"", Cause.RESET),
        (b"SSH-2.0-dropbear\r\n\r\n", Cause.GARBLED),
        (_http(b"", "A" * 200_000 + ": 1"), Cause.GARBLED),
    ],
)
async def test_what_cannot_be_read_is_told_by_its_cause(reply: bytes, cause: Cause) -> None:
    """Too much, too little, packed wrongly, or no HTTP at all: each has its cause, and all were sent."""
    async with _scripted(reply) as (_, transport):
        failure = await _failure(transport, max_bytes=900)

    assert (failure.cause, failure.is_sent) == (cause, True)
    assert failure.__cause__ is None


async def test_a_redirect_is_not_followed() -> None:
    """Patients' data goes to the configured address and nowhere else."""
    moved = b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    async with _scripted(moved) as (script, transport):
        reply = await transport.send(REQUEST, deadline=5.0, max_bytes=99, for_booking=True)

    assert (reply.status, len(script.requests)) == (307, 1)


def _alert(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "alert")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("reason", "is_sent"),
    [
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", False),
        ("TLSV1_ALERT_UNKNOWN_CA", False),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", False),
        ("TLSV1_ALERT_INTERNAL_ERROR", True),
        ("DECRYPTION_FAILED_OR_BAD_RECORD_MAC", True),
    ],
)
async def test_only_an_alert_about_our_certificate_proves_that_nothing_was_seen(reason: str, *, is_sent: bool) -> None:
    """TLS 1.3 refuses a certificate after our write; any other alert may come after the work was done."""
    progress = _Progress()
    await progress.hear("http11.send_request_headers.started", {})
    bare = progress.failure(_alert(reason))
    wrapped = httpx.ReadError("")
    wrapped.__cause__ = _alert(reason)

    assert (bare.cause, bare.is_sent) == (Cause.TLS, is_sent)
    assert progress.failure(wrapped).is_sent is is_sent
    await progress.hear("http11.receive_response_headers.complete", {})
    assert progress.failure(_alert(reason)).is_sent
