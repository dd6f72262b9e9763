"""The states of a booking and the only moves between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from gateway.domain.outcomes import Refusal

__all__ = ["LIVE_STATES", "MOVES", "Booking", "BookingState", "may_move"]


class BookingState(StrEnum):
    """Where a booking stands."""

    SUBMITTING = "submitting"
    BOOKED = "booked"
    REJECTED = "rejected"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    MANUAL = "manual"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    CANCEL_IN_DOUBT = "cancel_in_doubt"


_S = BookingState
MOVES: Final = MappingProxyType(
    {
        _S.SUBMITTING: frozenset({_S.BOOKED, _S.REJECTED, _S.FAILED, _S.IN_DOUBT}),
        _S.IN_DOUBT: frozenset({_S.BOOKED, _S.REJECTED, _S.FAILED, _S.MANUAL}),
        _S.MANUAL: frozenset({_S.BOOKED, _S.REJECTED, _S.FAILED, _S.CANCELLED}),
        _S.BOOKED: frozenset({_S.CANCELLING}),
        _S.CANCELLING: frozenset({_S.CANCELLED, _S.BOOKED, _S.CANCEL_IN_DOUBT}),
        _S.CANCEL_IN_DOUBT: frozenset({_S.CANCELLED, _S.BOOKED, _S.MANUAL}),
        _S.REJECTED: frozenset(),
        _S.FAILED: frozenset(),
        _S.CANCELLED: frozenset(),
    },
)
"""Legal moves; the database holds the same table and refuses any other."""

LIVE_STATES: Final = frozenset({_S.SUBMITTING, _S.BOOKED, _S.IN_DOUBT, _S.MANUAL, _S.CANCELLING, _S.CANCEL_IN_DOUBT})
"""While a booking is in one of these, its slot belongs to it."""


def may_move(before: BookingState, after: BookingState) -> bool:
    """Tell whether a booking may go from one state to the other."""
    return after in MOVES[before]


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking without its patient: what the site, the worker and the operator may see."""

    id: UUID
    state: BookingState
    slot_id: UUID
    lpu_code: str
    emias_doctor_id: str
    doctor_id: str
    doctor_name: str
    starts_at: datetime
    ends_at: datetime | None
    room: str | None
    token: int
    attempt: int
    refusal: Refusal | None
    error_code: str | None
    emias_appointment_id: str | None
    ticket: str | None
    updated_at: datetime
