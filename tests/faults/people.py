"""Made-up patients, as many as a scenario needs, with right check digits."""

from __future__ import annotations

from typing import Any

__all__ = ["CANARIES", "POLICY", "SURNAME", "digits", "patient", "snils"]

SURNAME = "Образцова"
POLICY = "7756410885000127"
CANARIES = (SURNAME, POLICY, "14.03.1985", "1985-03-14")
"""What every made-up patient has and what must stand nowhere in the clear."""
_FIRST = 112_233_000


def snils(number: int) -> str:
    """Write the SNILS of a patient's number with its control number."""
    body = f"{_FIRST + number:09}"
    control = sum(int(digit) * weight for digit, weight in zip(body, range(9, 0, -1), strict=True)) % 101 % 100
    return f"{body[:3]}-{body[3:6]}-{body[6:]} {control:02}"


def digits(number: int) -> str:
    """Write the SNILS of a patient's number as EMIAS's book keeps it."""
    return "".join(sign for sign in snils(number) if sign.isdigit())


def patient(number: int) -> dict[str, Any]:
    """Fill the form for a patient of a number."""
    return {
        "last_name": SURNAME,
        "first_name": "Анна",
        "birth_date": "1985-03-14",
        "snils": snils(number),
        "oms": {"number": POLICY},
    }
