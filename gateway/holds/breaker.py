"""The circuits that all replicas share, kept in Redis by its own clock."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

import structlog

from gateway.domain.circuit import Admitted, Circuit, CircuitRules, CircuitState, Kept
from gateway.holds.connection import RedisAbsent, RedisLine
from gateway.holds.memory_breaker import MemoryBreaker

__all__ = ["RedisBreaker", "Watch"]

Watch = Callable[[Circuit, CircuitState], None]
_log = structlog.stdlib.get_logger("gateway.breaker")

# The steps of `gateway.domain.circuit.CircuitRecord`, in milliseconds. Answers kind + 10 * milliseconds; the kinds are
# those of _KINDS, and a circuit's state is told by the same numbers.
_STEP: Final = """\
local key, step, token = KEYS[1], ARGV[1], ARGV[2]
local most, shortest, longest = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local longest_asked, memory, ease = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local gap, patience, least_open = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
local lease, asked, chance = tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local CLOSED, EASING, PROBE, OPEN, HALF_OPEN, CROWDED = 0, 1, 2, 3, 4, 5

local names = {'failures', 'failed_at', 'openings', 'open_until', 'probe', 'probe_until', 'eased_at', 'next_at'}
local kept = redis.call('HMGET', key, unpack(names))
local failures, failed_at, openings = tonumber(kept[1]) or 0, tonumber(kept[2]) or 0, tonumber(kept[3]) or 0
local open_until, probe, probe_until = tonumber(kept[4]), kept[5], tonumber(kept[6]) or 0
local eased_at, next_at = tonumber(kept[7]) or 0, tonumber(kept[8]) or 0

local function become(...)
    redis.call('DEL', key)
    redis.call('HSET', key, ...)
    redis.call('PEXPIRE', key, 3600000)
end
local function set(...)
    redis.call('HSET', key, ...)
    redis.call('PEXPIRE', key, 3600000)
end
local function state()
    if open_until then return now < open_until and OPEN or HALF_OPEN end
    return now < eased_at and EASING or CLOSED
end

if step == 'state' then return state() end

if step == 'ask' or step == 'enter' then
    local stands = state()
    if stands == OPEN then return OPEN + 10 * math.ceil(open_until - now) end
    if stands == HALF_OPEN then
        if now < probe_until then return HALF_OPEN + 10 * math.ceil(math.min(probe_until - now, 1000)) end
        if step == 'enter' then set('probe', token, 'probe_until', now + lease) end
        return PROBE
    end
    if stands == CLOSED then return CLOSED end
    local wait = math.max(0, next_at - now)
    if wait > patience then return CROWDED + 10 * math.ceil(wait) end
    if step == 'enter' then set('next_at', now + wait + gap * (eased_at - now) / ease) end
    return EASING + 10 * math.ceil(wait)
end

if step == 'abandoned' then
    if probe == token then redis.call('HDEL', key, 'probe', 'probe_until') end
    return state()
end

if step == 'answered' then
    if not open_until then
        if failures > 0 then redis.call('HDEL', key, 'failures', 'failed_at') end
        if openings > 0 and now >= eased_at then redis.call('HDEL', key, 'openings') end
        return state()
    end
    if probe ~= token then return state() end
    become('openings', openings, 'eased_at', now + ease, 'next_at', now)
    return EASING
end

asked = math.min(asked, longest_asked)
if open_until and probe ~= token then
    if asked > 0 then
        open_until = math.max(open_until, now + asked)
        set('open_until', open_until)
    end
    return state()
end
failures = now - failed_at <= memory and failures + 1 or 1
if not (open_until or now < eased_at or asked > 0 or failures >= most) then
    set('failures', failures, 'failed_at', now)
    return CLOSED
