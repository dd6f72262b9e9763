"""The gate before a slot, in Redis: one key a slot, its value the owner, gone by itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

from gateway.holds.connection import RedisAbsent, RedisLine
from gateway.ports import GateAnswer

__all__ = ["RedisGate"]

_EXTEND: Final = """\
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
"""
_LEAVE: Final = """\
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


_MOST_OWED: Final = 10_000


class RedisGate:
    """A `Gate` that never raises: without Redis it is absent, and what could not be opened is opened later."""

    def __init__(self, line: RedisLine) -> None:
        self._line = line
        self._owed: dict[UUID, UUID] = {}

    async def enter(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> GateAnswer:
        """Try to be the one who goes on to the table."""
        if self._owed:
            await self._open_one_owed(slot_id)
        try:
            entered = await self._line.set_new(_key(slot_id), owner.hex, _milliseconds(lasts))
        except RedisAbsent:
            return GateAnswer.ABSENT
        except asyncio.CancelledError:
            # It may have been let in all the same.
            self._owe(slot_id, owner)
            raise
        return GateAnswer.ENTERED if entered else GateAnswer.OCCUPIED

    async def extend(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> None:
        """Keep the gate for longer, if it is still the owner's."""
        await self._if_owner(_EXTEND, slot_id, owner, _milliseconds(lasts))

    async def leave(self, slot_id: UUID, owner: UUID) -> None:
        """Open the gate, if it is still the owner's."""
        try:
            left = await self._if_owner(_LEAVE, slot_id, owner)
        except asyncio.CancelledError:
            self._owe(slot_id, owner)
            raise
        if not left:
            self._owe(slot_id, owner)

    def _owe(self, slot_id: UUID, owner: UUID) -> None:
        if len(self._owed) < _MOST_OWED:
            self._owed[slot_id] = owner

    async def _open_one_owed(self, preferred: UUID) -> None:
        slot_id = preferred if preferred in self._owed else next(iter(self._owed))
        await self.leave(slot_id, self._owed.pop(slot_id))

    async def _if_owner(self, script: str, slot_id: UUID, owner: UUID, *arguments: int) -> bool:
        try:
            await self._line.run(script, [_key(slot_id)], [owner.hex, *arguments])
        except RedisAbsent:
            return False
        return True


def _key(slot_id: UUID) -> str:
    return f"egw:gate:{slot_id}"


def _milliseconds(lasts: timedelta) -> int:
    return max(1, round(lasts.total_seconds() * 1000))
