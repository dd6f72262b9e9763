"""What a hold needs: the quick gate and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Protocol
from uuid import UUID

from gateway.domain.directory import FreeSlot
from gateway.domain.hold import Hold, Holder

__all__ = [
    "Gate",
    "GateAnswer",
    "HoldLedger",
    "HoldLimits",
]


class GateAnswer(Enum):
    """What the gate says to one who wants a slot."""

    ENTERED = "entered"
    OCCUPIED = "occupied"
    ABSENT = "absent"


class Gate(Protocol):
    """The quick lock in front of the holds, by public slot id; when it is absent the table alone decides."""

    async def enter(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> GateAnswer:
        """Try to be the one who goes on to the table."""

    async def extend(self, slot_id: UUID, owner: UUID, lasts: timedelta) -> None:
        """Keep the gate for longer, if it is still the owner's."""

    async def leave(self, slot_id: UUID, owner: UUID) -> None:
        """Open the gate, if it is still the owner's."""


@dataclass(frozen=True, slots=True)
class HoldLimits:
    """How many slots one visitor and one key may hold at once."""

    per_visitor: int
    per_key: int


class HoldLedger(Protocol):
    """The holds themselves, by the database's clock."""

    async def take(self, hold_id: UUID, holder: Holder, slot: FreeSlot, limits: HoldLimits, *, verified: bool) -> Hold:
        """Write the hold; raise `SlotHeld`, `SlotTaken` or `TooManyHolds`."""

    async def renew(self, holder: Holder, hold_id: UUID) -> Hold:
        """Lengthen a living hold; raise `NotFound`, `HoldExpired`, `RenewalsExhausted` or `SlotTaken`."""

    async def get(self, holder: Holder, hold_id: UUID) -> Hold:
        """Return a living hold; raise `NotFound`, `HoldExpired` or `SlotTaken`."""

    async def release(self, holder: Holder, hold_id: UUID) -> UUID | None:
        """End a hold that no booking is using and return its slot id; None when there was nothing to end."""