end
openings = openings + 1
local span = math.min(longest, shortest * 2 ^ math.min(openings - 1, 30)) * chance
become('openings', openings, 'open_until', now + math.max(asked, span, least_open))
return OPEN
"""
_CLOSED, _EASING, _PROBE, _OPEN, _HALF_OPEN, _CROWDED = range(6)
_STATES: Final = {
    _CLOSED: CircuitState.CLOSED,
    _EASING: CircuitState.EASING,
    _PROBE: CircuitState.HALF_OPEN,
    _OPEN: CircuitState.OPEN,
    _HALF_OPEN: CircuitState.HALF_OPEN,
    _CROWDED: CircuitState.EASING,
}


class RedisBreaker:
    """A `Breaker` that every replica shares; while Redis is gone each replica goes by what it has seen itself.

    The process's own circuits see every end of its calls all the time, so that they know enough when they take over.
    """

    def __init__(
        self,
        line: RedisLine,
        rules: CircuitRules,
        watch: Watch = lambda _circuit, _state: None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._line = line
        self._watch = watch
        self._chance = chance
        self._own = MemoryBreaker(rules, chance=chance)
        self._seen: dict[Circuit, CircuitState] = {}
        self._numbers = (
            rules.failures,
            *(
                _milliseconds(seconds)
                for seconds in (
                    rules.shortest,
                    rules.longest,
                    rules.longest_asked,
                    rules.memory,
                    rules.ease,
                    rules.gap,
                    rules.patience,
                    rules.least_open,
                )
            ),
        )

    async def ask(self, circuit: Circuit) -> Admitted | Kept:
        """Tell whether a call could begin now."""
        try:
            return self._read(circuit, await self._step("ask", circuit))
        except RedisAbsent:
            return await self._own.ask(circuit)

    async def enter(self, circuit: Circuit, token: str, lease: float) -> Admitted | Kept:
        """Begin a call under a token of its own, for `lease` seconds at most."""
        try:
            return self._read(circuit, await self._step("enter", circuit, token, lease=lease))
        except RedisAbsent:
            return await self._own.enter(circuit, token, lease)

    async def answered(self, circuit: Circuit, token: str) -> None:
        """Note that EMIAS answered the call."""
        await self._own.answered(circuit, token)
        await self._note("answered", circuit, token)

    async def failed(self, circuit: Circuit, token: str, asked: float | None) -> None:
        """Note that the call failed technically."""
        await self._own.failed(circuit, token, asked)
        await self._note("failed", circuit, token, asked=asked or 0.0)

    async def abandoned(self, circuit: Circuit, token: str) -> None:
        """Note that the call ended without a word about EMIAS."""
        await self._own.abandoned(circuit, token)
        await self._note("abandoned", circuit, token)

    async def state(self, circuit: Circuit) -> CircuitState:
        """Tell where a circuit stands."""
        try:
            return _STATES[await self._step("state", circuit)]
        except RedisAbsent:
            return await self._own.state(circuit)

    async def _note(self, step: str, circuit: Circuit, token: str, *, asked: float = 0.0) -> None:
        try:
            state = _STATES[await self._step(step, circuit, token, asked=asked)]
        except RedisAbsent:
            state = await self._own.state(circuit)
        self._show(circuit, state)

    def _show(self, circuit: Circuit, state: CircuitState) -> None:
        """Tell the watcher, and the log when it is news to this process."""
        before, self._seen[circuit] = self._seen.get(circuit, CircuitState.CLOSED), state
        if state is not before:
            _log.warning("breaker_moved", lpu_code=circuit.lpu_code, lane=circuit.lane.value, state=state.value)
        self._watch(circuit, state)

    async def _step(
        self, step: str, circuit: Circuit, token: str = "", *, lease: float = 0.0, asked: float = 0.0
    ) -> int:
        return await self._line.run(
            _STEP,
            [f"egw:breaker:{circuit.lpu_code}:{circuit.lane.value}"],
            [step, token, *self._numbers, _milliseconds(lease), _milliseconds(asked), self._chance()],
        )

    def _read(self, circuit: Circuit, answer: int) -> Admitted | Kept:
        milliseconds, kind = divmod(answer, 10)
        state, seconds = _STATES[kind], milliseconds / 1000
        self._show(circuit, state)
        return Kept(state, seconds) if kind in {_OPEN, _HALF_OPEN, _CROWDED} else Admitted(state, seconds)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
