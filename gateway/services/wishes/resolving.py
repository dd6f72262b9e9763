"""Resolve a booking in doubt by an operator's word, proved by EMIAS's look-up where the contract has one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from gateway.domain.booking import BookingState
from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import moscow_day
from gateway.domain.settlement import Settlement
from gateway.domain.wish import Ending, Later, Said, Wish, WishKind
from gateway.domain.wish_proof import Listed, judge_absent, judge_booked
from gateway.domain.wish_rules import DOUBTFUL, objection
from gateway.ports import BookingLedger, Case, CaseBook, Emias

__all__ = ["UNKNOWN_BOOKING", "Resolving"]

UNKNOWN_BOOKING: Final = Said("такой записи нет", "there is no such booking")
_BY_WORD: Final = frozenset({"operator_word", "absent_by_word", "operator_not_listed"})
_LOOKED_AT: Final = Said("шлюз сверяет её сейчас, ждём", "the gateway is looking at it now, waiting")
_OVERTAKEN: Final = Said("исход тем временем выяснился", "the outcome has become known meanwhile")
_AWHILE: Final = timedelta(seconds=2)
_WANTED: Final = {
    WishKind.RESOLVE_BOOKED: {BookingState.BOOKED},
    WishKind.RESOLVE_ABSENT: {BookingState.FAILED, BookingState.CANCELLED},
}
_ENDS: Final = {
    BookingState.BOOKED: Said("закрыта как записанная", "resolved as booked"),
    BookingState.CANCELLED: Said("закрыта как отменённая", "resolved as cancelled"),
    BookingState.FAILED: Said("закрыта: записи в ЕМИАС нет", "resolved: EMIAS has no appointment"),
}


@dataclass(frozen=True, slots=True)
class Resolving:
    """Takes the booking over from the looks, asks EMIAS once, and settles it or says why not.

    `proof_after` is the age of a doubt from which EMIAS commits no more; `lease` bounds the look.
    """

    cases: CaseBook
    ledger: BookingLedger
    emias: Emias
    proof_after: timedelta
    lease: timedelta

    async def carry(self, wish: Wish) -> Ending | Later:
        """Resolve the booking as booked or as absent."""
        booking_id = UUID(wish.subject)
        case = await self.cases.look(booking_id)
        if case is None:
            return Ending.refused(UNKNOWN_BOOKING)
        standing = case.standing
        if standing.state in _WANTED[wish.kind] and standing.actor == wish.actor and standing.since >= wish.wished_at:
            return _ended(standing.state, standing.cause)  # by a run of this wish that died before it could say so
        against = objection(wish.kind, standing)
        if against is not None:
            return Ending.refused(against)
        taken = await self.cases.take(booking_id, self.lease)
        if taken is None:
            return Later(_AWHILE, _LOOKED_AT)
        if taken.standing.state not in DOUBTFUL:
            return Ending.refused(_OVERTAKEN)
        try:
            return await self._settle(wish, taken)
        finally:
            await self.cases.give_back(booking_id, taken.doubt.booking.token)

    async def _settle(self, wish: Wish, case: Case) -> Ending:
        booking = case.doubt.booking
        try:
            verdict = await self._judge(wish, case)
        except EmiasFailure as failure:
            cause = failure.cause.value
            return Ending.failed(
                Said(f"ЕМИАС не ответила ({cause}): поручите позже", f"EMIAS did not answer ({cause}): ask later"),
                cause=cause,
            )
        if isinstance(verdict, Said):
            return Ending.refused(verdict)
        appointment = verdict.emias_appointment_id
        if appointment and await self.cases.is_known(booking.lpu_code, appointment, booking.id):
            return Ending.refused(
                Said(
                    "эта запись ЕМИАС уже у другой записи шлюза", "that appointment belongs to another booking of ours"
                )
            )
        settled = await self.ledger.settle(booking.id, booking.token, verdict, actor=wish.actor)
        return _ended(settled.state, verdict.cause) if settled else Ending.failed(_OVERTAKEN)

    async def _judge(self, wish: Wish, case: Case) -> Settlement | Said:
        listed, was_cancel = await self._listed(case), case.standing.was_cancel
        echoes = self.emias.capabilities(case.doubt.booking.lpu_code).echoes_client_ref
        if wish.kind is WishKind.RESOLVE_BOOKED:
            wanted = str(wish.arguments.get("appointment_id") or "").strip()
            return judge_booked(
                case.doubt,
                was_cancel=was_cancel,
                wanted=wanted,
                listed=listed,
                echoes=echoes,
                proof_after=self.proof_after,
            )
        return judge_absent(
            case.doubt, was_cancel=was_cancel, listed=listed, echoes=echoes, proof_after=self.proof_after
        )

    async def _listed(self, case: Case) -> Listed:
        booking, patient = case.doubt.booking, case.doubt.patient
        if patient is None or not self.emias.capabilities(booking.lpu_code).lookup:
            return None
        day = moscow_day(booking.starts_at)
        return await self.emias.find_appointments(booking.lpu_code, patient, day, day)


def _ended(state: BookingState, cause: str) -> Ending:
    said = _ENDS[state]
    if cause in _BY_WORD:
        said = Said(f"{said.russian}, по слову оператора", f"{said.english}, by the operator's word")
    return Ending.done(said, state=state.value, cause=cause)
