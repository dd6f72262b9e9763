"""REST requests, and what of a reply is believed."""

from __future__ import annotations

import json

import msgspec
import pytest

from gateway.domain.outcomes import Cause, Refusal
from gateway.emias.errors import CallFailed, CallRefused
from gateway.emias.profiles import Profile, load_profile
from gateway.emias.profiles.profile import Rest
from gateway.emias.reply import RawReply
from gateway.emias.rest import RestWire
from gateway.emias.translate import Translator
from tests.unit.emias.pieces import DOCTOR, START, VERA, request

JSON = "application/json"
GOOD = b'{"version": "4"}'


@pytest.fixture(scope="module")
def rest_profile() -> Profile:
    """Read the built-in REST profile."""
    return load_profile("seed-rest")


@pytest.fixture(scope="module")
def wire(rest_profile: Profile) -> RestWire:
    """Make its wire."""
    return RestWire(rest_profile, Rest(), {"api_key": "k-1"})


def _told(body: bytes, status: int = 200, media_type: str = JSON) -> RawReply:
    return RawReply(status, media_type, None, body)


def test_a_read_is_an_address(rest_profile: Profile, wire: RestWire) -> None:
    """Ids are quoted into the path, days go into the query, the key into a header."""
    day, strange = START.date(), DOCTOR._replace(emias_doctor_id="4/1 ё")
    built = wire.build("get_schedule", Translator(rest_profile.formats).schedule(strange, day, day))

    assert (built.method, built.body) == ("GET", None)
    assert built.target == "institutions/0101/doctors/4%2F1%20%D1%91/slots?from=2026-11-24&to=2026-11-24"
    assert built.headers == {"Accept": JSON, "X-Api-Key": "k-1"}


def test_a_booking_is_a_body(rest_profile: Profile, wire: RestWire) -> None:
    """Dotted paths become nested objects; what is absent is left out; nothing of it prints."""
    built = wire.build("create", Translator(rest_profile.formats).appointment(request()))

    assert (built.method, built.target) == ("POST", "appointments")
    assert json.loads(built.body or b"") == {
        "lpuCode": "0101",
        "doctorId": "41001",
        "slotId": "slot-1",
        "patient": {
            "lastName": "Ольшанская",
            "firstName": "Вера",
            "birthDate": "1985-03-14",
            "snils": "11223344595",
            "oms": {"number": "7756410885000127"},
        },
        "clientRef": "ref-1",
    }
    assert "Ольшанская" not in repr(built)


@pytest.mark.parametrize(("absent", "written"), [("nil", None), ("empty", "")])
def test_an_absent_value_is_written_as_the_profile_says(rest_profile: Profile, absent: str, written: object) -> None:
    """Absence may be null or an empty string."""
    formats = msgspec.structs.replace(rest_profile.formats, absent=absent)
    wire = RestWire(msgspec.structs.replace(rest_profile, formats=formats), Rest(), {"api_key": "k"})
    body = wire.build("create", Translator(formats).appointment(request())).body

    assert json.loads(body or b"")["patient"]["middleName"] == written


def test_numbers_are_written_as_numbers(rest_profile: Profile) -> None:
    """Where the contract wants a number, a value that is none is never sent."""
    create = msgspec.structs.replace(rest_profile.operations.create, numbers=("doctorId",))
    operations = msgspec.structs.replace(rest_profile.operations, create=create)
    wire = RestWire(msgspec.structs.replace(rest_profile, operations=operations), Rest(), {"api_key": "k"})
    say = Translator(rest_profile.formats)

    assert json.loads(wire.build("create", say.appointment(request())).body or b"")["doctorId"] == 41001
    with pytest.raises(CallFailed) as told:
        wire.build("create", say.appointment(request(doctor=DOCTOR._replace(emias_doctor_id="D-1"))))
    assert (told.value.cause, told.value.is_sent) == (Cause.CONTRACT_MISMATCH, False)


def test_what_has_no_value_cannot_be_addressed(wire: RestWire) -> None:
    """A path without its id would be another operation's."""
    with pytest.raises(CallFailed) as told:
        wire.build("cancel", {"appointment_id": "", "patient.snils": VERA.snils.digits, "reason": "r"})

    assert (told.value.cause, told.value.is_sent) == (Cause.CONTRACT_MISMATCH, False)


@pytest.mark.parametrize("media_type", [JSON, "application/vnd.emias+json"])
def test_the_body_is_the_result(wire: RestWire, media_type: str) -> None:
    """JSON with status 200 or 201 is read."""
    for status in (200, 201):
        assert wire.payload("probe", _told(GOOD, status, media_type)).findtext("version") == "4"


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (_told(b"<html/>", 200, "text/html"), Cause.NOT_XML),
        (_told(GOOD, 200, ""), Cause.NOT_XML),
        (_told(b""), Cause.TRUNCATED),
        (_told(GOOD[:-4]), Cause.TRUNCATED),
        (_told(b"<html/>"), Cause.GARBLED),
        (_told(GOOD + GOOD), Cause.GARBLED),
        (_told(b"<html/>", 502, "text/html"), Cause.HTTP_STATUS),
        (_told(GOOD, 500), Cause.HTTP_STATUS),
        (_told(GOOD, 404), Cause.HTTP_STATUS),
        (_told(GOOD, 302), Cause.HTTP_STATUS),
        (_told(b"", 204, ""), Cause.HTTP_STATUS),
        (_told(b'{"error": {"code": "INTERNAL"}}', 500), Cause.HTTP_STATUS),
        (_told(b'{"error": {"code": "NEW_TROUBLE"}}', 503), Cause.HTTP_STATUS),
    ],
)
def test_what_is_not_believed_may_have_been_carried_out(wire: RestWire, reply: RawReply, cause: Cause) -> None:
    """Everything that is neither result nor coded refusal has a cause, and counts as sent."""
    with pytest.raises(CallFailed) as failure:
        wire.payload("probe", reply)

    assert (failure.value.cause, failure.value.is_sent) == (cause, True)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("SLOT_TAKEN", 409, Refusal.SLOT_TAKEN),
        ("SLOT_TAKEN", 500, Refusal.SLOT_TAKEN),
        ("NEW_TROUBLE", 422, Refusal.OTHER),
    ],
)
def test_a_coded_error_is_a_refusal(wire: RestWire, code: str, status: int, kind: Refusal) -> None:
    """EMIAS's own words count; an unknown code is believed unless the server blames itself."""
    body = json.dumps({"error": {"code": code, "field": "patient.birthDate"}}).encode()
    with pytest.raises(CallRefused) as refusal:
        wire.payload("create", _told(body, status))

    assert (refusal.value.kind, refusal.value.code, refusal.value.field) == (kind, code, "birth_date")


def test_the_limiter_stands_before_the_work(wire: RestWire) -> None:
    """429 is not sent, whatever its body, with the time to wait."""
    with pytest.raises(CallFailed) as failure:
        wire.payload("create", RawReply(429, "text/html", 7.0, b"slow down"))

    assert (failure.value.is_sent, failure.value.retry_after) == (False, 7.0)
