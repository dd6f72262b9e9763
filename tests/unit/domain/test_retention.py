"""Deadlines of personal data, and what of a patient can be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.disclosure import PatientField, told
from gateway.domain.patient import OmsPolicy, Patient, Snils
from gateway.domain.retention import DEFAULT_DAYS, OF_PATIENTS, Deadlines, Kind, Standing
from gateway.settings import RetentionTaskSettings, SettingsError, read_settings

_NOW = datetime(2026, 11, 23, tzinfo=UTC)
_PATIENT = Patient(
    "Петрова", "Анна", None, date(1985, 3, 14), Snils.parse("112-233-445 95"), OmsPolicy.parse("7756410885000127")
)


def test_the_shipped_deadlines_agree() -> None:
    """All but what waits for a person has a deadline, and a patient goes within thirty days and before the rest."""
    shipped = Deadlines.of({})
    assert list(shipped.contradictions()) == []
    assert [kind for kind in Kind if shipped.keep[kind] is None] == [Kind.UNSETTLED]
    assert max(DEFAULT_DAYS[kind] for kind in (*OF_PATIENTS, Kind.TRACES)) <= 30


@given(days=st.dictionaries(st.sampled_from(list(DEFAULT_DAYS)), st.integers(0, 4000)))
def test_a_contradiction_is_named_exactly_when_there_is_one(days: dict[Kind, int]) -> None:
    """Traces never go before a patient, nor a row before its traces."""
    chosen = {**DEFAULT_DAYS, **days}
    agrees = chosen[Kind.BOOKINGS] >= chosen[Kind.TRACES] >= max(chosen[kind] for kind in OF_PATIENTS)
    assert (list(Deadlines.of(days).contradictions()) == []) == agrees


def test_settings_name_what_contradicts() -> None:
    """Deadlines that contradict each other are refused by their names."""
    given_ = {"DATABASE_URL": "postgresql://nobody@127.0.0.1/none", "RETENTION_VISITED_DAYS": "29"}
    with pytest.raises(SettingsError, match="RETENTION_TRACES_DAYS must not be less than RETENTION_VISITED_DAYS"):
        read_settings(RetentionTaskSettings, given_)
    settings = read_settings(RetentionTaskSettings, {**given_, "RETENTION_TRACES_DAYS": "30"})
    assert settings.deadlines.keep[Kind.VISITED] == timedelta(days=29)


def test_a_standing_tells_age_and_end() -> None:
    """A row's age counts from its visit, never below nothing, and it goes when its time is over."""
    kept = Standing(Kind.VISITED, timedelta(days=14), _NOW - timedelta(days=3), 0, None, 0, 0)
    ahead = Standing(Kind.VISITED, None, _NOW + timedelta(days=3), 0, None, 0, 0)
    assert (kept.age(_NOW), kept.due_at) == (timedelta(days=3), _NOW + timedelta(days=11))
    assert (ahead.age(_NOW), ahead.due_at) == (timedelta(0), None)


def test_a_field_is_told_as_papers_write_it() -> None:
    """Name, birth date, SNILS and policy each come alone; the contact is not the patient's."""
    fields = (PatientField.NAME, PatientField.BIRTH_DATE, PatientField.SNILS, PatientField.POLICY)
    assert [told(_PATIENT, field) for field in fields] == [
        "Петрова Анна",
        "14.03.1985",
        "112-233-445 95",
        "7756410885000127",
    ]
    with pytest.raises(ValueError, match="no contact"):
        told(_PATIENT, PatientField.CONTACT)
