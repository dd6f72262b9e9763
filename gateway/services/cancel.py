"""Cancel a booking in EMIAS."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

import structlog

from gateway.domain.booking import Booking, BookingState
from gateway.domain.errors import EmiasUnavailable, NotCancellable
from gateway.domain.hold import Holder
from gateway.domain.outcomes import Cancelled, CancelOutcome, Cause, NotSent, Refusal, Rejected, Unknown
from gateway.domain.patient import Patient
from gateway.domain.settlement import Settlement, settle_cancel
from gateway.ports import BookingLedger, Emias, IdempotencyKey
from gateway.services.book import retry_seconds
from gateway.services.resend import Resend
from gateway.services.under_way import UnderWay

__all__ = ["Cancel"]

_log = structlog.stdlib.get_logger("gateway.cancel")


@dataclass(frozen=True, slots=True)
class Cancel:
    """The slot goes back on sale only when EMIAS next shows it free."""

    ledger: BookingLedger
    emias: Emias
    under_way: UnderWay
    resend: Resend

    async def run(
        self, holder: Holder, booking_id: UUID, reason: str, key: IdempotencyKey | None, *, actor: str | None = None
    ) -> Booking:
        """Cancel the booking, for the holder or for an operator: returns it `cancelled` or `cancel_in_doubt`.

        Raises `NotFound`, `NotCancellable`, or `EmiasUnavailable` when the request surely was not sent.
        """
        return await self.under_way.shielded(self._cancel(holder, booking_id, reason, key, actor))

    async def _cancel(
        self, holder: Holder, booking_id: UUID, reason: str, key: IdempotencyKey | None, actor: str | None
    ) -> Booking:
        booking, patient = await self.ledger.open_cancel(holder, booking_id, key, actor)
        outcome = await self.resend.until_settled(booking, lambda: self._ask(booking, patient, reason))
        settled = await self._record(booking, settle_cancel(outcome))
        if settled is None:
            return replace(booking, state=BookingState.CANCEL_IN_DOUBT)
        match outcome:
            case Cancelled() | Unknown() | Rejected(kind=Refusal.ALREADY_CANCELLED):
                return settled
            case Rejected():
                raise NotCancellable(outcome.kind.value)
            case NotSent():
                raise EmiasUnavailable(outcome.cause, retry_seconds(outcome))
        assert_never(outcome)

    async def _ask(self, booking: Booking, patient: Patient, reason: str) -> CancelOutcome:
        appointment = booking.emias_appointment_id
        if appointment is None:
            return Rejected(Refusal.APPOINTMENT_NOT_FOUND, "appointment_id_pending")
        try:
            return await self.emias.cancel_appointment(booking.lpu_code, appointment, patient, reason)
        except Exception as fault:  # noqa: BLE001 - whatever broke, EMIAS may have acted
            _log.error("cancel_appointment_broke", booking=str(booking.id), fault=type(fault).__name__)
            return Unknown(Cause.GARBLED)

    async def _record(self, booking: Booking, settlement: Settlement) -> Booking | None:
        """Commit the outcome; None when that failed or another decides by now."""
        try:
            return await self.ledger.settle(booking.id, booking.token, settlement, actor="gateway")
        except Exception as fault:  # noqa: BLE001 - the row stays `cancelling` and is looked into later
            _log.error("outcome_not_recorded", booking=str(booking.id), fault=type(fault).__name__)
            return None
