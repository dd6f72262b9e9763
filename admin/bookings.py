"""The bookings as the admin lists them: those that wait for a person in front."""

from __future__ import annotations

from typing import Final

from admin.computed import ComputedNumber
from gateway.domain.booking import BookingState
from gateway.store.tables import Booking

__all__ = ["BookingBoard"]

_URGENT: Final = (
    (BookingState.MANUAL,),
    (BookingState.IN_DOUBT, BookingState.CANCEL_IN_DOUBT),
    (BookingState.FAILED,),
    (BookingState.REJECTED,),
)
_CASES: Final = " ".join(
    f"WHEN '{state.value}' THEN {place}" for place, states in enumerate(_URGENT, start=1) for state in states
)


class BookingBoard(
    Booking, tablename="bookings", help_text="Записи: сначала те, что ждут человека / Bookings, urgent first"
):
    """A booking with its urgency, 1 first."""

    urgency = ComputedNumber(
        f'CASE {{table}}."state" {_CASES} ELSE {len(_URGENT) + 1} END',
        help_text="Срочность: 1 — решить сейчас / Urgency: 1 is now",
    )
