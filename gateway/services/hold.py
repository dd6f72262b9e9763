"""Hold a slot for five minutes while the visitor fills the form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from gateway.domain.errors import NotFound, SlotHeld, SlotTaken
from gateway.domain.hold import HOLD_FOR, Hold, Holder
from gateway.ports import Clock, Directory, Gate, GateAnswer, HoldLedger, HoldLimits, SlotSighting
from gateway.services.offer import Offer
from gateway.services.refresh import Refresh

__all__ = ["HoldSlot"]


@dataclass(frozen=True, slots=True)
class HoldSlot:
    """The soft hold: a quick gate answers the crowd, the table decides.

    On a mirror older than `stale_after` the doctor is read anew first, for at most `patience`; if EMIAS is slower than
    that the hold goes on, marked unverified.
    """

    directory: Directory
    ledger: HoldLedger
    gate: Gate
    offer: Offer
    refresh: Refresh
    clock: Clock
    limits: HoldLimits
    stale_after: timedelta
    patience: timedelta

    async def take(self, holder: Holder, slot_id: UUID, doctor_id: str | None) -> Hold:
        """Hold the slot; raise `NotFound`, `SlotHeld`, `SlotTaken` (both with alternatives) or `TooManyHolds`."""
        hold_id = uuid4()
        try:
            return await self._enter(holder, hold_id, slot_id, doctor_id)
        except SlotHeld:
            raise SlotHeld(await self.offer.instead_of(holder.site_id, slot_id)) from None
        except SlotTaken:
            raise SlotTaken(await self.offer.instead_of(holder.site_id, slot_id)) from None

    async def _enter(self, holder: Holder, hold_id: UUID, slot_id: UUID, doctor_id: str | None) -> Hold:
        """Pass the gate and write the hold; whatever stops it, cancellation too, opens the gate again."""
        try:
            answer = await self.gate.enter(slot_id, hold_id, HOLD_FOR)
            if answer is not GateAnswer.OCCUPIED:
                return await self._write(holder, hold_id, slot_id, doctor_id)
        except BaseException:
            await self.gate.leave(slot_id, hold_id)
            raise
        raise SlotHeld

    async def _write(self, holder: Holder, hold_id: UUID, slot_id: UUID, doctor_id: str | None) -> Hold:
        sighting = await self._sight(holder, slot_id, doctor_id)
        verified = self._is_fresh(sighting)
        if not verified and sighting.is_free:
            verified = await self.refresh.one(sighting.slot.doctor, within=self.patience)
            sighting = await self._sight(holder, slot_id, doctor_id)
        if not sighting.is_free:
            raise SlotTaken
        return await self.ledger.take(hold_id, holder, sighting.slot, self.limits, verified=verified)

    async def _sight(self, holder: Holder, slot_id: UUID, doctor_id: str | None) -> SlotSighting:
        sighting = await self.directory.sight(holder.site_id, slot_id, doctor_id)
        if sighting is None:
            raise NotFound("slot")
        return sighting

    def _is_fresh(self, sighting: SlotSighting) -> bool:
        return sighting.as_of is not None and self.clock.now() - sighting.as_of <= self.stale_after

    async def renew(self, holder: Holder, hold_id: UUID) -> Hold:
        """Give the hold another five minutes.

        Raises `NotFound`, `HoldExpired`, `RenewalsExhausted`, or `SlotTaken` with alternatives when EMIAS shows the
        slot as taken meanwhile.
        """
        try:
            hold = await self.ledger.renew(holder, hold_id)
        except SlotTaken as lost:
            raise await self._with_alternatives(holder, lost) from None
        await self.gate.extend(hold.slot.id, hold_id, HOLD_FOR)
        return hold

    async def state(self, holder: Holder, hold_id: UUID) -> Hold:
        """Return a living hold; raise `NotFound`, `HoldExpired`, or `SlotTaken` as `renew` does."""
        try:
            return await self.ledger.get(holder, hold_id)
        except SlotTaken as lost:
            raise await self._with_alternatives(holder, lost) from None

    async def _with_alternatives(self, holder: Holder, lost: SlotTaken) -> SlotTaken:
        if lost.slot_id is None:
            return lost
        return SlotTaken(await self.offer.instead_of(holder.site_id, lost.slot_id))

    async def release(self, holder: Holder, hold_id: UUID) -> None:
        """End the hold; ending it twice, or one that is no more, is no error."""
        slot_id = await self.ledger.release(holder, hold_id)
        if slot_id is not None:
            await self.gate.leave(slot_id, hold_id)
