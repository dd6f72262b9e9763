"""Cancel a booking through EMIAS for an operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway.domain.booking import BookingState
from gateway.domain.errors import EmiasUnavailable, NotCancellable
from gateway.domain.hold import Holder
from gateway.domain.wish import Ending, Said, Wish, WishKind
from gateway.domain.wish_rules import objection
from gateway.ports import CaseBook
from gateway.services.cancel import Cancel
from gateway.services.wishes.resolving import UNKNOWN_BOOKING

__all__ = ["Cancelling"]

_S = BookingState
_CANCELLED: Final = Said("отменена в ЕМИАС", "cancelled in EMIAS")
_UNCLEAR: Final = Said(
    "отмена отправлена, ответ неясен: шлюз сверяет сам", "the cancel was sent, its answer is unclear: the gateway looks"
)
_ENDS: Final = {_S.CANCELLED: _CANCELLED, _S.CANCELLING: _UNCLEAR, _S.CANCEL_IN_DOUBT: _UNCLEAR}


@dataclass(frozen=True, slots=True)
class Cancelling:
    """Cancels as the site's own request would, named as the operator's in the history."""

    cases: CaseBook
    cancel: Cancel

    async def carry(self, wish: Wish) -> Ending:
        """Cancel the booking; a worker that died half-way has left it under way, and the doubt's looks end it."""
        booking_id = UUID(wish.subject)
        case = await self.cases.look(booking_id)
        if case is None:
            return Ending.refused(UNKNOWN_BOOKING)
        if wish.tries > 1 and case.standing.state in _ENDS:
            return _ended(case.standing.state)
        against = objection(WishKind.CANCEL_BOOKING, case.standing)
        if against is not None:
            return Ending.refused(against)
        holder, why = Holder(case.site_id, case.api_key_id, None), str(wish.arguments.get("code") or "other")
        try:
            return _ended((await self.cancel.run(holder, booking_id, why, None, actor=wish.actor)).state)
        except (NotCancellable, EmiasUnavailable) as fault:
            return _not_cancelled(fault)


def _not_cancelled(fault: NotCancellable | EmiasUnavailable) -> Ending:
    if isinstance(fault, NotCancellable):
        said = Said(f"не отменена: отказ ({fault.reason})", f"not cancelled: refused ({fault.reason})")
        return Ending.failed(said, refusal=fault.reason)
    cause = fault.cause.value
    return Ending.failed(
        Said(f"не отправлено ({cause}): поручите позже", f"not sent ({cause}): ask later"), cause=cause
    )


def _ended(state: BookingState) -> Ending:
    return Ending.done(_ENDS[state], state=state.value)
