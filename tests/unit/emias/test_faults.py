"""The table of faults."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.domain.outcomes import Refusal
from gateway.emias.errors import CallRefused
from gateway.emias.faults import FaultReader
from tests.unit.emias.pieces import envelope, fault


def _read(faults: FaultReader, xml: str) -> CallRefused:
    refusal = faults.read(etree.fromstring(envelope(xml))[0][0], 500)
    assert isinstance(refusal, CallRefused)
    return refusal


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("SLOT_TAKEN", "", Refusal.SLOT_TAKEN),
        ("SLOT_LOCKED", "", Refusal.SLOT_LOCKED),
        ("SLOT_NOT_FOUND", "", Refusal.SLOT_GONE),
        ("PATIENT_ALREADY_BOOKED", "слот занят", Refusal.PATIENT_ALREADY_BOOKED),
        ("E-39", "Выбранное время уже занято", Refusal.SLOT_TAKEN),
        ("E-39", "Слот временно заблокирован", Refusal.SLOT_LOCKED),
        ("E-35", "Пациент уже записан к врачу", Refusal.PATIENT_ALREADY_BOOKED),
        ("E-99", "что-то ещё", Refusal.OTHER),
    ],
)
def test_codes_first_then_texts_then_other(faults: FaultReader, code: str, message: str, kind: Refusal) -> None:
    """The table decides by code; an unknown code is told by its text, and else keeps its code as `other`."""
    refusal = _read(faults, fault(code, message))

    assert (refusal.kind, refusal.code) == (kind, code)


@pytest.mark.parametrize(
    ("blamed", "ours"),
    [
        ("snils", "snils"),
        ("patient.snils", "snils"),
        ("oms", "oms.number"),
        ("birthDate", "birth_date"),
        ("doctorId", "emias_doctor_id"),
        ("112-233-445 95", None),
        ("", None),
    ],
)
def test_the_blamed_parameter_is_named_in_our_words(faults: FaultReader, blamed: str, ours: str | None) -> None:
    """A field is passed on only when it is one of the parameters that we send."""
    assert _read(faults, fault("VALIDATION", field=blamed)).field == ours


def test_a_code_that_is_no_code_is_not_passed_on(faults: FaultReader) -> None:
    """Free text in place of a code could be anybody's name."""
    assert _read(faults, fault("Ольшанская Вера")).code == "unreadable"
