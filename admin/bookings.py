"""The bookings as the admin lists them: those that wait for a person in front."""

from __future__ import annotations

from typing import Final

from piccolo.columns import SmallInt
from piccolo.columns.base import ColumnMeta

from admin.meta import table_name
from gateway.domain.booking import BookingState
from gateway.store.tables import Booking

__all__ = ["BookingBoard"]

_URGENT: Final = (
    (BookingState.MANUAL,),
    (BookingState.IN_DOUBT, BookingState.CANCEL_IN_DOUBT),
    (BookingState.FAILED,),
    (BookingState.REJECTED,),
)


class _UrgencyMeta(ColumnMeta):
    """The place of a column that PostgreSQL works out from the state, so that it can be sorted by."""

    def get_full_name(self, with_alias: bool = True, include_quotes: bool = True) -> str:  # noqa: ARG002, FBT001, FBT002 - Piccolo's signature
        """Return the expression where Piccolo would put a column's name."""
        cases = " ".join(
            f"WHEN '{state.value}' THEN {place}" for place, states in enumerate(_URGENT, start=1) for state in states
        )
        expression = f'CASE "{table_name(self.table)}"."state" {cases} ELSE {len(_URGENT) + 1} END'
        return f'{expression} AS "{self.name}"' if with_alias else expression


class _Urgency(SmallInt):
    """How soon a person should look, 1 first; it is not in the table and is never written."""

    def __init__(self, help_text: str) -> None:
        super().__init__(default=0, help_text=help_text)
        self._meta = _UrgencyMeta(**vars(self._meta))


class BookingBoard(
    Booking, tablename="bookings", help_text="Записи: сначала те, что ждут человека / Bookings, urgent first"
):
    """A booking with its urgency."""

    urgency = _Urgency(help_text="Срочность: 1 — решить сейчас / Urgency: 1 is now")
