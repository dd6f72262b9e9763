"""A site that answers as a test wants."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

__all__ = ["Answer", "envelope", "item", "served_site"]

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served_site(answer: Answer) -> AsyncIterator[str]:
    """Serve one handler for every address on a free loopback port and yield the address of its feed."""
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}/bitrix/services/main/ajax.php"
    finally:
        await runner.cleanup()


def item(element_id: int, **fields: Any) -> dict[str, Any]:
    """Make a feed element."""
    return {
        "id": element_id,
        "xml_id": f"doctor-{element_id}",
        "name": "Иванова Анна Петровна",
        "active": True,
        "specialty": {"id": "10", "name": "Терапевт"},
        "mappings": [{"lpu_code": "0101", "emias_doctor_id": str(element_id)}],
        "sort": 500,
        "updated_at": "2026-11-23T10:00:00+03:00",
        "hash": f"hash-{element_id}",
        **fields,
    }


def envelope(items: Any, *, last_id: Any, has_more: Any = False, **fields: Any) -> dict[str, Any]:
    """Make a page in Bitrix's envelope."""
    data = {
        "schema_version": 1,
        "snapshot_id": "s1",
        "total": len(items),
        "last_id": last_id,
        "has_more": has_more,
        "items": items,
        **fields,
    }
    return {"status": "success", "data": data, "errors": []}
