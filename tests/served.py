"""An ASGI app lived through its lifespan and asked over httpx, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

__all__ = ["living", "serving"]


@asynccontextmanager
async def living(app: Any) -> AsyncIterator[None]:
    """Live through the app's lifespan."""
    inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    outbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    task = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, inbox.get, outbox.put))
    await inbox.put({"type": "lifespan.startup"})
    started = asyncio.create_task(outbox.get())
    await asyncio.wait({started, task}, return_when=asyncio.FIRST_COMPLETED)
    if not started.done():
        started.cancel()
        await task
    assert (await started)["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        assert (await outbox.get())["type"] == "lifespan.shutdown.complete"
        await task


@asynccontextmanager
async def serving(app: Any, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of an app; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        living(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False), base_url="http://gateway", headers=named
        ) as client,
    ):
        yield client
