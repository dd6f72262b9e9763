"""Pages of free slots kept as ready bytes, coherent with the tables.

A page is forgotten on news of any EMIAS doctor behind it, when a hold under it ends or a slot of it begins, when it
turns stale, at midnight in Moscow, and after `LONGEST_KEPT` in any case. While no news can be heard nothing is kept.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Final

from gateway.domain.directory import DoctorSlots
from gateway.domain.moscow import MOSCOW, as_moscow
from gateway.http.replies import Reply, page_reply
from gateway.http.shapes import is_stale, slots_out
from gateway.ports import Clock

__all__ = ["LONGEST_KEPT", "PageKey", "SlotPages"]

LONGEST_KEPT: Final = timedelta(seconds=30)
_MOST_PAGES: Final = 4096
_LONGEST_QUERY: Final = 128

PageKey = tuple[int, str, bytes]
"""Site, doctor, and the query string as it came."""


@dataclass(frozen=True, slots=True)
class _Page:
    reply: Reply
    until: datetime
    source_ids: tuple[int, ...]


@dataclass(slots=True, eq=False)
class _Flight:
    """A page being made, and the news that arrived meanwhile."""

    task: asyncio.Task[_Page]
    heard: set[int] = field(default_factory=set)
    heard_all: bool = False

    def is_untouched(self) -> bool:
        return not self.heard_all and not self.heard


class SlotPages:
    """The pages of this process; the least recently used go first."""

    def __init__(self, clock: Clock, stale_after: timedelta, most: int = _MOST_PAGES) -> None:
        self._clock = clock
        self._stale_after = stale_after
        self._most = most
        self._pages: OrderedDict[PageKey, _Page] = OrderedDict()
        self._by_source: defaultdict[int, set[PageKey]] = defaultdict(set)
        self._flights: dict[PageKey, _Flight] = {}
        self._hears_news = False

    def get(self, key: PageKey) -> Reply | None:
        """Return a page that is still true."""
        page = self._pages.get(key)
        if page is None:
            return None
        if self._clock.now() >= page.until:
            self._drop(key)
            return None
        self._pages.move_to_end(key)
        return page.reply

    async def make(self, key: PageKey, read: Callable[[], Awaitable[DoctorSlots]]) -> Reply:
        """Make a page, once for all who ask before any news; the errors of `read` go to each of them."""
        flight = self._flights.get(key)
        if flight is None or not flight.is_untouched():
            flight = _Flight(asyncio.create_task(self._compose(read)))
            self._flights[key] = flight
            flight.task.add_done_callback(partial(self._land, key, flight))
        page = await asyncio.shield(flight.task)
        return page.reply

    async def _compose(self, read: Callable[[], Awaitable[DoctorSlots]]) -> _Page:
        found = await read()
        now = self._clock.now()
        stale = is_stale(found.as_of, now, self._stale_after)
        return _Page(page_reply(slots_out(found, stale=stale)), self._true_until(found, now, stale), found.source_ids)

    def _true_until(self, found: DoctorSlots, now: datetime, stale: bool) -> datetime:  # noqa: FBT001 - a fact, no switch
        midnight = datetime.combine(now.date() + timedelta(days=1), time(), MOSCOW)
        ends = [midnight, now + LONGEST_KEPT]
        if found.changes_at is not None:
            ends.append(as_moscow(found.changes_at))
        if found.as_of is not None and not stale:
            ends.append(as_moscow(found.as_of) + self._stale_after)
        return min(ends)

    def _land(self, key: PageKey, flight: _Flight, _task: asyncio.Task[_Page]) -> None:
        is_latest = self._flights.get(key) is flight
        if is_latest:
            del self._flights[key]
        if flight.task.cancelled() or flight.task.exception() is not None:
            return
        page = flight.task.result()
        if is_latest and self._hears_news and not flight.heard_all and flight.heard.isdisjoint(page.source_ids):
            self._keep(key, page)

    def _keep(self, key: PageKey, page: _Page) -> None:
        self._drop(key)
        if len(key[2]) > _LONGEST_QUERY:
            return
        self._pages[key] = page
        for source in page.source_ids:
            self._by_source[source].add(key)
        if len(self._pages) > self._most:
            self._drop(next(iter(self._pages)))

    def _drop(self, key: PageKey) -> None:
        page = self._pages.pop(key, None)
        for source in page.source_ids if page else ():
            keys = self._by_source[source]
            keys.discard(key)
            if not keys:
                del self._by_source[source]

    def begin_hearing(self) -> None:
        """From now on every change is told: pages may be kept."""
        self.forget_all()
        self._hears_news = True

    def stop_hearing(self) -> None:
        """From now on changes may pass unheard: keep nothing."""
        self._hears_news = False
        self.forget_all()

    def forget(self, source_id: int) -> None:
        """Forget the pages behind which an EMIAS doctor row stands."""
        for flight in self._flights.values():
            flight.heard.add(source_id)
        for key in list(self._by_source.get(source_id, ())):
            self._drop(key)

    def forget_all(self) -> None:
        """Forget every page."""
        for flight in self._flights.values():
            flight.heard_all = True
        self._pages.clear()
        self._by_source.clear()
