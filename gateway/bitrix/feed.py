"""Read the doctor feed that the site's module offers: page after page by element id, complete or not at all."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx
import structlog

from gateway.bitrix.reading import IllegibleItem, Page, read_doctor, read_page
from gateway.domain.directory import FeedDoctor
from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorSnapshot

__all__ = ["BitrixFeed", "FeedLimits", "open_feed"]

_ACTION: Final = "emias:gateway.feed.doctors"
_KEY_HEADER: Final = "X-Gateway-Key"
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_CONNECT_SECONDS: Final = 5.0
_log = structlog.stdlib.get_logger("gateway.bitrix")


@dataclass(frozen=True, slots=True)
class FeedLimits:
    """Bounds of one snapshot: elements a page, pages, bytes a page, seconds a page, seconds in all, readings.

    The list is read again when an editor changed it between two pages.
    """

    page: int = 200
    pages: int = 500
    page_bytes: int = 4 * 1024 * 1024
    page_seconds: float = 20.0
    seconds: float = 120.0
    readings: int = 3


class _Moved(Exception):
    """The list changed between two pages."""


@dataclass(frozen=True, slots=True)
class BitrixFeed:
    """A `DoctorSource` over the site's feed; the reasons of its refusals are stable codes.

    `unreachable`, `too_slow`, `redirected`, `auth_failed`, `http_<status>`, `site_error`, `too_large`, `malformed`,
    `schema_version`, `snapshot_incomplete`.
    """

    client: httpx.AsyncClient
    url: str
    key: str = field(repr=False)
    limits: FeedLimits = field(default_factory=FeedLimits)

    async def snapshot(self) -> DoctorSnapshot:
        """Read every doctor; raise `MirrorRefused` unless the list is whole and of one moment."""
        try:
            async with asyncio.timeout(self.limits.seconds):
                for _ in range(self.limits.readings):
                    try:
                        return _understood(await self._read_all())
                    except _Moved:
                        continue
        except TimeoutError:
            raise MirrorRefused("too_slow") from None
        raise MirrorRefused("snapshot_incomplete")

    async def _read_all(self) -> dict[int, object]:
        items: dict[int, object] = {}
        first = page = await self._page(0)
        items.update(page.items)
        for _ in range(1, self.limits.pages):
            if not page.has_more:
                break
            page = await self._page(page.last_id)
            if (page.snapshot_id, page.total) != (first.snapshot_id, first.total):
                raise _Moved
            items.update(page.items)
        if page.has_more or len(items) != first.total:
            raise MirrorRefused("snapshot_incomplete")
        return items

    async def _page(self, after_id: int) -> Page:
        body = await self._body(after_id)
        page = read_page(body)
        ids = list(page.items)
        if ids != sorted(ids) or (ids and (ids[0] <= after_id or ids[-1] > page.last_id)):
            raise MirrorRefused("malformed")
        if page.has_more and page.last_id <= after_id:
            raise MirrorRefused("malformed")
        return page

    async def _body(self, after_id: int) -> bytes:
        url = httpx.URL(self.url).copy_merge_params(
            {"action": _ACTION, "after_id": str(after_id), "limit": str(self.limits.page)}
        )
        request = self.client.build_request("GET", url, headers={_KEY_HEADER: self.key})
        try:
            async with asyncio.timeout(self.limits.page_seconds):
                response = await self.client.send(request, stream=True)
                try:
                    _must_be_welcome(response)
                    return await self._bounded(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise MirrorRefused("too_slow") from None
        except (httpx.HTTPError, ssl.SSLError, OSError) as fault:
            _log.warning("feed_unreachable", fault=type(fault).__name__)
            raise MirrorRefused("unreachable") from None

    async def _bounded(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self.limits.page_bytes:
                raise MirrorRefused("too_large")
        return bytes(body)


def _must_be_welcome(response: httpx.Response) -> None:
    if response.status_code in {401, 403}:
        raise MirrorRefused("auth_failed")
    if response.is_redirect:
        raise MirrorRefused("redirected")
    if response.status_code != httpx.codes.OK:
        raise MirrorRefused(f"http_{response.status_code}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        # We asked for none, and a small compressed page may be a huge one.
        raise MirrorRefused("malformed")


def _understood(items: dict[int, object]) -> DoctorSnapshot:
    doctors: list[FeedDoctor] = []
    illegible: set[str] = set()
    for element_id, item in items.items():
        try:
            doctors.append(read_doctor(item))
        except IllegibleItem as problem:
            illegible.add(str(element_id))
            _log.warning("feed_item_illegible", element_id=element_id, problem=str(problem))
    return DoctorSnapshot(tuple(doctors), frozenset(illegible))


@asynccontextmanager
async def open_feed(url: str, key: str, limits: FeedLimits | None = None) -> AsyncIterator[BitrixFeed]:
    """Prepare to read `https://site/bitrix/services/main/ajax.php` with the key that the site knows us by.

    TLS is checked against the system's authorities (`SSL_CERT_FILE` names others).
    """
    chosen = limits or FeedLimits()
    tls = await asyncio.to_thread(ssl.create_default_context)
    address = httpx.URL(url)
    if address.scheme == "http" and address.host not in _LOOPBACK:
        _log.warning("feed_without_tls")
    async with httpx.AsyncClient(
        verify=tls,
        timeout=httpx.Timeout(chosen.page_seconds, connect=_CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
    ) as client:
        yield BitrixFeed(client, url, key, chosen)
