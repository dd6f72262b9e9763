"""What a site submits, of made-up people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

__all__ = ["booking_form", "patient_form"]


def patient_form(**changes: Any) -> dict[str, Any]:
    """Fill in a patient; a change of None leaves the field out."""
    whole = {
        "last_name": "Петрова",
        "first_name": "Мария",
        "middle_name": "Сергеевна",
        "birth_date": "14.03.1985",
        "snils": "112-233-445 95",
        "oms": {"number": "7756410885000127"},
        "sex": "F",
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


def booking_form(hold_id: UUID, **changes: Any) -> dict[str, Any]:
    """Fill in a booking; a change of None leaves the field out."""
    whole = {"hold_id": str(hold_id), "patient": patient_form(), "referral": "R-1", "contact": "+7 900 000-00-00"}
    return {name: value for name, value in (whole | changes).items() if value is not None}
