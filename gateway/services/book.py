"""Send a booking to EMIAS, with one effect, and never lose track of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Final, assert_never
from uuid import UUID

import structlog

from gateway.domain.booking import Booking, BookingState
from gateway.domain.directory import FreeSlot
from gateway.domain.errors import BookingRefused, EmiasUnavailable, SlotTaken
from gateway.domain.outcomes import Booked, Cause, CreateOutcome, NotSent, Refusal, Rejected, Unknown
from gateway.domain.settlement import HoldFate, Settlement, settle_create
from gateway.ports import AppointmentRequest, BookingLedger, Emias, Gate, Intent
from gateway.services.offer import Offer
from gateway.services.resend import Resend
from gateway.services.resolve import Resolve
from gateway.services.under_way import UnderWay

__all__ = ["Book", "retry_seconds"]

_RETRY_AFTER: Final = 30
_MAY_BE_OUR_OWN: Final = frozenset({Refusal.PATIENT_ALREADY_BOOKED, Refusal.PATIENT_BUSY})
_log = structlog.stdlib.get_logger("gateway.book")


@dataclass(frozen=True, slots=True)
class Book:
    """The booking promise: the intent is a row before EMIAS is called, the outcome is a row after."""

    ledger: BookingLedger
    emias: Emias
    gate: Gate
    offer: Offer
    under_way: UnderWay
    resend: Resend
    resolve: Resolve

    async def submit(self, intent: Intent) -> Booking:
        """Book the held slot: returns it `booked`, or `in_doubt` when EMIAS's answer is not known.

        A caller that hangs up does not stop the call. Raises `NotFound`, `HoldExpired`, `SlotTaken` with alternatives,
        `BookingRefused`, or `EmiasUnavailable` when the request surely was not sent.
        """
        return await self.under_way.shielded(self._submit(intent))

    async def _submit(self, intent: Intent) -> Booking:
        try:
            booking, slot = await self.ledger.open(intent)
        except SlotTaken as lost:
            raise await self._with_alternatives(lost, intent) from None
        return await self._send(intent, booking, slot)

    async def _send(self, intent: Intent, booking: Booking, slot: FreeSlot) -> Booking:
        request = AppointmentRequest(
            slot.doctor, slot.emias_slot_id, slot.starts_at, intent.patient, str(booking.id), intent.referral
        )
        outcome = await self.resend.until_settled(booking, lambda: self._ask(request))
        settlement = settle_create(outcome)
        settled = await self._record(booking, settlement)
        if settled is None:
            return replace(booking, state=BookingState.IN_DOUBT)
        if settlement.hold is not HoldFate.KEPT:
            await self.gate.leave(slot.id, intent.hold_id)
        match outcome:
            case Booked() | Unknown():
                return settled
            case Rejected():
                if settlement.slot_gone:
                    raise SlotTaken(await self.offer.instead_of(intent.holder.site_id, slot.id))
                raise BookingRefused(outcome, await self._standing(intent.holder.site_id, booking, outcome))
            case NotSent():
                raise EmiasUnavailable(outcome.cause, retry_seconds(outcome))
        assert_never(outcome)

    async def _ask(self, request: AppointmentRequest) -> CreateOutcome:
        try:
            return await self.emias.create_appointment(request)
        except Exception as fault:  # noqa: BLE001 - whatever broke, EMIAS may have acted
            _log.error("create_appointment_broke", booking=request.client_ref, fault=type(fault).__name__)
            return Unknown(Cause.GARBLED)

    async def _record(self, booking: Booking, settlement: Settlement) -> Booking | None:
        """Commit the outcome; None when that failed or another decides by now, so that nobody may say how it ended."""
        try:
            settled = await self.ledger.settle(booking.id, booking.token, settlement, actor="gateway")
        except Exception as fault:  # noqa: BLE001 - the caller must not take a lost record for a lost booking
            _log.error("outcome_not_recorded", booking=str(booking.id), fault=type(fault).__name__)
            return None
        _log.info("booking_settled", booking=str(booking.id), state=settlement.state.value, ours=settled is not None)
        return settled

    async def _standing(self, site_id: int, refused: Booking, outcome: Rejected) -> Booking | None:
        """Find our own booking that the refusal may speak of, looking first into those in doubt."""
        if outcome.kind not in _MAY_BE_OUR_OWN:
            return None
        try:
            return await self.resolve.beside(site_id, refused)
        except Exception as fault:  # noqa: BLE001 - the refusal stands, and is true without it
            _log.error("no_look_beside", booking=str(refused.id), fault=type(fault).__name__)
            return None

    async def _with_alternatives(self, lost: SlotTaken, intent: Intent) -> SlotTaken:
        if lost.slot_id is None:
            return lost
        return SlotTaken(await self.offer.instead_of(intent.holder.site_id, lost.slot_id))

    async def state(self, site_id: int, booking_id: UUID) -> Booking:
        """Return a booking of the site; raise `NotFound`."""
        return await self.ledger.get(site_id, booking_id)

    async def look_up(self, site_id: int, ticket: str, birth_date: date) -> Booking:
        """Find a booking by what its patient knows; raise `NotFound` whichever of the two is wrong."""
        return await self.ledger.look_up(site_id, ticket, birth_date)


def retry_seconds(outcome: NotSent) -> int:
    """Return how many whole seconds to wait before the call is worth another try, at least one."""
    return max(1, ceil(_RETRY_AFTER if outcome.retry_after is None else outcome.retry_after))
