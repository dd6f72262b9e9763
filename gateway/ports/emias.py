"""What the services need of EMIAS."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from gateway.domain.outcomes import CancelOutcome, Capabilities, CreateOutcome, RemoteAppointment
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow, Unchanged

__all__ = [
    "AppointmentRequest",
    "Budget",
    "Emias",
]


@dataclass(frozen=True, slots=True)
class AppointmentRequest:
    """What the create call needs; `client_ref` is our booking id, for contracts that carry one."""

    doctor: EmiasDoctorRef
    emias_slot_id: str
    starts_at: datetime
    patient: Patient
    client_ref: str
    referral: str | None = field(default=None, repr=False)


class Emias(Protocol):
    """An electronic registry of appointments. Reads raise `EmiasFailure`; writes answer an outcome and never raise."""

    def capabilities(self, lpu_code: str) -> Capabilities:
        """Tell what the institution's contract can do."""

    async def probe(self, lpu_code: str) -> str:
        """Make the cheapest read-only call and return the version that EMIAS names."""

    async def get_schedule(
        self, doctor: EmiasDoctorRef, first: date, last: date, *, known_digest: str | None = None
    ) -> ScheduleWindow | Unchanged:
        """Read a doctor's slots over a range of days, both included; `Unchanged` when the digest is the known one."""

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        """Ask EMIAS for the appointment, once."""

    async def find_appointments(
        self, lpu_code: str, patient: Patient, first: date, last: date
    ) -> tuple[RemoteAppointment, ...]:
        """List the patient's appointments in the institution over a range of days, cancelled ones too."""

    async def cancel_appointment(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str
    ) -> CancelOutcome:
        """Ask EMIAS to cancel the appointment, once."""


class Budget(Protocol):
    """The calls that an institution's EMIAS grants us, shared by every replica."""

    def spend(self, lpu_code: str, *, for_booking: bool) -> AbstractAsyncContextManager[None]:
        """Wait for a place among the calls, within bounds; raise `EmiasFailure(Cause.BUDGET)` when none comes free."""
