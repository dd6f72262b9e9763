"""Any EMIAS, with every call told to an observer: what, where, how it ended, how long it took; never whom."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import (
    Booked,
    Cancelled,
    CancelOutcome,
    Capabilities,
    CreateOutcome,
    NotSent,
    Rejected,
    RemoteAppointment,
    Unknown,
)
from gateway.domain.patient import Patient
from gateway.domain.retry import Again, class_of_read, class_of_write
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow, Unchanged
from gateway.ports import AppointmentRequest, Emias

__all__ = ["Observation", "ObservedEmias"]

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Observation:
    """One call and its end: ok, unchanged, booked, cancelled, broken; rejected, not_sent, unknown or failed `:why`.

    `again` tells whether it may be sent again; `emias_doctor_id` is None where the call was about no doctor.
    """

    operation: str
    lpu_code: str
    outcome: str
    again: Again
    seconds: float
    emias_doctor_id: str | None = None


@dataclass(frozen=True, slots=True)
class ObservedEmias:
    """Tells the observer of each call when it has ended."""

    inner: Emias
    observe: Callable[[Observation], None]

    def capabilities(self, lpu_code: str) -> Capabilities:
        """Tell what the institution's contract can do."""
        return self.inner.capabilities(lpu_code)

    async def probe(self, lpu_code: str) -> str:
        """Probe, observed."""
        return await self._watched("probe", lpu_code, self.inner.probe(lpu_code))

    async def get_schedule(
        self, doctor: EmiasDoctorRef, first: date, last: date, *, known_digest: str | None = None
    ) -> ScheduleWindow | Unchanged:
        """Read a schedule, observed."""
        call = self.inner.get_schedule(doctor, first, last, known_digest=known_digest)
        return await self._watched("get_schedule", doctor.lpu_code, call, doctor.emias_doctor_id)

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        """Book, observed."""
        call = self.inner.create_appointment(request)
        doctor = request.doctor
        return await self._watched("create_appointment", doctor.lpu_code, call, doctor.emias_doctor_id)

    async def find_appointments(
        self, lpu_code: str, patient: Patient, first: date, last: date
    ) -> tuple[RemoteAppointment, ...]:
        """Look up a patient's appointments, observed."""
        call = self.inner.find_appointments(lpu_code, patient, first, last)
        return await self._watched("find_appointments", lpu_code, call)

    async def cancel_appointment(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str
    ) -> CancelOutcome:
        """Cancel, observed."""
        call = self.inner.cancel_appointment(lpu_code, appointment_id, patient, reason)
        return await self._watched("cancel_appointment", lpu_code, call)

    async def _watched(
        self, operation: str, lpu_code: str, call: Awaitable[_Answer], emias_doctor_id: str | None = None
    ) -> _Answer:
        began = time.perf_counter()
        outcome, again = "broken", Again.ONLY_AFTER_PROOF
        try:
            answer = await call
            outcome, again = _label(answer)
        except EmiasFailure as failure:
            outcome, again = f"failed:{failure.cause.value}", class_of_read(failure.cause)
            raise
        finally:
            seconds = time.perf_counter() - began
            self.observe(Observation(operation, lpu_code, outcome, again, seconds, emias_doctor_id))
        return answer


def _label(answer: object) -> tuple[str, Again]:
    match answer:
        case Booked() | Cancelled():
            return type(answer).__name__.lower(), class_of_write(answer)
        case Rejected():
            return f"rejected:{answer.kind.value}", class_of_write(answer)
        case NotSent():
            return f"not_sent:{answer.cause.value}", class_of_write(answer)
        case Unknown():
            return f"unknown:{answer.cause.value}", class_of_write(answer)
        case Unchanged():
            return "unchanged", Again.FINAL
        case _:
            return "ok", Again.FINAL
