"""The circuits within one process: for a gateway without Redis, and while Redis is gone."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from time import monotonic

from gateway.domain.circuit import Admitted, Circuit, CircuitRecord, CircuitRules, CircuitState, Kept

__all__ = ["MemoryBreaker"]


class MemoryBreaker:
    """A `Breaker` of one process; `clock` counts seconds and never goes back, `chance` deals numbers from 0 to 1."""

    def __init__(
        self,
        rules: CircuitRules,
        clock: Callable[[], float] = monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._rules = rules
        self._clock = clock
        self._chance = chance
        self._records: defaultdict[Circuit, CircuitRecord] = defaultdict(CircuitRecord)

    async def ask(self, circuit: Circuit) -> Admitted | Kept:
        """Tell whether a call could begin now."""
        return self._records[circuit].ask(self._clock(), self._rules)

    async def enter(self, circuit: Circuit, token: str, lease: float) -> Admitted | Kept:
        """Begin a call under a token of its own, for `lease` seconds at most."""
        self._records[circuit], answer = self._records[circuit].enter(self._clock(), self._rules, token, lease)
        return answer

    async def answered(self, circuit: Circuit, token: str) -> None:
        """Note that EMIAS answered the call."""
        self._records[circuit] = self._records[circuit].answered(self._clock(), self._rules, token)

    async def failed(self, circuit: Circuit, token: str, asked: float | None) -> None:
        """Note that the call failed technically."""
        record, now = self._records[circuit], self._clock()
        self._records[circuit] = record.failed(now, self._rules, token, asked, self._chance())

    async def abandoned(self, circuit: Circuit, token: str) -> None:
        """Note that the call ended without a word about EMIAS."""
        self._records[circuit] = self._records[circuit].abandoned(token)

    async def state(self, circuit: Circuit) -> CircuitState:
        """Tell where a circuit stands."""
        return self._records[circuit].state(self._clock())
