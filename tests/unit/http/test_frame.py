"""Request ids, the access log, and figures."""

from __future__ import annotations

import io
import json
import logging

import httpx
import pytest
import structlog

from gateway.domain.circuit import Circuit, CircuitState, Lane
from gateway.domain.retry import Again
from gateway.http.app import create_app
from gateway.logs import REQUEST_ID, configure_logs
from tests.fakes import KEY, World
from tests.served import serving
from tests.unit.http.forms import booking_form


async def test_a_request_id_is_taken_and_given_back(client: httpx.AsyncClient) -> None:
    """The caller's id comes back, on a problem and on a page from memory too."""
    for path in ("/v1/nothing", "/v1/doctors/57/slots", "/v1/doctors/57/slots"):
        answer = await client.get(path, headers={"X-Request-Id": "site:42.a_b-c"})
        assert answer.headers["x-request-id"] == "site:42.a_b-c"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("given", [b"", b"x" * 65, "два".encode(), b"a b", b'{"a":1}'])
async def test_an_unfit_request_id_is_replaced(client: httpx.AsyncClient, given: bytes) -> None:
    """What could harm a log is not taken for an id."""
    answer = await client.get("/v1/status", headers=[(b"X-Request-Id", given)])

    assert len(answer.headers["x-request-id"]) == 16


async def test_requests_have_different_ids(client: httpx.AsyncClient) -> None:
    """Each request has an id of its own, and none is left behind."""
    ids = {(await client.get("/v1/status")).headers["x-request-id"] for _ in range(5)}

    assert len(ids) == 5
    assert REQUEST_ID.get() is None


async def test_the_access_log_names_templates_only() -> None:
    """A line a request: method, template, status, time; nothing that the caller wrote."""
    lines = io.BytesIO()
    configure_logs("INFO", lines)
    world = World()
    async with serving(create_app(world.house()), Authorization=f"Bearer {KEY}") as client:
        await client.get("/v1/doctors", params={"q": "Канарейкина"})
        await client.get("/v1/Канарейкина")
        form = booking_form(world.hold_slot().id)
        await client.post("/v1/bookings", json=form, headers={"Idempotency-Key": "k", "X-Client-Ref": "canary"})

    events = [json.loads(line) for line in lines.getvalue().splitlines()]
    seen = [(e["method"], e["route"], e["status"]) for e in events if e["event"] == "request"]
    assert seen == [("GET", "/v1/doctors", 200), ("GET", "unmatched", 404), ("POST", "/v1/bookings", 201)]
    written = lines.getvalue().decode()
    for canary in ("Канарейкина", "canary", "Петрова", "11223344595", "7756410885000127", KEY):
        assert canary not in written


async def test_requests_are_counted_by_template(client: httpx.AsyncClient, world: World) -> None:
    """Figures carry templates, statuses and codes, whatever was asked for."""
    await client.get("/v1/doctors/57/slots")
    await client.get("/v1/doctors/57/slots")
    await client.request("BREW", "/v1/status")

    told = world.metrics.exposition().decode()

    assert 'request_seconds_count{method="GET",route="/v1/doctors/{doctor_id}/slots",status="200"} 2.0' in told
    assert 'request_seconds_count{method="OTHER",route="unmatched",status="405"} 1.0' in told
    assert 'emias_gateway_problems_total{code="method_not_allowed"} 1.0' in told
    assert 'emias_gateway_slot_pages_total{source="memory"} 1.0' in told


def test_calls_to_emias_are_counted(world: World) -> None:
    """The wiring counts calls by operation and outcome."""
    world.metrics.emias_called("create_appointment", "booked", Again.FINAL, 0.2)

    told = world.metrics.exposition().decode()

    assert 'emias_gateway_emias_seconds_count{operation="create_appointment",outcome="booked"} 1.0' in told
    assert 'emias_gateway_emias_calls_total{again="final",operation="create_appointment"} 1.0' in told


def test_restraint_toward_emias_is_counted(world: World) -> None:
    """The breaker's state, further attempts and the use of the budget are there to be seen."""
    world.metrics.breaker_seen(Circuit("0101", Lane.READS), CircuitState.OPEN)
    world.metrics.sent_again("connect")
    world.metrics.budget_asked(Lane.BOOKINGS, 0.1, granted=True)
    world.metrics.budget_used("0101", Lane.BOOKINGS, 1)

    told = world.metrics.exposition().decode()

    assert 'emias_gateway_breaker{lane="reads",lpu_code="0101"} 3.0' in told
    assert 'emias_gateway_sent_again_total{cause="connect"} 1.0' in told
    assert 'emias_gateway_budget_wait_seconds_count{granted="yes",lane="bookings"} 1.0' in told
    assert 'emias_gateway_budget_used{lane="bookings",lpu_code="0101"} 1.0' in told


def test_personal_data_is_removed_on_its_way_to_the_log() -> None:
    """Fields named like personal data, and numbers that look like it, never reach a line."""
    lines = io.BytesIO()
    configure_logs("INFO", lines)
    log = structlog.stdlib.get_logger("test")

    log.info(
        "event", snils="x1", nested={"patient": "x2", "list": ["112-233-445 95", 3]}, text="полис 7756410885000127."
    )
    log.debug("too_quiet")
    logging.getLogger("library").warning("patient %s", "11223344595")
    logging.getLogger("httpx").info("GET https://emias/?snils=1")

    first, second = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert first["snils"] == "[removed]"
    assert first["nested"] == {"patient": "[removed]", "list": ["[removed]", 3]}
    assert first["text"] == "полис [removed]."
    assert (second["event"], second["logger"], second["level"]) == ("patient [removed]", "library", "warning")


def test_secrets_of_a_login_are_removed_on_their_way_to_the_log() -> None:
    """Tokens, codes and signatures of Gosuslugi never reach a line, under a name of theirs or within a text."""
    lines = io.BytesIO()
    configure_logs("INFO", lines)
    jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOjF9.c2lnbmF0dXJl"

    logging.getLogger("library").warning("GET /cb?code=%s&state=s1 %s", jwt, f"client_secret=abc-_9&token {jwt}")
    structlog.stdlib.get_logger("test").info("event", id_token="x1", client_secret="x2", session_ref="x3", told=[jwt])

    written = lines.getvalue().decode()
    assert [secret for secret in ("eyJ", "abc-_9", "x1", "x2", "x3") if secret in written] == []
    assert "state=s1" in written


def test_a_fault_is_logged_by_type_and_place() -> None:
    """Neither structlog nor the standard library writes an exception's message."""
    lines = io.BytesIO()
    configure_logs("INFO", lines)
    fault = ValueError("Канарейкина")
    try:
        raise fault
    except ValueError:
        structlog.stdlib.get_logger("test").exception("ours")
        logging.getLogger("library").exception("theirs")
    structlog.stdlib.get_logger("test").error("no_fault", exc_info=True, thing=object())

    ours, theirs, none = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert ours["fault"] == theirs["fault"] == "builtins.ValueError"
    assert "test_frame.py" in ours["where"][0]
    assert "fault" not in none
    assert none["thing"] == "<object>"
    assert "Канарейкина" not in lines.getvalue().decode()
