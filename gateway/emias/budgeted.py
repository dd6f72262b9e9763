"""Any EMIAS within the budget of calls that its institution grants."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date

from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import CancelOutcome, Capabilities, CreateOutcome, NotSent, RemoteAppointment
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow, Unchanged
from gateway.ports import AppointmentRequest, Budget, Emias

__all__ = ["BudgetedEmias"]


@dataclass(frozen=True, slots=True)
class BudgetedEmias:
    """Spends before each call; reads raise `EmiasFailure` and writes are not sent when nothing is left."""

    inner: Emias
    budget: Budget

    def capabilities(self, lpu_code: str) -> Capabilities:
        """Tell what the institution's contract can do, at no cost."""
        return self.inner.capabilities(lpu_code)

    async def probe(self, lpu_code: str) -> str:
        """Probe at the expense of the share kept for bookings."""
        async with self.budget.spend(lpu_code, for_booking=True):
            return await self.inner.probe(lpu_code)

    async def get_schedule(
        self, doctor: EmiasDoctorRef, first: date, last: date, *, known_digest: str | None = None
    ) -> ScheduleWindow | Unchanged:
        """Read a schedule, leaving the share kept for bookings alone."""
        async with self.budget.spend(doctor.lpu_code, for_booking=False):
            return await self.inner.get_schedule(doctor, first, last, known_digest=known_digest)

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        """Book, or tell that nothing was sent."""
        async with AsyncExitStack() as place:
            if spent := await self._enter(place, request.doctor.lpu_code):
                return spent
            return await self.inner.create_appointment(request)

    async def find_appointments(
        self, lpu_code: str, patient: Patient, first: date, last: date
    ) -> tuple[RemoteAppointment, ...]:
        """Look up a patient's appointments."""
        async with self.budget.spend(lpu_code, for_booking=True):
            return await self.inner.find_appointments(lpu_code, patient, first, last)

    async def cancel_appointment(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str
    ) -> CancelOutcome:
        """Cancel, or tell that nothing was sent."""
        async with AsyncExitStack() as place:
            if spent := await self._enter(place, lpu_code):
                return spent
            return await self.inner.cancel_appointment(lpu_code, appointment_id, patient, reason)

    async def _enter(self, place: AsyncExitStack, lpu_code: str) -> NotSent | None:
        """Spend before a write; only a failure before the call may be told as not sent."""
        try:
            await place.enter_async_context(self.budget.spend(lpu_code, for_booking=True))
        except EmiasFailure as spent:
            return NotSent(spent.cause, spent.retry_after)
        return None
