"""What of a patient may be shown to a person, one field at a time, and why it may not be there."""

from __future__ import annotations

from enum import StrEnum

from gateway.domain.patient import Patient

__all__ = ["BOOKINGS", "NoDisclosure", "PatientField", "told"]

BOOKINGS = "bookings"
"""What a search by SNILS asks for."""


class PatientField(StrEnum):
    """A field that can be shown by itself."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    SNILS = "snils"
    POLICY = "policy"
    CONTACT = "contact"


class NoDisclosure(StrEnum):
    """Why nothing can be shown: no such booking, erased by its deadline, never given, sealed by a key that is gone."""

    NO_BOOKING = "no_booking"
    ERASED = "erased"
    ABSENT = "absent"
    UNREADABLE = "unreadable"


def told(patient: Patient, field: PatientField) -> str:
    """Write a field of a patient as the papers do; the contact is not the patient's but the booking's."""
    match field:
        case PatientField.NAME:
            return " ".join(name for name in (patient.last_name, patient.first_name, patient.middle_name) if name)
        case PatientField.BIRTH_DATE:
            return f"{patient.birth_date:%d.%m.%Y}"
        case PatientField.SNILS:
            return patient.snils.dashed()
        case PatientField.POLICY:
            return " ".join(part for part in (patient.oms.series, patient.oms.number) if part)
        case PatientField.CONTACT:
            raise ValueError("a patient has no contact")
