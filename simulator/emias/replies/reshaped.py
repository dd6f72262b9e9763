"""True answers in a shape, an encoding or with a content that the contract does not allow."""

from __future__ import annotations

from aiohttp import web

from simulator.emias.faces import Row
from simulator.emias.replies.exchange import Exchange, send

__all__ = [
    "empty_schedule",
    "extra_elements",
    "garbage_schedule",
    "members_twice",
    "nil_lists",
    "two_bodies",
    "unordered",
    "without_lists",
    "wrong_doctor",
    "wrong_encoding",
    "wrong_namespace",
]

_GARBAGE = (
    Row(None, "2026-11-24T08:00:00+03:00", "2026-11-24T08:12:00+03:00"),
    Row("G-1", "0001-01-01T00:00:00", "0001-01-01T00:00:00"),
    Row("G-2", "2026-11-24T09:00:00+03:00", "2026-11-24T07:00:00+03:00"),
    Row("G-2", "2026-11-24T09:00:00+03:00", "2026-11-24T07:00:00+03:00"),
    Row("Я" * 500, "9999-12-31T23:59:59+03:00", "9999-12-31T23:59:59+03:00"),
    Row("G-3", "завтра утром", "скоро"),
)


async def extra_elements(exchange: Exchange) -> web.StreamResponse:
    """Put a member that the contract does not know in front of each record's members."""
    return await send(exchange.reply, body=exchange.face.shape.with_additions(exchange.reply.body))


async def unordered(exchange: Exchange) -> web.StreamResponse:
    """Turn the order of each record's members round."""
    return await send(exchange.reply, body=exchange.face.shape.turned_round(exchange.reply.body))


async def members_twice(exchange: Exchange) -> web.StreamResponse:
    """Say each member of each record twice."""
    return await send(exchange.reply, body=exchange.face.shape.members_twice(exchange.reply.body))


async def nil_lists(exchange: Exchange) -> web.StreamResponse:
    """Put nil in place of each list of records."""
    return await send(exchange.reply, body=exchange.face.shape.nil_lists(exchange.reply.body))


async def without_lists(exchange: Exchange) -> web.StreamResponse:
    """Leave each list of records out."""
    return await send(exchange.reply, body=exchange.face.shape.without_lists(exchange.reply.body))


async def wrong_namespace(exchange: Exchange) -> web.StreamResponse:
    """Answer in the names of another version of the service."""
    return await send(exchange.reply, body=exchange.face.relabel(exchange.reply.text).encode())


async def wrong_encoding(exchange: Exchange) -> web.StreamResponse:
    """Announce UTF-8 and send windows-1251."""
    return await send(exchange.reply, body=exchange.face.shape.misread(exchange.reply.text))


async def two_bodies(exchange: Exchange) -> web.StreamResponse:
    """Say everything twice."""
    return await send(exchange.reply, body=exchange.face.shape.said_twice(exchange.reply.body))


async def empty_schedule(exchange: Exchange) -> web.StreamResponse:
    """Answer a schedule without slots."""
    return await send(exchange.face.schedule(exchange.call, ()))


async def garbage_schedule(exchange: Exchange) -> web.StreamResponse:
    """Answer slots without ids, of the year 1, twice the same, ending before they begin, and far in the future."""
    return await send(exchange.face.schedule(exchange.call, _GARBAGE))


async def wrong_doctor(exchange: Exchange) -> web.StreamResponse:
    """Answer about another doctor: another id, and for a booking another appointment at another time."""
    return await send(exchange.reply, body=exchange.face.belie(exchange.reply.body))
