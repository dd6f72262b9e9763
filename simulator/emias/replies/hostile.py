"""Answers made to exhaust or to trick a parser."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from simulator.emias.replies.exchange import Exchange, send
from simulator.emias.wire import SERVICE

__all__ = ["deep_nesting", "doctype", "entity_bomb", "external_entity", "gzip_bomb", "huge"]

_MEGABYTE = 1024 * 1024
_PIECE = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_ENTITY_LEVELS = 12


async def huge(exchange: Exchange) -> web.StreamResponse:
    """Stream `params.megabytes` (200) of one well-formed envelope."""
    return await _stream(exchange, _long_envelope(exchange), {})


async def gzip_bomb(exchange: Exchange) -> web.StreamResponse:
    """Stream `params.megabytes` (200) of envelope packed a thousandfold by gzip."""
    return await _stream(exchange, _packed(_long_envelope(exchange)), {"Content-Encoding": "gzip"})


async def deep_nesting(exchange: Exchange) -> web.StreamResponse:
    """Answer elements nested `params.depth` (100 000) deep."""
    depth = int(exchange.params.get("depth", 100_000))
    opened, closed = _frame(exchange)
    return await send(exchange.reply, body=opened + b"<a>" * depth + b"</a>" * depth + closed)


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
    operation = exchange.call.operation
    opened = f'<s:Envelope xmlns:s="{exchange.call.version.value}"><s:Body><{operation}Response xmlns="{SERVICE}">'
    return opened.encode(), f"</{operation}Response></s:Body></s:Envelope>".encode()


async def _long_envelope(exchange: Exchange) -> AsyncIterator[bytes]:
    opened, closed = _frame(exchange)
    yield opened
    filler = b"<Filler>" + b"0" * (_PIECE - 17) + b"</Filler>"
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
    media = exchange.reply.version.content_type
    response = web.StreamResponse(headers={"Content-Type": media, **headers})
    await response.prepare(exchange.request)
    with suppress(ConnectionError):  # a careful caller leaves early
        async for piece in pieces:
            await response.write(piece)
        await response.write_eof()
    return response
