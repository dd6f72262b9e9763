"""EMIAS in memory: the port's rules without a network, for rehearsals and tests."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import moscow_day
from gateway.domain.outcomes import (
    Booked,
    Cancelled,
    CancelOutcome,
    Capabilities,
    Cause,
    CreateOutcome,
    Refusal,
    Rejected,
    RemoteAppointment,
)
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow, Unchanged
from gateway.ports import AppointmentRequest

__all__ = ["LedgerRow", "MemoryEmias"]

_VERSION: Final = "memory"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One appointment that was made; a cancelled one stays, no longer active."""

    doctor: EmiasDoctorRef
    patient: Patient = field(repr=False)
    appointment: RemoteAppointment


class MemoryEmias:
    """The `Emias` port over dictionaries; `offer` gives it slots, `refuse` a bad mood, `ledger` is what it made."""

    def __init__(self, now: Callable[[], datetime], capabilities: Capabilities | None = None) -> None:
        self._now = now
        self._capabilities = capabilities or Capabilities(
            lookup=True, cancel=True, returns_appointment_id=True, lists_busy_slots=True
        )
        self._slots: dict[EmiasDoctorRef, dict[datetime, RemoteSlot]] = {}
        self._refusals: dict[str, deque[Refusal]] = {}
        self.ledger: list[LedgerRow] = []

    def offer(self, doctor: EmiasDoctorRef, slots: Iterable[RemoteSlot]) -> None:
        """Put slots into a doctor's schedule, in place of those that begin at once with them."""
        self._slots.setdefault(doctor, {}).update((slot.starts_at, slot) for slot in slots)

    def refuse(self, operation: str, *kinds: Refusal) -> None:
        """Refuse the next calls of an operation, named as the port's method, each for its reason."""
        self._refusals.setdefault(operation, deque()).extend(kinds)

    def capabilities(self, lpu_code: str) -> Capabilities:  # noqa: ARG002 - one memory serves all institutions
        """Tell what was given at the making."""
        return self._capabilities

    async def probe(self, lpu_code: str) -> str:  # noqa: ARG002 - one memory serves all institutions
        """Return a version that no registry has."""
        self._read_refusal("probe")
        return _VERSION

    async def get_schedule(
        self, doctor: EmiasDoctorRef, first: date, last: date, *, known_digest: str | None = None
    ) -> ScheduleWindow | Unchanged:
        """List the doctor's slots of the range; raise `EmiasFailure` for a doctor who was never offered."""
        self._read_refusal("get_schedule")
        if doctor not in self._slots:
            raise EmiasFailure(Cause.REFUSED, code=Refusal.VALIDATION.value)
        listed = sorted(slot for start, slot in self._slots[doctor].items() if first <= moscow_day(start) <= last)
        slots = tuple(slot for slot in listed if slot.is_free or self._capabilities.lists_busy_slots)
        digest = hashlib.sha256(repr((doctor, first, last, slots)).encode()).hexdigest()
        return Unchanged(digest) if digest == known_digest else ScheduleWindow(doctor, slots, first, last, digest)

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        """Book the slot that has this id, by the rules of a registry."""
        slots = self._slots.get(request.doctor, {})
        slot = next((slot for slot in slots.values() if slot.emias_slot_id == request.emias_slot_id), None)
        refusal = self._mood("create_appointment") or self._objection(request, slot)
        if slot is None or refusal:
            kind = refusal or Refusal.SLOT_GONE
            return Rejected(kind, kind.value)
        number = len(self.ledger) + 1
        appointment = RemoteAppointment(
            appointment_id=f"memory-{number}",
            emias_doctor_id=request.doctor.emias_doctor_id,
            starts_at=slot.starts_at,
            active=True,
            emias_slot_id=slot.emias_slot_id,
            ticket=f"M-{number:05d}",
            created_at=self._now(),
            client_ref=request.client_ref,
        )
        self.ledger.append(LedgerRow(request.doctor, request.patient, appointment))
        slots[slot.starts_at] = slot._replace(is_free=False)
        known_id = appointment.appointment_id if self._capabilities.returns_appointment_id else None
        return Booked(known_id, appointment.ticket)

    async def find_appointments(
        self, lpu_code: str, patient: Patient, first: date, last: date
    ) -> tuple[RemoteAppointment, ...]:
        """List what the ledger has of the patient."""
        self._read_refusal("find_appointments")
        return tuple(
            row.appointment
            for row in self.ledger
            if row.doctor.lpu_code == lpu_code
            and row.patient.snils == patient.snils
            and first <= moscow_day(row.appointment.starts_at) <= last
        )

    async def cancel_appointment(
        self,
        lpu_code: str,
        appointment_id: str,
        patient: Patient,
        reason: str,  # noqa: ARG002 - the ledger keeps no reasons
    ) -> CancelOutcome:
        """Cancel the patient's appointment and open its slot again."""
        if refusal := self._mood("cancel_appointment"):
            return Rejected(refusal, refusal.value)
        for place, row in enumerate(self.ledger):
            theirs = row.doctor.lpu_code == lpu_code and row.patient.snils == patient.snils
            if theirs and row.appointment.appointment_id == appointment_id:
                return self._cancel(place, row)
        return Rejected(Refusal.APPOINTMENT_NOT_FOUND, Refusal.APPOINTMENT_NOT_FOUND.value)

    def _cancel(self, place: int, row: LedgerRow) -> CancelOutcome:
        if not row.appointment.active:
            return Cancelled(already=True)
        if row.appointment.starts_at <= self._now():
            return Rejected(Refusal.CANCEL_TOO_LATE, Refusal.CANCEL_TOO_LATE.value)
        self.ledger[place] = replace(row, appointment=replace(row.appointment, active=False))
        slots = self._slots[row.doctor]
        slots[row.appointment.starts_at] = slots[row.appointment.starts_at]._replace(is_free=True)
        return Cancelled()

    def _objection(self, request: AppointmentRequest, slot: RemoteSlot | None) -> Refusal | None:
        if slot is None:
            return Refusal.SLOT_GONE
        if slot.starts_at <= self._now():
            return Refusal.SLOT_IN_PAST
        theirs = [row for row in self.ledger if row.appointment.active and row.patient.snils == request.patient.snils]
        day = moscow_day(slot.starts_at)
        if any(row.doctor == request.doctor and moscow_day(row.appointment.starts_at) == day for row in theirs):
            return Refusal.PATIENT_ALREADY_BOOKED
        if any(row.appointment.starts_at == slot.starts_at for row in theirs):
            return Refusal.PATIENT_BUSY
        return None if slot.is_free else Refusal.SLOT_TAKEN

    def _mood(self, operation: str) -> Refusal | None:
        waiting = self._refusals.get(operation)
        return waiting.popleft() if waiting else None

    def _read_refusal(self, operation: str) -> None:
        if refusal := self._mood(operation):
            raise EmiasFailure(Cause.REFUSED, code=refusal.value)
