"""The wishes as the worker's loop sees them, and news of them, by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gateway.domain.moscow import MOSCOW
from gateway.domain.wish import Ending, Later, Said, Wish, WishKind
from gateway.ports import Bulk
from gateway.services.wishes.carry_out import CarryOut, Hand

__all__ = ["SAID", "FakeChanges", "FakeWishes", "a_wish"]

SAID = Said("итог", "result")


def a_wish(number: int = 1, kind: WishKind = WishKind.REFRESH_DOCTOR, **given: Any) -> Wish:
    """Make a wish that has just been leased."""
    fields: dict[str, Any] = {
        "subject": "7",
        "arguments": {},
        "reason": "звонок пациента",
        "wished_by": "anna",
        "wished_at": datetime(2026, 11, 23, 10, 0, tzinfo=MOSCOW),
        "token": number,
        "tries": 1,
        "is_expired": False,
    } | given
    return Wish(id=number, kind=kind, **fields)


@dataclass
class FakeChanges:
    """News that the test tells; `broken` makes the next listening fail, `heard` is set when a listening has begun."""

    news: asyncio.Queue[tuple[str, str]] = field(default_factory=asyncio.Queue)
    broken: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[tuple[str, str]]]:
        """Tell what the test puts into the queue."""
        if self.broken:
            self.broken -= 1
            raise ConnectionError
        self.heard.set()

        async def told() -> AsyncIterator[tuple[str, str]]:
            while True:
                yield await self.news.get()

        yield told()


@dataclass
class FakeWishes:
    """A table of wishes: those `open` are leased once; `ended` and `put_back` keep what became of them."""

    open: list[Wish] = field(default_factory=list)
    ended: dict[int, Ending] = field(default_factory=dict)
    later: dict[int, Later] = field(default_factory=dict)
    claims: int = 0
    troubles: int = 0
    is_ours: bool = True
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def service(self, hand: Hand | None = None, lease: timedelta = timedelta(seconds=60)) -> CarryOut:
        """Make the service with one hand for every kind, which ends a wish at once unless given."""

        async def end(_wish: Wish) -> Ending:
            return Ending.done(SAID)

        return CarryOut(self, dict.fromkeys(WishKind, hand or end), lease)

    async def claim(self, kinds: Collection[WishKind], limit: int, lease: timedelta) -> list[Wish]:
        """Lease the first of those open."""
        assert kinds
        assert lease
        self.claims += 1
        if self.troubles:
            self.troubles -= 1
            raise ConnectionError
        taken, self.open = self.open[:limit], self.open[limit:]
        return taken

    async def end(self, wish: Wish, ending: Ending) -> bool:
        """Note it."""
        self.ended[wish.id] = ending
        self.changed.set()
        return self.is_ours

    async def put_back(self, wish: Wish, later: Later) -> bool:
        """Note it."""
        self.later[wish.id] = later
        self.changed.set()
        return self.is_ours

    async def add_retry(self, _bulk: Wish, _booking_id: UUID) -> bool:
        """Never asked for by the loop."""
        raise AssertionError

    async def bulk(self, _bulk: Wish) -> Bulk:
        """Never asked for by the loop."""
        raise AssertionError

    async def pause(self, _lpu_code: str, *, paused: bool) -> bool:
        """Never asked for by the loop."""
        raise AssertionError(paused)

    async def oldest_open(self) -> timedelta | None:
        """Tell of none."""
        return None
