"""The ledger: every appointment that exists or existed, in the order in which it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

__all__ = ["Appointment", "Ledger", "Patient"]


@dataclass(frozen=True, slots=True, repr=False)
class Patient:
    """Keep a patient's data as the caller gave it; `birth_date` is the text of the wire."""

    last_name: str
    first_name: str
    birth_date: str
    snils: str
    oms: str
    middle_name: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """Record one appointment; `snils` inside `patient` is kept as digits."""

    id: str
    ticket: str
    lpu_code: str
    doctor_id: int
    slot_id: str
    starts_at: datetime
    patient: Patient
    client_ref: str | None
    created_at: datetime
    channel: Literal["soap", "portal"]
    state: Literal["Active", "Cancelled"] = "Active"
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None

    @property
    def is_active(self) -> bool:
        """Tell whether the appointment still stands."""
        return self.state == "Active"

    def as_json(self) -> dict[str, Any]:
        """Show the row to the control listener, patient as given."""
        return {
            "id": self.id,
            "ticket": self.ticket,
            "lpu_code": self.lpu_code,
            "doctor_id": self.doctor_id,
            "slot_id": self.slot_id,
            "starts_at": self.starts_at.isoformat(),
            "patient": {name: getattr(self.patient, name) for name in Patient.__slots__},
            "client_ref": self.client_ref,
            "created_at": self.created_at.isoformat(),
            "channel": self.channel,
            "state": self.state,
            "cancelled_at": self.cancelled_at.isoformat() if self.cancelled_at else None,
            "cancel_reason": self.cancel_reason,
        }


class Ledger:
    """Keep appointments by id, indexed by doctor and by patient."""

    def __init__(self) -> None:
        self._rows: dict[str, Appointment] = {}
        self._of_doctor: dict[int, list[str]] = {}
        self._of_patient: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[Appointment]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, appointment_id: str) -> Appointment | None:
        """Find an appointment by its id."""
        return self._rows.get(appointment_id)

    def add(self, appointment: Appointment) -> None:
        """Write a new row."""
        self._rows[appointment.id] = appointment
        self._of_doctor.setdefault(appointment.doctor_id, []).append(appointment.id)
        self._of_patient.setdefault(appointment.patient.snils, []).append(appointment.id)

    def cancel(self, appointment: Appointment, *, at: datetime, reason: str) -> None:
        """Mark a row as cancelled; rows are never removed."""
        self._rows[appointment.id] = replace(appointment, state="Cancelled", cancelled_at=at, cancel_reason=reason)

    def of_doctor(self, doctor_id: int) -> Iterator[Appointment]:
        """List a doctor's appointments."""
        return (self._rows[row] for row in self._of_doctor.get(doctor_id, ()))

    def of_patient(self, snils: str) -> Iterator[Appointment]:
        """List the appointments of a SNILS given as digits."""
        return (self._rows[row] for row in self._of_patient.get(snils, ()))
