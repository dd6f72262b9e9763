"""Personal data masks itself wherever it is printed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from gateway.domain.hold import Holder
from gateway.domain.patient import OmsPolicy, Patient, PolicyKind, Sex, Snils
from gateway.domain.schedule import EmiasDoctorRef
from gateway.ports import AppointmentRequest, Intent

SECRETS = ("112", "233", "445", "7756410885000127", "7700", "1985", "14.03", "Ёлкина", "Анна", "Петровна")
SNILS = Snils.parse("112-233-445 95")
ENP = OmsPolicy.parse("7756410885000127")
OLD = OmsPolicy(PolicyKind.OLD, "7756410885000127", "7700")
PATIENT = Patient("Ёлкина", "Анна", "Петровна", date(1985, 3, 14), SNILS, ENP, Sex.FEMALE)


@dataclass(frozen=True)
class Envelope:
    """Something that carries a patient and prints its parts, as any dataclass does."""

    patient: Patient
    snils: Snils
    policy: OmsPolicy


INTENT = Intent(UUID(int=1), Holder(1, "k", None), UUID(int=2), PATIENT, None, None, None)
REQUEST = AppointmentRequest(
    EmiasDoctorRef("0101", "7"), "s", datetime(2026, 12, 1, 9, tzinfo=UTC), PATIENT, "00000000", None
)
CARRIERS = (SNILS, ENP, OLD, PATIENT, Envelope(PATIENT, SNILS, OLD), [PATIENT], {"p": (SNILS, ENP)}, INTENT, REQUEST)
PRINTERS: tuple[Callable[[object], str], ...] = (
    repr,
    str,
    format,
    "{}".format,
    "{!r:.400}".format,
    lambda value: f"{value}",
    lambda value: f"{value!s}",
    lambda value: "%s %r" % (value, value),  # noqa: UP031 - the old way must mask too
    lambda value: str(ValueError(value)),
    lambda value: logging.LogRecord("n", 20, "p", 1, "%s", (value,), None).getMessage(),
)


@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: type(carrier).__name__)
def test_no_way_of_printing_shows_a_value(carrier: object) -> None:
    """However a value, or something that holds it, is printed, no secret part appears."""
    for printed in (printer(carrier) for printer in PRINTERS):
        assert not [secret for secret in SECRETS if secret in printed]


def test_a_format_specification_opens_nothing() -> None:
    """A format specification is refused rather than obeyed with the value."""
    for carrier in (SNILS, ENP, PATIENT):
        with pytest.raises(TypeError):
            format(carrier, ">40")


def test_an_operator_sees_initials_and_the_control_number() -> None:
    """The mask for operators tells two patients apart and no more."""
    assert PATIENT.mask() == "Ё. А. П., СНИЛС …95"


def test_the_mask_does_without_a_middle_name() -> None:
    """A patient without a middle name has two initials."""
    assert Patient("Ли", "Ян", None, date(1990, 1, 1), SNILS, ENP).mask() == "Л. Я., СНИЛС …95"
