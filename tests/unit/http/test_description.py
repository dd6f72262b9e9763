"""The OpenAPI document, the page that shows it, and the root."""

from __future__ import annotations

import re

import httpx
import pytest

from gateway.http.app import create_app
from gateway.http.problem_kinds import PROBLEM_KINDS
from tests.fakes import World
from tests.served import serving

CALLS = {
    ("get", "/v1/specialties"),
    ("get", "/v1/doctors"),
    ("get", "/v1/doctors/{doctor_id}/slots"),
    ("post", "/v1/holds"),
    ("get", "/v1/holds/{hold_id}"),
    ("post", "/v1/holds/{hold_id}/renew"),
    ("delete", "/v1/holds/{hold_id}"),
    ("post", "/v1/bookings"),
    ("get", "/v1/bookings/{booking_id}"),
    ("post", "/v1/bookings/{booking_id}/cancel"),
    ("post", "/v1/bookings/lookup"),
    ("get", "/v1/identity"),
    ("post", "/v1/identity/logins"),
    ("post", "/v1/identity/logins/{login_id}/complete"),
    ("post", "/v1/identity/logins/{login_id}/fail"),
    ("delete", "/v1/identity/tickets/{ticket}"),
    ("post", "/v1/bitrix/events"),
    ("get", "/v1/status"),
}


async def test_every_call_is_described() -> None:
    """The document lists each call with its statuses, examples and key; it is open to all."""
    async with serving(create_app(World().house())) as client:
        document = (await client.get("/v1/openapi.json")).json()

    operations = {
        (method, path): operation for path, item in document["paths"].items() for method, operation in item.items()
    }
    assert set(operations) == CALLS
    assert document["openapi"].startswith("3.1")
    assert document["security"] == [{"key": []}]
    for operation in operations.values():
        assert {"400", "401", "403", "429", "500", "503"} <= set(operation["responses"])
        if "requestBody" in operation:
            assert {"413", "415", "422"} <= set(operation["responses"])
            assert operation["requestBody"]["content"]["application/json"]["examples"]
    booking = operations["post", "/v1/bookings"]["responses"]
    assert {"201", "202", "400", "404", "409", "410", "422", "501", "502", "503"} <= set(booking)
    assert set(booking["409"]["content"]["application/problem+json"]["examples"]) == {
        "idempotency_in_progress",
        "slot_taken",
        "patient_already_booked",
        "patient_busy",
        "booking_failed",
    }


async def test_every_problem_is_described(client: httpx.AsyncClient) -> None:
    """Each code stands in the document, but for the two that belong to no call."""
    document = (await client.get("/v1/openapi.json")).json()
    told = {
        code
        for item in document["paths"].values()
        for operation in item.values()
        for response in operation["responses"].values()
        for code in response.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }

    assert set(PROBLEM_KINDS) - told == {"not_found", "method_not_allowed"}


async def test_the_page_needs_nothing_from_outside(client: httpx.AsyncClient) -> None:
    """The page runs under a policy that allows this host only, and all that it names is here."""
    page = await client.get("/v1/docs")

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert page.headers["content-type"].startswith("text/html")
    assert "://" not in page.text
    named = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert len(named) >= 4
    for path in named:
        assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize(
    ("name", "media_type"), [("swagger_bundle.js", "text/javascript"), ("swagger_style.css", "text/css")]
)
async def test_assets_are_told_apart(client: httpx.AsyncClient, name: str, media_type: str) -> None:
    """Scripts and styles carry their type, and are not sent twice."""
    answer = await client.get(f"/v1/docs/assets/{name}")

    assert answer.headers["content-type"].startswith(media_type)
    again = await client.get(f"/v1/docs/assets/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["redoc.js", "..%2f__init__.py", "%2e%2e%2f__init__.py"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, name: str) -> None:
    """Only what the page needs can be read."""
    assert (await client.get(f"/v1/docs/assets/{name}")).status_code == 404


@pytest.mark.parametrize(
    ("settings", "target"), [({}, "/v1/docs"), ({"SITE_URL": "https://clinic.example/"}, "https://clinic.example/")]
)
async def test_a_browser_is_sent_on(settings: dict[str, str], target: str) -> None:
    """The root leads to the site, or to the description when no site is named."""
    async with serving(create_app(World(**settings).house())) as client:
        answer = await client.get("/")

    assert (answer.status_code, answer.headers["location"]) == (302, target)


async def test_options_name_the_methods(client: httpx.AsyncClient) -> None:
    """OPTIONS needs no key and lists what the address can do."""
    answer = await client.options("/v1/holds", headers={"Authorization": ""})

    assert answer.status_code == 204
    assert answer.headers["allow"] == "OPTIONS, POST"
