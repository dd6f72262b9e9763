"""Patients who are nobody, each with a SNILS of their own."""

from __future__ import annotations

from datetime import date

from gateway.domain.patient import OmsPolicy, Patient, Snils

__all__ = ["a_patient"]


def a_patient(number: int) -> Patient:
    """Make up a patient with a SNILS whose control number fits."""
    digits = f"{112233000 + number:09}"
    control = sum(int(digit) * (9 - place) for place, digit in enumerate(digits)) % 101 % 100
    snils = Snils.parse(f"{digits}{control:02}")
    return Patient("Очередной", "Иван", None, date(1985, 3, 14), snils, OmsPolicy.parse("7756410885000127"))
