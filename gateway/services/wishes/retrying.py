"""Try a booking again that surely was not sent: as a booking of its own, through the ordinary promise."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from gateway.domain.booking import Booking, BookingState
from gateway.domain.errors import (
    BookingRefused,
    EmiasUnavailable,
    GatewayError,
    HoldExpired,
    IdempotencyInProgress,
    NotFound,
    SlotHeld,
    SlotTaken,
    TooManyHolds,
)
from gateway.domain.hold import Hold, Holder
from gateway.domain.patient import Patient
from gateway.domain.wish import Ending, Later, Said, Wish, WishKind
from gateway.domain.wish_rules import objection
from gateway.ports import BookingLedger, Case, CaseBook, IdempotencyBook, IdempotencyKey, Intent, Retold
from gateway.services.book import Book
from gateway.services.hold import HoldSlot
from gateway.services.wishes.resolving import UNKNOWN_BOOKING

__all__ = ["Retrying"]

_S = BookingState
_FINGERPRINT: Final = hashlib.sha256(b"retry").digest()
_SOON: Final = timedelta(seconds=15)
_AWHILE: Final = timedelta(seconds=30)
_HELD: Final = Said("время удерживает посетитель, ждём", "a visitor holds the slot, waiting")
_BUSY: Final = Said("слишком много удержаний сейчас, ждём", "too many holds just now, waiting")
_UNDER_WAY: Final = Said("прежняя попытка ещё идёт, ждём", "an earlier try is still under way, waiting")
_TAKEN: Final = Said("время уже занято", "the slot is taken")
_UNLISTED: Final = Said(
    "этого времени больше нет в продаже, или запись в ЛПУ закрыта",
    "the slot is no longer for sale, or the LPU is closed",
)
_UNREADABLE: Final = Said("данные пациента не читаются", "the patient's data cannot be read")
_UNCLEAR: Final = Said(
    "отправлено, ответ неясен: шлюз сверяет сам", "it was sent, its answer is unclear: the gateway looks"
)


@dataclass(frozen=True, slots=True)
class Retrying:
    """Holds the slot anew and books it for the same patient, at most once for each failed booking.

    The retry has an idempotency key of its own, so that whoever takes the wish over is told of the booking that it
    made; the table lets no booking have two retries.
    """

    cases: CaseBook
    idempotency: IdempotencyBook
    ledger: BookingLedger
    hold: HoldSlot
    book: Book
    lease: timedelta

    async def carry(self, wish: Wish) -> Ending | Later:
        """Retry the booking, or tell what became of its retry."""
        failed_id = UUID(wish.subject)
        case = await self.cases.look(failed_id)
        if case is None:
            return Ending.refused(UNKNOWN_BOOKING)
        key = IdempotencyKey(case.api_key_id, "book", f"retry:{failed_id}")
        try:
            begun = await self.idempotency.begin(key, _FINGERPRINT, self.lease)
        except IdempotencyInProgress:
            return Later(_SOON, _UNDER_WAY)
        if isinstance(begun, Retold):
            return await self._retold(wish, case, begun.booking_id)
        try:
            following = await self._first(wish, case, key)
        except Exception:
            # Whoever comes next need not wait for the key's lease: it knows of the booking, if there is one.
            await self.idempotency.leave_open(key)
            raise
        if isinstance(following, _Made):
            await self.idempotency.leave_open(key)
            return following.ending
        await self.idempotency.forget(key)
        return following

    async def _retold(self, wish: Wish, case: Case, booking_id: UUID) -> Ending:
        """Tell of the retry that was made: by this very wish before a crash, or by an earlier one."""
        if wish.tries > 1:
            return _of(await self.ledger.get(case.site_id, booking_id))
        against = objection(WishKind.RETRY_BOOKING, case.standing)
        return Ending.refused(against or _TAKEN, booking=str(booking_id))

    async def _first(self, wish: Wish, case: Case, key: IdempotencyKey) -> Ending | Later | _Made:
        against = objection(WishKind.RETRY_BOOKING, case.standing)
        patient = case.doubt.patient
        if against is not None or patient is None:
            return Ending.refused(against or _UNREADABLE)
        holder = Holder(case.site_id, case.api_key_id, f"retry:{case.doubt.booking.id}")
        hold = await self._hold(holder, case.doubt.booking)
        if not isinstance(hold, Hold):
            return hold
        try:
            return await self._submit(case.doubt.booking.id, _intent(wish, case, patient, holder, hold, key))
        finally:
            await self.hold.release(holder, hold.id)

    async def _hold(self, holder: Holder, failed: Booking) -> Hold | Ending | Later:
        # A run that died between the hold and the booking has left its hold; with the key in our hand it is ours.
        left = await self.cases.left_hold(holder)
        if left is not None:
            await self.hold.release(holder, left)
        try:
            return await self.hold.take(holder, failed.slot_id, failed.doctor_id)
        except SlotHeld:
            return Later(_AWHILE, _HELD)
        except TooManyHolds:
            return Later(_AWHILE, _BUSY)
        except SlotTaken:
            return Ending.refused(_TAKEN)
        except NotFound:
            return Ending.refused(_UNLISTED)

    async def _submit(self, failed_id: UUID, intent: Intent) -> Ending | Later | _Made:
        try:
            booking = await self.book.submit(intent)
        except (SlotTaken, BookingRefused, EmiasUnavailable, HoldExpired, NotFound) as fault:
            return await self._after(failed_id, intent, fault)
        return _Made(_of(booking))

    async def _after(self, failed_id: UUID, intent: Intent, fault: GatewayError) -> Ending | Later | _Made:
        """Tell whether a booking was opened at all before it came to nothing; the patient may have another by now."""
        try:
            return _Made(_of(await self.ledger.get(intent.holder.site_id, intent.booking_id)))
        except NotFound:
            if not isinstance(fault, SlotTaken):
                return Later(_SOON, _UNDER_WAY)
            case = await self.cases.look(failed_id)
            against = objection(WishKind.RETRY_BOOKING, case.standing) if case else UNKNOWN_BOOKING
            return Ending.refused(against or _TAKEN)


@dataclass(frozen=True, slots=True)
class _Made:
    """An ending that has a booking behind it, which its key goes on to tell of."""

    ending: Ending


def _intent(wish: Wish, case: Case, patient: Patient, holder: Holder, hold: Hold, key: IdempotencyKey) -> Intent:
    return Intent(
        booking_id=uuid4(),
        holder=holder,
        hold_id=hold.id,
        patient=patient,
        referral=None,
        contact=case.contact,
        idempotency=key,
        source=case.source,
        policy_mark=case.policy_mark,
        retry_of=case.doubt.booking.id,
        actor=wish.actor,
    )


def _of(made: Booking) -> Ending:
    """Tell what became of the retry."""
    found = {"booking": str(made.id), "state": made.state.value}
    if made.state is _S.BOOKED:
        ticket = made.ticket or made.emias_appointment_id or "—"
        return Ending.done(Said(f"записан, талон {ticket}", f"booked, ticket {ticket}"), **found)
    if made.state is _S.REJECTED:
        why = made.refusal.value if made.refusal else made.error_code or ""
        return Ending.failed(Said(f"ЕМИАС отказала ({why})", f"EMIAS refused ({why})"), **found, refusal=why)
    if made.state is _S.FAILED:
        why = made.error_code or ""
        return Ending.failed(
            Said(
                f"снова не отправлено ({why}): повторите новую запись", f"not sent again ({why}): retry the new booking"
            ),
            **found,
            cause=why,
        )
    return Ending.done(_UNCLEAR, **found)
