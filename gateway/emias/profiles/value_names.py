"""The names under which a profile's parameters ask for our values, by operation."""

from __future__ import annotations

from typing import Final

__all__ = ["BROUGHT", "EVERYWHERE", "FLOW_NAMES", "VALUE_NAMES", "is_personal"]

BROUGHT: Final = "secret."
"""Before the name of a secret that the channel brings."""
EVERYWHERE: Final = frozenset({"absent", "channel"})
"""Values of every operation; `absent` is one that we never have, written as the profile writes such."""
FLOW_NAMES: Final = {
    "one_step": frozenset[str](),
    "identify_then_book": frozenset({"patient_id"}),
    "session": frozenset({"patient_id", "session"}),
}
"""What a flow adds to the values of each operation; absent where the flow did not need it."""
_DOCTOR: Final = frozenset({"lpu_code", "emias_doctor_id"})
_DAYS: Final = frozenset({"date_from", "date_to"})
_PERSONAL: Final = "patient."
_PATIENT: Final = frozenset(
    f"{_PERSONAL}{member}"
    for member in (
        "last_name",
        "first_name",
        "middle_name",
        "birth_date",
        "sex",
        "snils",
        "oms",
        "oms_series",
        "oms_number",
    )
)

VALUE_NAMES: Final = {
    "probe": frozenset[str](),
    "identify": _PATIENT | {"lpu_code"},
    "get_schedule": _DOCTOR | _DAYS,
    "create": _DOCTOR | _PATIENT | {"emias_slot_id", "starts_at", "referral", "client_ref"},
    "find": _PATIENT | _DAYS | {"lpu_code"},
    "cancel": _PATIENT | {"lpu_code", "appointment_id", "reason"},
}


def is_personal(name: str) -> bool:
    """Tell whether a value may stand in a body only, for addresses are written into logs."""
    return name.startswith((_PERSONAL, BROUGHT))
