"""EMIAS seen through a wrapper: one that counts who looks, and one whose contract has no look-up."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import date

from gateway.domain.outcomes import CancelOutcome, Capabilities, CreateOutcome, RemoteAppointment
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow, Unchanged
from gateway.ports import AppointmentRequest, Emias

__all__ = ["Blindfolded", "Watched"]


class Watched:
    """Counts the looks under way for each patient; `pause` holds them up, `looking` is set when one has begun."""

    def __init__(self, inner: Emias) -> None:
        self.inner = inner
        self.under_way: Counter[str] = Counter()
        self.most = 0
        self.looking = asyncio.Event()
        self.pause: asyncio.Event | None = None

    def capabilities(self, lpu_code: str) -> Capabilities:
        """Tell what the contract can do."""
        return self.inner.capabilities(lpu_code)

    async def probe(self, lpu_code: str) -> str:
        """Probe."""
        return await self.inner.probe(lpu_code)

    async def get_schedule(
        self, doctor: EmiasDoctorRef, first: date, last: date, *, known_digest: str | None = None
    ) -> ScheduleWindow | Unchanged:
        """Read a schedule."""
        return await self.inner.get_schedule(doctor, first, last, known_digest=known_digest)

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        """Book."""
        return await self.inner.create_appointment(request)

    async def find_appointments(
        self, lpu_code: str, patient: Patient, first: date, last: date
    ) -> tuple[RemoteAppointment, ...]:
        """Look, counted."""
        self.under_way[patient.snils.digits] += 1
        self.most = max(self.most, *self.under_way.values())
        self.looking.set()
        try:
            if self.pause is not None:
                await self.pause.wait()
            await asyncio.sleep(0.03)
            return await self.inner.find_appointments(lpu_code, patient, first, last)
        finally:
            self.under_way[patient.snils.digits] -= 1

    async def cancel_appointment(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str
    ) -> CancelOutcome:
        """Cancel."""
        return await self.inner.cancel_appointment(lpu_code, appointment_id, patient, reason)


class Blindfolded(Watched):
    """A contract without a look-up: only the schedule shows anything."""

    def capabilities(self, lpu_code: str) -> Capabilities:
        """Tell that nobody can be looked up."""
        return replace(self.inner.capabilities(lpu_code), lookup=False, echoes_client_ref=False)

    async def find_appointments(
        self, lpu_code: str, patient: Patient, first: date, last: date
    ) -> tuple[RemoteAppointment, ...]:
        """Never asked for."""
        raise AssertionError(lpu_code, patient, first, last)
