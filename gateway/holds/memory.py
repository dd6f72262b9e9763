"""The gate and the budget within one process: for a gateway without Redis, and while Redis is gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Final
from uuid import UUID

from gateway.holds.queueing import Patience, QueueingBudget
from gateway.holds.ration import Later, Ration
from gateway.ports import GateAnswer

__all__ = ["MemoryBudget", "MemoryGate", "MemoryPurse"]

_SWEEP_EVERY: Final = 1024
_ENOUGH: Final = 1 - 1e-9


class MemoryGate:
    """A `Gate` of one process; `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._inside: dict[UUID, tuple[UUID, float]] = {}
        self._until_sweep = _SWEEP_EVERY

    async def enter(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> GateAnswer:
        """Try to be the one who goes on to the table."""
        self._sweep()
        if self._owner(slot_id) is not None:
            return GateAnswer.OCCUPIED
        self._let_in(slot_id, owner, lasts)
        return GateAnswer.ENTERED

    async def extend(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> None:
        """Keep the gate for longer, if it is still the owner's."""
        if self._owner(slot_id) == owner:
            self._let_in(slot_id, owner, lasts)

    async def leave(self, slot_id: UUID, owner: UUID) -> None:
        """Open the gate, if it is still the owner's."""
        if self._owner(slot_id) == owner:
            del self._inside[slot_id]

    def _owner(self, slot_id: UUID) -> UUID | None:
        owner, until = self._inside.get(slot_id, (None, 0.0))
        return owner if until > self._clock() else None

    def _let_in(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> None:
        self._inside[slot_id] = (owner, self._clock() + lasts.total_seconds())

    def _sweep(self) -> None:
        self._until_sweep -= 1
        if self._until_sweep > 0:
            return
        now = self._clock()
        self._inside = {slot_id: entry for slot_id, entry in self._inside.items() if entry[1] > now}
        self._until_sweep = max(_SWEEP_EVERY, len(self._inside))


@dataclass(slots=True)
class _Account:
    """One institution's tokens at the instant `at`, and the calls under way with the end of each one's lease."""

    tokens: float
    sync_tokens: float
    at: float
    calls: dict[str, float] = field(default_factory=dict)


class MemoryPurse:
    """The count of one process's calls; a call that never ends is forgotten after `lease`."""

    def __init__(self, ration: Ration, lease: timedelta, clock: Callable[[], float] = monotonic) -> None:
        self._ration = ration
        self._lease = lease.total_seconds()
        self._clock = clock
        self._accounts: defaultdict[str, _Account] = defaultdict(self._new_account)

    async def take(self, lpu_code: str, member: str, *, for_booking: bool) -> Later | None:
        """Count a call as begun, or tell when to ask again."""
        account = self._up_to_date(lpu_code)
        ration = self._ration
        if len(account.calls) >= (ration.concurrency if for_booking else ration.sync_concurrency):
            return Later(None)
        lacking = (_ENOUGH - account.tokens) / ration.rate
        if not for_booking:
            lacking = max(lacking + ration.reserve / ration.rate, (_ENOUGH - account.sync_tokens) / ration.sync_rate)
        if lacking > 0:
            return Later(lacking)
        self.note(lpu_code, member, for_booking=for_booking)
        return None

    def note(self, lpu_code: str, member: str, *, for_booking: bool) -> None:
        """Count a call that has been granted, here or elsewhere."""
        account = self._up_to_date(lpu_code)
        account.tokens = max(0.0, account.tokens - 1)
        if not for_booking:
            account.sync_tokens = max(0.0, account.sync_tokens - 1)
        account.calls[member] = self._clock() + self._lease

    async def give_back(self, lpu_code: str, member: str) -> None:
        """Count the call as ended."""
        self._accounts[lpu_code].calls.pop(member, None)

    def _new_account(self) -> _Account:
        return _Account(float(self._ration.burst), self._ration.sync_burst, self._clock())

    def _up_to_date(self, lpu_code: str) -> _Account:
        account, now, ration = self._accounts[lpu_code], self._clock(), self._ration
        passed = now - account.at
        account.at = now
        account.tokens = min(float(ration.burst), account.tokens + passed * ration.rate)
        account.sync_tokens = min(ration.sync_burst, account.sync_tokens + passed * ration.sync_rate)
        for member in [member for member, until in account.calls.items() if until <= now]:
            del account.calls[member]
        return account


class MemoryBudget(QueueingBudget):
    """A `Budget` of one process."""

    def __init__(self, ration: Ration, lease: timedelta, patience: Patience | None = None) -> None:
        super().__init__(MemoryPurse(ration, lease), patience or Patience())
