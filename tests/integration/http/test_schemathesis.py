"""Every operation of the OpenAPI document, asked with what it allows and with what it does not."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from tests.fakes import KEY
from tests.unit.http.forms import booking_form

CALLS = [
    ("GET", "/v1/specialties"),
    ("GET", "/v1/doctors"),
    ("GET", "/v1/doctors/{doctor_id}/slots"),
    ("POST", "/v1/holds"),
    ("GET", "/v1/holds/{hold_id}"),
    ("POST", "/v1/holds/{hold_id}/renew"),
    ("DELETE", "/v1/holds/{hold_id}"),
    ("POST", "/v1/bookings"),
    ("GET", "/v1/bookings/{booking_id}"),
    ("POST", "/v1/bookings/{booking_id}/cancel"),
    ("POST", "/v1/bookings/lookup"),
    ("GET", "/v1/identity"),
    ("POST", "/v1/identity/logins"),
    ("POST", "/v1/identity/logins/{login_id}/complete"),
    ("POST", "/v1/identity/logins/{login_id}/fail"),
    ("DELETE", "/v1/identity/tickets/{ticket}"),
    ("POST", "/v1/bitrix/events"),
    ("GET", "/v1/status"),
]
# A form may be right in each field and wrong as a whole: a control number, a range of days, a hold that has ended.
ACCEPTED = ["2xx", "3xx", "404", "409", "410", "422", "429"]
# Their only parameters are those in which any text is right.
NEVER_WRONG = {
    ("GET", "/v1/specialties"),
    ("GET", "/v1/status"),
    ("GET", "/v1/identity"),
    ("DELETE", "/v1/identity/tickets/{ticket}"),
}
# The key is the test's own: one left out by the generator would be put back, and the request be right after all.
# A list with too many members may also be more than a body may have.
REFUSED = ["400", "401", "403", "404", "409", "410", "413", "415", "422"]
CONFIG = {
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ACCEPTED},
        "negative_data_rejection": {"expected-statuses": REFUSED},
    },
    "generation": {"with-security-parameters": False},
}


@pytest.fixture(scope="module")
def api(app: Any) -> Any:
    """Read the document from the app itself."""
    config = SchemathesisConfig.from_dict(CONFIG)
    return schemathesis.openapi.from_asgi("/v1/openapi.json", app, config=config)


def test_every_call_is_asked(api: Any) -> None:
    """The list above is the document's."""
    described = {(found.ok().method.upper(), found.ok().path) for found in api.get_all_operations()}

    assert described == set(CALLS)


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [(*call, mode) for call in CALLS for mode in GenerationMode if mode.is_positive or call not in NEVER_WRONG],
)
def test_the_document_is_true(api: Any, method: str, path: str, mode: GenerationMode) -> None:
    """No answer is undocumented, malformed or a server error; wrong input is refused; the key is asked for."""

    @given(case=api[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"})

    ask()


def test_a_whole_visit_is_as_described(api: Any) -> None:
    """From the list of doctors to a cancelled booking, and each refusal on the way, every answer fits the document."""
    doctors = _ask(api, "GET", "/v1/doctors")["items"]
    doctor_id = next(doctor["id"] for doctor in doctors if doctor["next_free"])
    days = _ask(api, "GET", "/v1/doctors/{doctor_id}/slots", path_parameters={"doctor_id": doctor_id})["days"]
    wish = {"slot_id": days[0]["slots"][0]["id"], "doctor_id": doctor_id}
    hold = _ask(api, "POST", "/v1/holds", 201, body=wish)
    _ask(api, "POST", "/v1/holds", 409, body=wish)
    which = {"hold_id": hold["id"]}
    for status in (200, 200, 409):
        _ask(api, "POST", "/v1/holds/{hold_id}/renew", status, path_parameters=which)
    form = booking_form(UUID(hold["id"]))
    key = _new_key()
    booking = _ask(api, "POST", "/v1/bookings", 201, body=form, headers=key)
    _ask(api, "POST", "/v1/bookings", 201, body=form, headers=key)
    _ask(api, "POST", "/v1/bookings", 422, body=form | {"contact": ""}, headers=key)
    which = {"booking_id": booking["id"]}
    assert _ask(api, "GET", "/v1/bookings/{booking_id}", path_parameters=which)["state"] == "booked"
    guest = {"ticket": booking["ticket"], "birth_date": "14.03.1985"}
    assert _ask(api, "POST", "/v1/bookings/lookup", body=guest)["id"] == booking["id"]
    key = _new_key()
    for status, under in ((200, key), (200, key), (409, _new_key())):
        _ask(
            api,
            "POST",
            "/v1/bookings/{booking_id}/cancel",
            status,
            path_parameters=which,
            body={"reason": "illness"},
            headers=under,
        )


def _new_key() -> dict[str, str]:
    """Make a key that no generated request has used."""
    return {"Idempotency-Key": str(uuid4())}


def _ask(api: Any, method: str, path: str, status: int = 200, **parts: Any) -> Any:
    headers = {"Authorization": f"Bearer {KEY}"} | parts.pop("headers", {})
    if "body" in parts:
        parts["media_type"] = "application/json"
    case = api[path][method].Case(headers=headers, **parts)
    answer = case.call()
    case.validate_response(answer)
    assert answer.status_code == status, answer.text
    return answer.json()
