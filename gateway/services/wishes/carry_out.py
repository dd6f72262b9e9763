"""Begin a wish, end it, and survive whatever its hand does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from gateway.domain.wish import Ending, Later, Said, Wish, WishKind
from gateway.ports import WishBook

__all__ = ["CarryOut", "Hand"]

Hand = Callable[[Wish], Awaitable[Ending | Later]]
_MOST_TRIES: Final = 12
_OF_THE_LEASE: Final = 0.9
_AFTER_TROUBLE: Final = timedelta(seconds=10)
_EXPIRED: Final = Said(
    "работник не взял поручение вовремя: поручите снова", "the worker did not begin it in time: ask again"
)
_TIRED: Final = Said("не удалось за много попыток: поручите снова", "many tries came to nothing: ask again")
_log = structlog.stdlib.get_logger("gateway.wishes")


@dataclass(frozen=True, slots=True)
class CarryOut:
    """Gives each wish to the hand of its kind, for `lease` at most."""

    book: WishBook
    hands: Mapping[WishKind, Hand]
    lease: timedelta

    async def due(self, limit: int) -> list[Wish]:
        """Lease wishes that can be carried out now."""
        return await self.book.claim(self.hands.keys(), limit, self.lease)

    async def one(self, wish: Wish) -> str:
        """Carry out a leased wish and write down what follows.

        Returns the state that it ended in, `later` (it goes on after a while), or `overtaken` (the lease is over, and
        another carries it out by now).
        """
        following = await self._following(wish)
        if following is None:
            return "overtaken"
        if isinstance(following, Later):
            return "later" if await self.book.put_back(wish, following) else "overtaken"
        if not await self.book.end(wish, following):
            return "overtaken"
        _log.info("wish_ended", wish=wish.id, kind=wish.kind.value, state=following.state.value)
        return following.state.value

    async def _following(self, wish: Wish) -> Ending | Later | None:
        if wish.is_expired:
            return Ending.refused(_EXPIRED)
        if wish.tries > _MOST_TRIES:
            return Ending.failed(_TIRED)
        try:
            async with asyncio.timeout(self.lease.total_seconds() * _OF_THE_LEASE):
                return await self.hands[wish.kind](wish)
        except TimeoutError:
            _log.warning("wish_overran", wish=wish.id, kind=wish.kind.value)
            return None
        except Exception as fault:  # noqa: BLE001 - one wish's failure is that wish's alone, and it may go on later
            _log.error("wish_broke", wish=wish.id, kind=wish.kind.value, fault=type(fault).__name__, exc_info=fault)
            name = type(fault).__name__
            return Later(
                _AFTER_TROUBLE, Said(f"сбой шлюза ({name}), повторим", f"broke in us ({name}), will try again")
            )
