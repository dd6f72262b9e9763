"""Whatever is sent, the answer is a documented one."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.errors import InvalidInput
from gateway.http.forms import Form, read_uuid
from gateway.http.language import Language, preferred
from gateway.http.patient_form import read_patient
from tests.fakes import World
from tests.unit.http.forms import booking_form, patient_form

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
NAMES = st.sampled_from([*patient_form(), "oms.number", "extra"])
BOUNDED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(junk=st.dictionaries(NAMES, JUNK, max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_patient_of_junk_is_refused_by_fields(junk: dict[str, Any]) -> None:
    """Every refusal names fields of the form, never a value."""
    form = Form({"patient": junk})
    person = form.part("patient")
    assert person is not None

    patient = read_patient(person, date(2026, 11, 23))

    fields = _wrong_fields(form)
    assert patient is not None or fields
    assert all(field.startswith("patient.") and len(field) < 48 for field in fields)


def _wrong_fields(form: Form) -> list[str]:
    try:
        form.check()
    except InvalidInput as wrong:
        return [problem.field for problem in wrong.problems]
    return []


@given(name=NAMES, junk=JUNK)
@BOUNDED
async def test_junk_in_one_field_is_never_an_error_of_ours(
    client: httpx.AsyncClient, world: World, name: str, junk: object
) -> None:
    """A form that is right but for one field is booked or refused, not broken."""
    patient = patient_form() | {name: junk}
    world.bookings.taken.clear()
    form = booking_form(world.hold_slot().id, patient=patient)

    answer = await client.post("/v1/bookings", json=form, headers={"Idempotency-Key": str(len(world.holds.holds))})

    assert answer.status_code in {201, 409, 422}


@given(body=st.binary(max_size=200))
@BOUNDED
async def test_bytes_are_never_an_error_of_ours(client: httpx.AsyncClient, body: bytes) -> None:
    """Any bytes as a body are told apart as malformed or wrong."""
    answer = await client.post("/v1/bookings/lookup", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in {400, 422, 429}


@given(query=st.dictionaries(st.sampled_from(["from", "to", "x"]), st.text(max_size=12), max_size=3))
@BOUNDED
async def test_a_query_is_never_an_error_of_ours(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    """Any query for slots gives slots or names the field."""
    answer = await client.get("/v1/doctors/57/slots", params=query)

    assert answer.status_code in {200, 422}


@given(text=st.text())
def test_any_language_header_is_read(text: str) -> None:
    """Whatever is asked, there is a language to answer in."""
    assert preferred(text) in set(Language)


@given(text=st.text() | st.uuids().map(str))
def test_an_id_is_read_in_one_form_only(text: str) -> None:
    """An id that is read prints as it was written."""
    found = read_uuid(text)

    assert found is None or str(found) == text.lower()
