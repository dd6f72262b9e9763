"""Our values as a profile's formats write them, under the names that its parameters ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.domain.patient import OmsPolicy, Patient, Snils
from gateway.domain.schedule import EmiasDoctorRef
from gateway.emias.profiles.profile import Formats
from gateway.ports import AppointmentRequest

__all__ = ["Translator", "Values"]

Values = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Translator:
    """Write our values for one institution; what is absent is None."""

    formats: Formats

    def schedule(self, doctor: EmiasDoctorRef, first: date, last: date) -> Values:
        """Write what a schedule call asks for."""
        return {**doctor._asdict(), **self._days(first, last)}

    def appointment(self, request: AppointmentRequest) -> Values:
        """Write what a create call says."""
        return {
            **request.doctor._asdict(),
            **self._patient(request.patient),
            "emias_slot_id": request.emias_slot_id,
            "referral": request.referral,
            "client_ref": request.client_ref,
        }

    def search(self, lpu_code: str, patient: Patient, first: date, last: date) -> Values:
        """Write what a look-up asks for."""
        return {"lpu_code": lpu_code, **self._patient(patient), **self._days(first, last)}

    def cancellation(self, lpu_code: str, appointment_id: str, patient: Patient, reason: str) -> Values:
        """Write what a cancel call says."""
        return {
            "lpu_code": lpu_code,
            **self._patient(patient),
            "appointment_id": appointment_id,
            "reason": reason,
        }

    def _days(self, first: date, last: date) -> Values:
        return {"date_from": f"{first:{self.formats.date}}", "date_to": f"{last:{self.formats.date}}"}

    def _patient(self, patient: Patient) -> Values:
        return {
            "patient.last_name": patient.last_name,
            "patient.first_name": patient.first_name,
            "patient.middle_name": patient.middle_name,
            "patient.birth_date": f"{patient.birth_date:{self.formats.birth_date}}",
            "patient.snils": self._snils(patient.snils),
            "patient.oms": self._policy(patient.oms),
        }

    def _snils(self, snils: Snils) -> str:
        return snils.dashed() if self.formats.snils == "dashed" else snils.digits

    def _policy(self, policy: OmsPolicy) -> str:
        if self.formats.policy == "series_and_number" and policy.series:
            return f"{policy.series} {policy.number}"
        return policy.number
