"""The names under which a profile's parameters ask for our values, by operation."""

from __future__ import annotations

from typing import Final

__all__ = ["VALUE_NAMES"]

_DOCTOR: Final = frozenset({"lpu_code", "emias_doctor_id"})
_DAYS: Final = frozenset({"date_from", "date_to"})
_PATIENT: Final = frozenset(
    f"patient.{member}" for member in ("last_name", "first_name", "middle_name", "birth_date", "snils", "oms")
)

VALUE_NAMES: Final = {
    "probe": frozenset[str](),
    "get_schedule": _DOCTOR | _DAYS,
    "create": _DOCTOR | _PATIENT | {"emias_slot_id", "referral", "client_ref"},
    "find": _PATIENT | _DAYS | {"lpu_code"},
    "cancel": _PATIENT | {"lpu_code", "appointment_id", "reason"},
}
