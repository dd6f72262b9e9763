"""Connections that break, stall or drip."""

from __future__ import annotations

import asyncio

from aiohttp import web

from simulator.emias.replies.exchange import Exchange, head_of, send, send_raw

__all__ = ["dribble", "drop", "hang", "truncated"]


async def drop(exchange: Exchange) -> web.StreamResponse:
    """Close the connection without an answer."""
    if exchange.request.transport is not None:
        exchange.request.transport.abort()
    return web.Response()


async def hang(_exchange: Exchange) -> web.StreamResponse:
    """Never answer; the wait ends when the caller or the listener goes away."""
    await asyncio.Event().wait()
    return web.Response()


async def truncated(exchange: Exchange) -> web.StreamResponse:
    """Send half of the answer: cut short of its announced length, or with `params.clean` announced as half."""
    half = exchange.reply.body[: len(exchange.reply.body) // 2]
    if exchange.params.get("clean"):
        return await send(exchange.reply, body=half)
    return await send_raw(exchange, head_of(exchange) + half)


async def dribble(exchange: Exchange) -> web.StreamResponse:
    """Send one byte every `params.interval` seconds (1), beginning with `params.part`: "headers" or "body"."""
    interval = float(exchange.params.get("interval", 1.0))
    head = head_of(exchange)
    if exchange.params.get("part") == "headers":
        return await send_raw(exchange, head + exchange.reply.body, interval=interval)
    if exchange.request.transport is not None:
        exchange.request.transport.write(head)
    return await send_raw(exchange, exchange.reply.body, interval=interval)
