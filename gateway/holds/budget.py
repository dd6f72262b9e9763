"""The budget of calls that all replicas share, counted in Redis by its own clock."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Final

from gateway.holds.connection import RedisAbsent, RedisLine
from gateway.holds.memory import MemoryPurse
from gateway.holds.queueing import Patience, QueueingBudget
from gateway.holds.ration import Later, Ration

__all__ = ["CALL_LEASE", "RedisBudget", "RedisPurse"]

CALL_LEASE: Final = timedelta(seconds=90)
"""After this a call whose end nobody reported counts as ended; no call to EMIAS is allowed to last as long."""

_MOST_OWED: Final = 1000
_BUSY: Final = -1
_TAKE: Final = """\
local bucket, calls = KEYS[1], KEYS[2]
local rate, burst, places = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local sync_rate, sync_burst, reserve = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local for_booking, lease, member = ARGV[7] == '1', tonumber(ARGV[8]), ARGV[9]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

for i = 10, #ARGV do redis.call('ZREM', calls, ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', calls, '-inf', now)
if redis.call('ZCARD', calls) >= places then return -1 end

local kept = redis.call('HMGET', bucket, 'tokens', 'sync', 'at')
local passed = math.max(0, now - (tonumber(kept[3]) or now)) / 1000
local tokens = math.min(burst, (tonumber(kept[1]) or burst) + passed * rate)
local sync = math.min(sync_burst, (tonumber(kept[2]) or sync_burst) + passed * sync_rate)
local lacking = (1 - 1e-9 - tokens) / rate
if not for_booking then
    lacking = math.max(lacking + reserve / rate, (1 - 1e-9 - sync) / sync_rate)
    sync = sync - 1
end
if lacking > 0 then return math.ceil(lacking * 1000) end

redis.call('HSET', bucket, 'tokens', tokens - 1, 'sync', sync, 'at', now)
redis.call('PEXPIRE', bucket, math.ceil(math.max(burst / rate, sync_burst / sync_rate) * 1000) + 1000)
redis.call('ZADD', calls, now + lease, member)
redis.call('PEXPIRE', calls, lease)
return 0
"""
_GIVE_BACK: Final = "return redis.call('ZREM', KEYS[1], ARGV[1])"


class RedisPurse:
    """The count of all replicas' calls; while Redis is gone each replica counts its own against the same numbers.

    The process's own count runs along all the time, so that it knows the calls under way when it must take over.
    """

    def __init__(self, line: RedisLine, ration: Ration, lease: timedelta) -> None:
        self._line = line
        self._ration = ration
        self._lease_ms = round(lease.total_seconds() * 1000)
        self._own = MemoryPurse(ration, lease)
        self._owed: defaultdict[str, set[str]] = defaultdict(set)

    async def take(self, lpu_code: str, member: str, *, for_booking: bool) -> Later | None:
        """Count a call as begun, or tell when to ask again."""
        owed = tuple(self._owed[lpu_code])
        try:
            wait_ms = await self._line.run(
                _TAKE, _keys(lpu_code), [*self._numbers(for_booking=for_booking), member, *owed]
            )
        except RedisAbsent:
            return await self._take_own(lpu_code, member, for_booking=for_booking)
        except BaseException:
            self._owe(lpu_code, member)
            raise
        self._owed[lpu_code].difference_update(owed)
        if wait_ms:
            return Later(None if wait_ms == _BUSY else wait_ms / 1000)
        self._own.note(lpu_code, member, for_booking=for_booking)
        return None

    async def give_back(self, lpu_code: str, member: str) -> None:
        """Count the call as ended, in Redis when it next answers at the latest."""
        await self._own.give_back(lpu_code, member)
        try:
            await self._line.run(_GIVE_BACK, _keys(lpu_code)[1:], [member])
        except RedisAbsent:
            self._owe(lpu_code, member)
        except BaseException:
            self._owe(lpu_code, member)
            raise

    async def _take_own(self, lpu_code: str, member: str, *, for_booking: bool) -> Later | None:
        later = await self._own.take(lpu_code, member, for_booking=for_booking)
        if later is not None:
            # Redis may have counted the call without our hearing of it.
            self._owe(lpu_code, member)
        return later

    def _owe(self, lpu_code: str, member: str) -> None:
        if len(self._owed[lpu_code]) < _MOST_OWED:
            self._owed[lpu_code].add(member)

    def _numbers(self, *, for_booking: bool) -> list[str | int | float]:
        ration = self._ration
        return [
            ration.rate,
            ration.burst,
            ration.concurrency if for_booking else ration.sync_concurrency,
            ration.sync_rate,
            ration.sync_burst,
            ration.reserve,
            int(for_booking),
            self._lease_ms,
        ]


def _keys(lpu_code: str) -> list[str]:
    return [f"egw:budget:{lpu_code}", f"egw:calls:{lpu_code}"]


class RedisBudget(QueueingBudget):
    """A `Budget` that every replica shares."""

    def __init__(
        self, line: RedisLine, ration: Ration, lease: timedelta = CALL_LEASE, patience: Patience | None = None
    ) -> None:
        super().__init__(RedisPurse(line, ration, lease), patience or Patience())
