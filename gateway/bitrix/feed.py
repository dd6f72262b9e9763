"""Read the doctor feed that the site's module offers: page after page by element id, complete or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx

from gateway.bitrix.fetching import Fetched, Fetcher, open_fetcher
from gateway.bitrix.reading import Page, read_page, says_absent, understood
from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorSnapshot

__all__ = ["BitrixFeed", "FeedLimits", "open_feed"]

_ALL: Final = "emias:gateway.feed.doctors"
_ONE: Final = "emias:gateway.feed.doctor"
_KEY_HEADER: Final = "X-Gateway-Key"


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

    fetcher: Fetcher
    url: str
    key: str = field(repr=False)
    limits: FeedLimits = field(default_factory=FeedLimits)

    async def snapshot(self) -> DoctorSnapshot:
        """Read every doctor; raise `MirrorRefused` unless the list is whole and of one moment."""
        try:
            async with asyncio.timeout(self.limits.seconds):
                for _ in range(self.limits.readings):
                    try:
                        return understood(await self._read_all())
                    except _Moved:
                        continue
        except TimeoutError:
            raise MirrorRefused("too_slow") from None
        raise MirrorRefused("snapshot_incomplete")

    async def one(self, element_id: str) -> DoctorSnapshot:
        """Read one element anew; a site that says so in the feed's own words has none, a bare 404 says nothing."""
        fetched = await self._ask(action=_ONE, id=element_id)
        if fetched.status == httpx.codes.NOT_FOUND and says_absent(fetched.body):
            return DoctorSnapshot(())
        _must_be_welcome(fetched)
        page = read_page(fetched.body)
        if not {str(found) for found in page.items} <= {element_id}:
            raise MirrorRefused("malformed")
        return understood(page.items)

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
        fetched = await self._ask(action=_ALL, after_id=str(after_id), limit=str(self.limits.page))
        _must_be_welcome(fetched)
        page = read_page(fetched.body)
        ids = list(page.items)
        if ids != sorted(ids) or (ids and (ids[0] <= after_id or ids[-1] > page.last_id)):
            raise MirrorRefused("malformed")
        if page.has_more and page.last_id <= after_id:
            raise MirrorRefused("malformed")
        return page

    async def _ask(self, **query: str) -> Fetched:
        url = httpx.URL(self.url).copy_merge_params(query)
        return await self.fetcher.fetch(self.fetcher.client.build_request("GET", url, headers={_KEY_HEADER: self.key}))


def _must_be_welcome(fetched: Fetched) -> None:
    if fetched.status in {401, 403}:
        raise MirrorRefused("auth_failed")
    if fetched.status != httpx.codes.OK:
        raise MirrorRefused(f"http_{fetched.status}")


@asynccontextmanager
async def open_feed(url: str, key: str, limits: FeedLimits | None = None) -> AsyncIterator[BitrixFeed]:
    """Prepare to read `https://site/bitrix/services/main/ajax.php` with the key that the site knows us by."""
    chosen = limits or FeedLimits()
    async with open_fetcher(url, chosen.page_bytes, chosen.page_seconds) as fetcher:
        yield BitrixFeed(fetcher, url, key, chosen)
