"""HTTP to one origin, ESIA's or a broker's: no redirects, no proxies, no second try, a cap on what is read."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec

from gateway.esia.errors import EsiaError, EsiaSetupError

__all__ = ["CallBroke", "Calls", "Origin", "Reply", "check_address", "open_calls"]

_MOST_BYTES: Final = 1024 * 1024
_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "bitrix-emias-gateway"}
_CONNECTIONS: Final = 8


class CallBroke(EsiaError):
    """A call brought no answer to read; whether it arrived is not known. `what` is a stable word."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom to ask and how to know them.

    `plain_http_to` are TLS terminators of ours, as host:port; `setting` is where the address stands.
    """

    url: str
    ca_file: Path | None = None
    host_header: str | None = None
    server_name: str | None = None
    plain_http_to: tuple[str, ...] = ()
    seconds: float = 10.0
    setting: str = "ESIA_URL"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose body is JSON, None when it is something else."""

    status: int
    content: Any

    @property
    def is_ok(self) -> bool:
        """Whether it is what was asked for."""
        return self.status == HTTPStatus.OK

    def fields(self) -> dict[str, Any]:
        """Return the body when it is an object, else an empty one."""
        return self.content if isinstance(self.content, dict) else {}


class Calls:
    """Asks one origin; `clock_heard` is told by how many seconds its clock is ahead of ours."""

    def __init__(self, client: httpx.AsyncClient, origin: Origin, clock_heard: Callable[[float], None]) -> None:
        self._client = client
        self._base = origin.url.rstrip("/")
        self._headers = {"Host": origin.host_header} if origin.host_header else {}
        self._named = {"sni_hostname": origin.server_name} if origin.server_name else {}
        self._seconds = origin.seconds
        self._clock_heard = clock_heard

    async def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Reply:
        """Send a form, once; raise `CallBroke`."""
        return await self._ask("POST", path, data=dict(form), headers=headers or {})

    async def get(self, path: str, *, query: Mapping[str, str] | None = None, bearer: str | None = None) -> Reply:
        """Read a resource; raise `CallBroke`."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return await self._ask("GET", path, params=dict(query or {}), headers=headers)

    async def _ask(self, method: str, path: str, *, headers: Mapping[str, str], **what: Any) -> Reply:
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._client.stream(
                    method, f"{self._base}{path}", headers={**self._headers, **headers}, extensions=self._named, **what
                ) as response,
            ):
                self._hear_clock(response)
                body = await _read(response)
        except (httpx.HTTPError, OSError) as fault:  # OSError covers TimeoutError
            raise CallBroke(type(fault).__name__) from None
        try:
            content = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            content = None
        return Reply(response.status_code, content)

    def _hear_clock(self, response: httpx.Response) -> None:
        try:
            theirs = parsedate_to_datetime(response.headers.get("Date", ""))
        except ValueError:
            return
        if theirs.tzinfo is not None:
            self._clock_heard(theirs.astimezone(UTC).timestamp() - time.time())


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > _MOST_BYTES:
            raise CallBroke("too_large")
    return bytes(body)


@asynccontextmanager
async def open_calls(origin: Origin, clock_heard: Callable[[float], None]) -> AsyncIterator[Calls]:
    """Prepare to ask an origin; raise `EsiaSetupError`."""
    check_address(origin.setting, origin.url, origin.plain_http_to)
    async with httpx.AsyncClient(
        verify=_context(origin.ca_file),
        follow_redirects=False,
        trust_env=False,
        timeout=origin.seconds,
        limits=httpx.Limits(max_connections=_CONNECTIONS, keepalive_expiry=15.0),
        headers=_HEADERS,
        # What one visitor's login is handed must not go along with the next one's.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
    ) as client:
        yield Calls(client, origin, clock_heard)


def check_address(name: str, url: str, plain_http_to: tuple[str, ...] = ()) -> None:
    """Raise `EsiaSetupError` unless an address is https, or http to loopback or to a terminator of ours."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        raise EsiaSetupError(f"{name}: не адрес / not a URL") from None
    if parts.scheme not in {"http", "https"} or not parts.host or parts.userinfo or parts.query or parts.fragment:
        raise EsiaSetupError(f"{name}: нужен адрес https:// без имени, пароля и параметров / a plain https:// URL")
    is_near = _is_loopback(parts.host) or f"{parts.host}:{parts.port or 80}" in plain_http_to
    if parts.scheme == "http" and not is_near:
        raise EsiaSetupError(
            f"{name}: http только к этой же машине или к ESIA_PLAIN_HTTP_TO / http only toward this very machine or a "
            "terminator that ESIA_PLAIN_HTTP_TO names"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _context(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        return context
    try:
        context.load_verify_locations(cafile=ca_file)
    except OSError:
        raise EsiaSetupError(f"{ca_file}: не PEM УЦ / not a readable PEM file of a CA") from None
    return context
