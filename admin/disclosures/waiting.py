"""Wait for the worker's answer, as long as a person will."""

from __future__ import annotations

import asyncio
from typing import Final

from gateway.store.disclosures import Answer, Asked, AskingBook

__all__ = ["SILENCE", "answer_of"]

SILENCE: Final = "silence"
"""The refusal where no worker has answered."""

_PATIENCE_SECONDS: Final = 10.0
_LOOK_EVERY_SECONDS: Final = 0.15


async def answer_of(book: AskingBook, asked: Asked) -> Answer:
    """Take the answer as soon as there is one; with `SILENCE` when there is none in time."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while (answer := await book.take(asked)) is None:  # noqa: ASYNC110 - another process sets no event of ours
                await asyncio.sleep(_LOOK_EVERY_SECONDS)
            return answer
    except TimeoutError:
        return Answer(None, SILENCE)
