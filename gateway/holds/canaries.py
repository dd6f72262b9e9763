"""Search Redis for text that must not be there."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, Final

from redis.asyncio import Redis

__all__ = ["find_in_redis"]

_KEYS_AT_ONCE: Final = 1000
_READ: Final = MappingProxyType(
    {
        b"string": ("GET",),
        b"hash": ("HGETALL",),
        b"list": ("LRANGE", 0, -1),
        b"set": ("SMEMBERS",),
        b"zset": ("ZRANGE", 0, -1),
        b"stream": ("XRANGE", "-", "+"),
    }
)
"""The command that shows the whole of each type, with what follows the key."""


async def find_in_redis(url: str, texts: Sequence[str]) -> list[str]:
    """Name by number each key whose name or value holds one of the texts; raise `redis.RedisError` without Redis."""
    wanted = [text.encode() for text in texts]
    found: list[str] = []
    client: Any = Redis.from_url(url)  # its types know the answer of each command but not of any
    try:
        number = 0
        async for key in client.scan_iter(count=_KEYS_AT_ONCE):
            number += 1
            if _holds([key, await _value(client, key)], wanted):
                found.append(f"Redis: key {number} of the scan")
    finally:
        await client.aclose()
    return found


async def _value(client: Any, key: bytes) -> Any:
    """Read a key of any type; one that is gone or of a module's own type shows nothing."""
    command, *rest = _READ.get(await client.type(key), ("EXISTS",))
    return await client.execute_command(command, key, *rest)


def _holds(place: Any, wanted: Sequence[bytes]) -> bool:
    if isinstance(place, bytes):
        return any(text in place for text in wanted)
    if isinstance(place, dict):
        return _holds([*place.keys(), *place.values()], wanted)
    return isinstance(place, list | tuple | set) and any(_holds(part, wanted) for part in place)
