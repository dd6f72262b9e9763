"""Our values as a profile's formats write them, under the names that its parameters ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from gateway.domain.moscow import as_moscow
from gateway.domain.patient import OmsPolicy, Patient, PolicyKind, Sex, Snils
from gateway.domain.schedule import EmiasDoctorRef
from gateway.emias.profiles.profile import Formats
from gateway.ports import AppointmentRequest

__all__ = ["Translator", "Values"]

Values = dict[str, str | None]
_ANY_REASON: Final = "*"
_DAY_TENS: Final = 8
_MEN_FROM: Final = 5


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
            "starts_at": self._instant(request.starts_at),
            "referral": request.referral,
            "client_ref": request.client_ref,
        }

    def identification(self, lpu_code: str, patient: Patient) -> Values:
        """Write what an identification asks for."""
        return {"lpu_code": lpu_code, **self._patient(patient)}

    def search(self, lpu_code: str, patient: Patient, first: date, last: date) -> Values:
        """Write what a look-up asks for."""
        return {"lpu_code": lpu_code, **self._patient(patient), **self._days(first, last)}

    def cancellation(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str, codes: Mapping[str, str]
    ) -> Values:
        """Write what a cancel call says, its reason by the contract's `codes` where it has some."""
        return {
            "lpu_code": lpu_code,
            **self._patient(patient),
            "appointment_id": appointment_id,
            "reason": codes.get(reason, codes.get(_ANY_REASON, reason)),
        }

    def _days(self, first: date, last: date) -> Values:
        last_form = self.formats.date_to or self.formats.date
        return {"date_from": f"{first:{self.formats.date}}", "date_to": f"{last:{last_form}}"}

    def _patient(self, patient: Patient) -> Values:
        return {
            "patient.last_name": patient.last_name,
            "patient.first_name": patient.first_name,
            "patient.middle_name": patient.middle_name,
            "patient.birth_date": f"{patient.birth_date:{self.formats.birth_date}}",
            "patient.sex": patient.sex or _sex_of(patient.oms),
            "patient.snils": self._snils(patient.snils),
            "patient.oms": self._policy(patient.oms),
            "patient.oms_series": patient.oms.series,
            "patient.oms_number": patient.oms.number,
        }

    def _instant(self, instant: datetime) -> str:
        if self.formats.instant == "utc":
            return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        local = as_moscow(instant).astimezone(ZoneInfo(self.formats.time_zone))
        return (local if self.formats.instant == "offset" else local.replace(tzinfo=None)).isoformat()

    def _snils(self, snils: Snils) -> str:
        return snils.dashed() if self.formats.snils == "dashed" else snils.digits

    def _policy(self, policy: OmsPolicy) -> str:
        if self.formats.policy == "series_and_number" and policy.series:
            return f"{policy.series} {policy.number}"
        return policy.number


def _sex_of(policy: OmsPolicy) -> Sex | None:
    """Read the sex out of a unified policy number, whose birth day is written nine's complement, men's 50 higher."""
    if policy.kind is not PolicyKind.ENP:
        return None
    return Sex.MALE if 9 - int(policy.number[_DAY_TENS]) >= _MEN_FROM else Sex.FEMALE
