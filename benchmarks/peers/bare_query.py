"""`python -m benchmarks.peers.bare_query PORT`: bare ASGI, asyncpg and one query a request."""

from __future__ import annotations

import os
import sys
from datetime import date
from typing import Any, Final

import asyncpg
import msgspec

from benchmarks.peers.asgi import answer, serve_until_told

__all__ = ["BareQuery"]

_SLOTS: Final = """
SELECT s.id, s.starts_at, s.ends_at, s.room
FROM slots_for_sale s
JOIN bookable_mappings b ON b.emias_doctor = s.doctor_id
WHERE b.site_id = $1 AND b.element_id = $2 AND s.slot_date BETWEEN $3 AND $4
ORDER BY s.starts_at
"""
_PLACES: Final = 16


class BareQuery:
    """Reads `/SITE/DOCTOR/FIRST/LAST` from the table at each request."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._pool: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer the doctor's free slots as JSON."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        _, site, doctor, first, last = scope["path"].split("/")
        rows = await self._pool.fetch(_SLOTS, int(site), doctor, date.fromisoformat(first), date.fromisoformat(last))
        await answer(send, msgspec.json.encode([dict(row) for row in rows]), b"application/json")

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        async with asyncpg.create_pool(self._url, min_size=_PLACES, max_size=_PLACES) as self._pool:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


if __name__ == "__main__":
    sys.exit(serve_until_told(BareQuery(os.environ["DATABASE_URL"]), int(sys.argv[1])))
