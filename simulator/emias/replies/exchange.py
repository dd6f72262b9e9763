"""What a misbehaviour has in hand, and the plain ways of sending bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

from simulator.emias.call import Call, Reply
from simulator.emias.faces import Face

__all__ = ["Behaviour", "Exchange", "Kind", "head_of", "send", "send_raw"]

_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True, repr=False)
class Exchange:
    """Hold a call to be spoiled; `reply` is the true answer, or a hollow one when nothing was to be done."""

    request: web.Request
    face: Face
    call: Call
    reply: Reply
    params: Mapping[str, Any]
    canary_url: str


Behaviour = Callable[[Exchange], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Kind:
    """Describe a misbehaviour: its effect on the ledger, and the operations it is made for (None: any).

    `late` writes the ledger after `params.seconds`; `drops_reads` makes a call without effect just lose its connection.
    """

    behaviour: Behaviour
    effect: Literal["none", "now", "late"] = "none"
    drops_reads: bool = False
    only_for: frozenset[str] | None = None


async def send(reply: Reply, *, body: bytes | None = None) -> web.Response:
    """Answer in the plain way, with another body when one is given."""
    return web.Response(
        status=reply.status,
        body=reply.body if body is None else body,
        headers={"Content-Type": reply.content_type},
    )


async def send_raw(exchange: Exchange, message: bytes, *, interval: float = 0.0) -> web.StreamResponse:
    """Write bytes past the HTTP server, all at once or one by one `interval` seconds apart, then close."""
    transport = exchange.request.transport
    if transport is not None:
        size = 1 if interval else max(len(message), 1)
        for place in range(0, len(message), size):
            transport.write(message[place : place + size])
            await asyncio.sleep(interval)
        transport.close()
    return web.Response()


def head_of(exchange: Exchange) -> bytes:
    """Write the head that announces the whole of the reply."""
    media, length = exchange.reply.content_type, len(exchange.reply.body)
    return _HEAD.format(media=media, length=length).encode()
