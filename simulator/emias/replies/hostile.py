"""Answers made to exhaust or to trick a parser."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from simulator.emias.replies.exchange import Exchange, send

__all__ = ["deep_nesting", "doctype", "entity_bomb", "external_entity", "gzip_bomb", "huge"]

_MEGABYTE = 1024 * 1024
_PIECE = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_ENTITY_LEVELS = 12


async def huge(exchange: Exchange) -> web.StreamResponse:
    """Stream `params.megabytes` (200) of one well-formed answer."""
    return await _stream(exchange, _long_answer(exchange), {})


async def gzip_bomb(exchange: Exchange) -> web.StreamResponse:
    """Stream `params.megabytes` (200) of answer packed a thousandfold by gzip."""
    return await _stream(exchange, _packed(_long_answer(exchange)), {"Content-Encoding": "gzip"})


async def deep_nesting(exchange: Exchange) -> web.StreamResponse:
    """Answer emptiness nested `params.depth` (100 000) deep."""
    depth = int(exchange.params.get("depth", 100_000))
    opened, closed = _frame(exchange)
    return await send(exchange.reply, body=opened + exchange.face.shape.nested(depth) + closed)


async def doctype(exchange: Exchange) -> web.StreamResponse:
    """Put a harmless DOCTYPE before the answer."""
    return await send(exchange.reply, body=b"<!DOCTYPE Envelope>" + exchange.reply.body)


async def entity_bomb(exchange: Exchange) -> web.StreamResponse:
    """Answer entities that multiply tenfold on each of twelve levels."""
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, _ENTITY_LEVELS))
    opened, closed = _frame(exchange)
    declaration = f'<!DOCTYPE Envelope [<!ENTITY e0 "ha">{levels}]>'.encode()
    return await send(exchange.reply, body=declaration + opened + f"&e{_ENTITY_LEVELS - 1};".encode() + closed)


async def external_entity(exchange: Exchange) -> web.StreamResponse:
    """Answer an entity and a DTD that live at `params.url` (the control listener's canary, which counts visitors)."""
    url = exchange.params.get("url", exchange.canary_url)
    opened, closed = _frame(exchange)
    declaration = f'<!DOCTYPE Envelope SYSTEM "{url}" [<!ENTITY outside SYSTEM "{url}">]>'.encode()
    return await send(exchange.reply, body=declaration + opened + b"&outside;" + closed)


def _frame(exchange: Exchange) -> tuple[bytes, bytes]:
    opened, closed = exchange.face.frame(exchange.call)
    return opened.encode(), closed.encode()


async def _long_answer(exchange: Exchange) -> AsyncIterator[bytes]:
    opened, closed = _frame(exchange)
    yield opened
    filler = exchange.face.shape.filler(_PIECE)
    for _ in range(int(float(exchange.params.get("megabytes", 200)) * _MEGABYTE) // _PIECE):
        yield filler
        await asyncio.sleep(0)
    yield closed


async def _packed(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    async for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


async def _stream(exchange: Exchange, pieces: AsyncIterator[bytes], headers: dict[str, str]) -> web.StreamResponse:
    media = exchange.face.media(exchange.call)
    response = web.StreamResponse(headers={"Content-Type": media, **headers})
    await response.prepare(exchange.request)
    with suppress(ConnectionError):  # a careful caller leaves early
        async for piece in pieces:
            await response.write(piece)
        await response.write_eof()
    return response
