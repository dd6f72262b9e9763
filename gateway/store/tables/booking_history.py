"""Every step of every booking."""

from __future__ import annotations

from piccolo.columns import BigSerial, ForeignKey, Integer, Text, Timestamptz
from piccolo.table import Table

from gateway.domain.booking import BookingState
from gateway.store.tables.booking import Booking

__all__ = ["BookingHistory"]


class BookingHistory(Table, tablename="booking_history", help_text="Ход записей по шагам / Bookings step by step"):
    """One move of a booking: from where, to where, why and by whom."""

    id = BigSerial(primary_key=True)
    booking_id = ForeignKey(Booking, null=False, help_text="Запись / Booking")
    at = Timestamptz(help_text="Когда / When")
    from_state = Text(null=True, default=None, choices=BookingState, help_text="Из состояния / From state")
    to_state = Text(choices=BookingState, help_text="В состояние / To state")
    cause = Text(help_text="Причина / Cause")
    attempt = Integer(help_text="Попытка / Attempt")
    actor = Text(help_text="Кто / Who")
