"""Reading the patient of a booking by the domain's rules."""

from __future__ import annotations

from datetime import date
from typing import Final

from gateway.domain.patient import OmsPolicy, Patient, PolicyKind, Sex, Snils, parse_birth_date, parse_name
from gateway.http.forms import Form

__all__ = ["read_oms", "read_patient"]

_FIELDS: Final = ("last_name", "first_name", "middle_name", "birth_date", "snils", "oms", "sex")
_OMS_FIELDS: Final = ("number", "series", "kind")
_LONGEST: Final = 200


def read_patient(form: Form, today: date) -> Patient | None:
    """Read every field of a patient; None when problems were noted. An empty middle name is an absent one."""
    form.only(_FIELDS)
    last_name = form.read("last_name", _LONGEST, lambda text: parse_name("last_name", text))
    first_name = form.read("first_name", _LONGEST, lambda text: parse_name("first_name", text))
    middle_name = _read_middle_name(form)
    birth_date = form.read("birth_date", _LONGEST, lambda text: parse_birth_date(text, today))
    snils = form.read("snils", _LONGEST, Snils.parse)
    oms = read_oms(form)
    sex = form.choice("sex", set(Sex))
    if last_name is None or first_name is None or birth_date is None or snils is None or oms is None:
        return None
    return Patient(last_name, first_name, middle_name, birth_date, snils, oms, Sex(sex) if sex else None)


def _read_middle_name(form: Form) -> str | None:
    given = form.text("middle_name", _LONGEST)
    return None if given is None else form.attempt(lambda: parse_name("middle_name", given))


def read_oms(patient: Form) -> OmsPolicy | None:
    """Read a policy that must be there; None when problems were noted."""
    oms = patient.part("oms")
    if oms is None:
        return None
    oms.only(_OMS_FIELDS)
    number = oms.needed_text("number", _LONGEST)
    series = oms.text("series", _LONGEST)
    kind = oms.choice("kind", set(PolicyKind))
    if number is None:
        return None
    return patient.attempt(lambda: OmsPolicy.parse(number, series, PolicyKind(kind) if kind else None))
