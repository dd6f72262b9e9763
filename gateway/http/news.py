"""Listening for what changed in the tables, so that what this process remembers stays true."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from gateway.http.auth import KeyChain
from gateway.http.slot_pages import SlotPages
from gateway.ports import Changes

__all__ = ["hear_news"]

_PAUSE_BEFORE_RETRY: Final = 1.0
_log = structlog.stdlib.get_logger("gateway.news")


async def hear_news(changes: Changes, pages: SlotPages, keys: KeyChain) -> None:
    """Pass news on until cancelled; whenever they cannot be heard, nothing is kept."""
    while True:
        try:
            await _hear(changes, pages, keys)
            _log.warning("news_ended")
        except Exception as fault:  # noqa: BLE001 - whatever broke the listening, it is begun again
            _log.warning("news_broke", fault=type(fault).__name__)
        await asyncio.sleep(_PAUSE_BEFORE_RETRY)


async def _hear(changes: Changes, pages: SlotPages, keys: KeyChain) -> None:
    try:
        async with changes.listen() as news:
            pages.begin_hearing()
            keys.forget()
            async for kind, subject in news:
                _pass_on(kind, subject, pages, keys)
    finally:
        pages.stop_hearing()


def _pass_on(kind: str, subject: str, pages: SlotPages, keys: KeyChain) -> None:
    if kind == "slots" and subject.isdecimal():
        pages.forget(int(subject))
    elif kind == "keys":
        keys.forget(subject)
    elif kind != "wishes":  # those are the worker's affair
        pages.forget_all()
        if kind != "directory":
            keys.forget()
