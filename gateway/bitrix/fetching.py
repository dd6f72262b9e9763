"""One bounded exchange with a site: in bytes, in time, without redirections and compression."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx
import structlog

from gateway.domain.errors import MirrorRefused

__all__ = ["Fetched", "Fetcher", "open_fetcher"]

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_CONNECT_SECONDS: Final = 5.0
_log = structlog.stdlib.get_logger("gateway.bitrix")


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer with any status but a redirection."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Sends requests and reads answers of at most so many bytes and seconds; addresses are never logged."""

    client: httpx.AsyncClient
    most_bytes: int
    seconds: float

    async def fetch(self, request: httpx.Request) -> Fetched:
        """Send a request; raise `MirrorRefused`: `unreachable`, `too_slow`, `redirected`, `too_large`, `malformed`."""
        try:
            async with asyncio.timeout(self.seconds):
                response = await self.client.send(request, stream=True)
                try:
                    return Fetched(response.status_code, await self._body(response))
                finally:
                    await response.aclose()
        except TimeoutError:
            raise MirrorRefused("too_slow") from None
        except (httpx.HTTPError, ssl.SSLError, OSError) as fault:
            _log.warning("site_unreachable", fault=type(fault).__name__)
            raise MirrorRefused("unreachable") from None

    async def _body(self, response: httpx.Response) -> bytes:
        if response.is_redirect:
            raise MirrorRefused("redirected")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            # We asked for none, and a small compressed page may be a huge one.
            raise MirrorRefused("malformed")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self.most_bytes:
                raise MirrorRefused("too_large")
        return bytes(body)


@asynccontextmanager
async def open_fetcher(url: str, most_bytes: int, seconds: float) -> AsyncIterator[Fetcher]:
    """Prepare to speak to the site at an address.

    TLS is checked against the system's authorities (`SSL_CERT_FILE` names others).
    """
    tls = await asyncio.to_thread(ssl.create_default_context)
    address = httpx.URL(url)
    if address.scheme == "http" and address.host not in _LOOPBACK:
        _log.warning("site_without_tls")
    async with httpx.AsyncClient(
        verify=tls,
        timeout=httpx.Timeout(seconds, connect=_CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
    ) as client:
        yield Fetcher(client, most_bytes, seconds)
