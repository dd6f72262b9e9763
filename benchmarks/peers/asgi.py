"""Bare ASGI served as the product serves itself."""

from __future__ import annotations

from typing import Any

from gateway.serving import Listener, run, serve, stop_on_signals

__all__ = ["answer", "serve_until_told"]


async def answer(send: Any, body: bytes, kind: bytes) -> None:
    """Send a whole answer."""
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def serve_until_told(app: Any, port: int) -> int:
    """Serve on loopback until SIGTERM."""

    async def work() -> int:
        await serve([Listener(app, "127.0.0.1", port, "PORT")], stop_on_signals())
        return 0

    return run(work())
