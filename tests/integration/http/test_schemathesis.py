"""Every operation of the OpenAPI document, asked with what it allows and with what it does not."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from tests.fakes import KEY

CALLS = [
    ("GET", "/v1/specialties"),
    ("GET", "/v1/doctors"),
    ("GET", "/v1/doctors/{doctor_id}/slots"),
    ("POST", "/v1/holds"),
    ("POST", "/v1/holds/{hold_id}/renew"),
    ("DELETE", "/v1/holds/{hold_id}"),
    ("POST", "/v1/bookings"),
    ("GET", "/v1/bookings/{booking_id}"),
    ("POST", "/v1/bookings/{booking_id}/cancel"),
    ("POST", "/v1/bookings/lookup"),
    ("GET", "/v1/status"),
]
# A form may be right in each field and wrong as a whole: a control number, a range of days, a hold that has ended.
ACCEPTED = ["2xx", "3xx", "404", "409", "410", "422", "429"]
CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}}}


@pytest.fixture(scope="module")
def api(app: Any) -> Any:
    """Read the document from the app itself."""
    config = SchemathesisConfig.from_dict(CONFIG)
    return schemathesis.openapi.from_asgi("/v1/openapi.json", app, config=config)


def test_every_call_is_asked(api: Any) -> None:
    """The list above is the document's."""
    described = {(found.ok().method.upper(), found.ok().path) for found in api.get_all_operations()}

    assert described == set(CALLS)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_the_document_is_true(api: Any, method: str, path: str, mode: GenerationMode) -> None:
    """No answer is undocumented, malformed or a server error; wrong input is refused; the key is asked for."""

    @given(case=api[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"})

    ask()
