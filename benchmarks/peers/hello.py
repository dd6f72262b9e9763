"""`python -m benchmarks.peers.hello PORT`: the least that an ASGI app behind Granian can do."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.peers.asgi import answer, serve_until_told

__all__ = ["hello"]


async def hello(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 - an ASGI app
    """Say hello."""
    if scope["type"] == "http":
        await answer(send, b"hello", b"text/plain")


if __name__ == "__main__":
    sys.exit(serve_until_told(hello, int(sys.argv[1])))
