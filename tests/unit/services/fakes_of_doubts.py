"""Doubts in memory, over the same rows as the booking table's stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid4

from gateway.domain.booking import Booking, BookingState
from gateway.domain.doubt import Doubt, LookPlan
from gateway.domain.outcomes import RemoteAppointment
from gateway.domain.patient import Patient
from gateway.services.resolve import Resolve
from gateway.services.under_way import UnderWay
from tests.unit.services.fakes import Bookings, Emias
from tests.unit.services.samples import NOW, PATIENT, SLOT, a_booking

__all__ = ["LEASE", "Doubts", "a_resolve", "an_appointment"]

LEASE = timedelta(minutes=1)


@dataclass
class Doubts:
    """Claims what the table has in doubt; `postponed` notes each booking, wait and whether the look was counted."""

    table: Bookings
    patient: Patient | None = PATIENT
    looks: int = 0
    age: timedelta = timedelta(seconds=5)
    siblings: list[UUID] = field(default_factory=list)
    abandoned: int = 0
    postponed: list[tuple[UUID, timedelta | None, bool]] = field(default_factory=list)
    rested: list[UUID] = field(default_factory=list)
    taken: bool = False
    error: Exception | None = None
    search_error: Exception | None = None
    due: list[Booking] = field(default_factory=list)
    claims: list[tuple[int, int, dict[str, int]]] = field(default_factory=list)
    claim_troubles: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, state: BookingState = BookingState.IN_DOUBT) -> Booking:
        """Write a booking in doubt into the table."""
        booking = replace(a_booking(uuid4(), state), emias_appointment_id=None)
        if state is BookingState.CANCEL_IN_DOUBT:
            booking = replace(booking, emias_appointment_id="A1")
        self.table.rows[booking.id] = booking
        return booking

    def doubt(self, booking: Booking) -> Doubt:
        """Lease the booking under a new token."""
        leased = self.table.rows[booking.id] = replace(booking, token=booking.token + 1)
        return Doubt(leased, self.patient, self.looks, NOW, self.age)

    async def recover_abandoned(self, older_than: timedelta) -> int:
        """Tell how many were left behind."""
        assert older_than
        return self.abandoned

    async def claim(
        self, limit: int, lease: timedelta, *, at_once: int, running: Mapping[str, int] | None = None
    ) -> list[Doubt]:
        """Lease as many of those due as asked for."""
        assert lease == LEASE
        if self.claim_troubles:
            self.claim_troubles -= 1
            raise ConnectionError
        self.claims.append((limit, at_once, dict(running or {})))
        taken, self.due = self.due[:limit], self.due[limit:]
        return [self.doubt(row) for row in taken]

    async def claim_one(self, booking_id: UUID, lease: timedelta) -> Doubt | None:
        """Lease this one, unless another looks at it."""
        assert lease == LEASE
        if self.error:
            raise self.error
        return None if self.taken else self.doubt(self.table.rows[booking_id])

    async def beside(self, booking_id: UUID) -> list[UUID]:
        """List the siblings."""
        if self.search_error:
            raise self.search_error
        assert booking_id not in self.siblings
        return self.siblings

    async def postpone(self, booking_id: UUID, token: int, after: timedelta | None, *, looked: bool) -> bool:
        """Note it when the token is the row's."""
        if self.table.token_lost or self.table.rows[booking_id].token != token:
            return False
        self.postponed.append((booking_id, after, looked))
        self.changed.set()
        return True

    async def rest(self, booking_id: UUID, token: int) -> bool:
        """Note it when the token is the row's."""
        if self.table.token_lost or self.table.rows[booking_id].token != token:
            return False
        self.rested.append(booking_id)
        return True


def a_resolve(doubts: Doubts, table: Bookings, emias: Emias, *, lease: timedelta = LEASE) -> Resolve:
    """Join the service to its stand-ins."""
    return Resolve(doubts, table, emias, LookPlan(), lease, timedelta(seconds=5), UnderWay())


def an_appointment(booking: Booking, *, active: bool = True) -> RemoteAppointment:
    """Make what EMIAS lists when our call made the booking."""
    return RemoteAppointment(
        "A1", SLOT.doctor.emias_doctor_id, SLOT.starts_at, active, ticket="T1", client_ref=str(booking.id)
    )
