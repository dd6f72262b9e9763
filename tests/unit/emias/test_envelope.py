"""Requests carry our values where the contract wants them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from lxml import etree

from gateway.domain.outcomes import Cause
from gateway.domain.patient import OmsPolicy, PolicyKind
from gateway.domain.schedule import EmiasDoctorRef
from gateway.emias.contract import Contract, load_contract
from gateway.emias.envelope import Envelopes
from gateway.emias.errors import CallFailed
from gateway.emias.profiles import Profile
from gateway.emias.request import Request
from gateway.emias.translate import Translator
from tests.unit.emias.pieces import DC, DOCTOR, SOAP11, SOAP12, SVC, VERA, request

ADDRESS = "https://emias.example/ScheduleService.svc"
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
WSA = "{http://www.w3.org/2005/08/addressing}"
ACTION = "http://tempuri.org/IScheduleService/CreateAppointment"


def _with(profile: Profile, **tables: dict[str, object]) -> Profile:
    changed = {name: msgspec.structs.replace(getattr(profile, name), **keys) for name, keys in tables.items()}
    return msgspec.structs.replace(profile, **changed)


def _envelopes(profile: Profile, contract: Contract) -> Envelopes:
    assert profile.soap is not None
    return Envelopes(profile, profile.soap, contract, ADDRESS)


def _create(profile: Profile, contract: Contract) -> Request:
    return _envelopes(profile, contract).build("create", Translator(profile.formats).appointment(request()))


def test_a_booking_is_written_in_the_order_of_the_schema(profile: Profile, contract: Contract) -> None:
    """The patient's members come as the contract formats them; the absent middle name is left out."""
    root = etree.fromstring(_create(profile, contract).body or b"")
    [payload] = root.findall(f"{{{SOAP12}}}Body/{{{SVC}}}CreateAppointment")
    [patient] = payload.findall(f"{{{SVC}}}patient")

    assert [(etree.QName(one).localname, one.text) for one in payload if not len(one)] == [
        ("lpuCode", "0101"),
        ("doctorId", "41001"),
        ("slotId", "slot-1"),
        ("clientRef", "ref-1"),
    ]
    assert [(one.tag, one.text) for one in patient] == [
        (f"{{{DC}}}birthDate", "14.03.1985"),
        (f"{{{DC}}}firstName", "Вера"),
        (f"{{{DC}}}lastName", "Ольшанская"),
        (f"{{{DC}}}oms", "7756410885000127"),
        (f"{{{DC}}}snils", "112-233-445 95"),
    ]


@pytest.mark.parametrize(("absent", "written"), [("omit", None), ("nil", ""), ("empty", "")])
def test_an_absent_value_is_written_as_the_profile_says(
    profile: Profile, contract: Contract, absent: str, written: str | None
) -> None:
    """Absence is left out, marked as nil, or an empty string."""
    root = etree.fromstring(_create(_with(profile, formats={"absent": absent}), contract).body or b"")
    middle = root.find(f".//{{{DC}}}middleName")

    assert (middle is None) == (written is None)
    if middle is not None:
        assert (middle.text or "") == written
        assert (middle.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true") == (absent == "nil")


def test_a_constant_of_the_profile_is_sent(profile: Profile, contract: Contract) -> None:
    """A parameter that begins with = is text of the contract and not a value of ours."""
    create = profile.operations.create
    parameters = {**create.parameters, "referral": "=OTHER_WEB"}
    changed = _with(profile, operations={"create": msgspec.structs.replace(create, parameters=parameters)})

    assert etree.fromstring(_create(changed, contract).body or b"").findtext(f".//{{{SVC}}}referral") == "OTHER_WEB"


def test_the_headers_follow_the_soap_version(profile: Profile, contract: Contract) -> None:
    """SOAP 1.2 names its action in the content type, SOAP 1.1 in a header of its own."""
    binding = f"{{{SVC}}}BasicHttpBinding_IScheduleService"
    old = _with(profile, soap={"version": "1.1", "binding": binding})
    old_request = _create(old, load_contract(old))

    assert _create(profile, contract).headers == {
        "Content-Type": f'application/soap+xml; charset=utf-8; action="{ACTION}"'
    }
    assert old_request.headers == {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{ACTION}"'}
    assert etree.fromstring(old_request.body or b"").tag == f"{{{SOAP11}}}Envelope"


@pytest.mark.parametrize(
    ("soap", "expected"),
    [
        ({"addressing": "off"}, []),
        ({"addressing": "auto"}, [("Action", ACTION), ("To", ADDRESS)]),
        ({"addressing": "force", "addressing_to": "https://inner/"}, [("Action", ACTION), ("To", "https://inner/")]),
    ],
)
def test_addressing_headers_are_written_once(
    profile: Profile, contract: Contract, soap: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    """WS-Addressing follows the profile; each header stands once, and To may be the server's own address."""
    root = etree.fromstring(_create(_with(profile, soap=soap), contract).body or b"")
    headers = [(one.tag.removeprefix(WSA), one.text) for one in root.iter(f"{WSA}*")]

    assert [header for header in headers if header[0] != "MessageID"] == expected
    assert len(headers) == len(expected) + bool(expected)


@pytest.mark.parametrize("doctor_id", ["41 001", "doctor", "", "4\x001"])
def test_a_value_that_does_not_fit_is_never_sent(profile: Profile, contract: Contract, doctor_id: str) -> None:
    """What the schema wants as a number is checked here, and nothing of it is put into the error."""
    values = Translator(profile.formats).appointment(request(doctor=EmiasDoctorRef("0101", doctor_id)))

    with pytest.raises(CallFailed) as told:
        _envelopes(profile, contract).build("create", values)

    assert (told.value.cause, told.value.is_sent) == (Cause.CONTRACT_MISMATCH, False)


def test_a_value_that_xml_cannot_carry_is_never_sent(profile: Profile, contract: Contract) -> None:
    """A control character in a name is refused before the wire."""
    patient = replace(VERA, last_name="Ольшан\x01ская")
    values = Translator(profile.formats).appointment(request(patient))

    with pytest.raises(CallFailed) as told:
        _envelopes(profile, contract).build("create", values)

    assert not told.value.is_sent
    assert "Ольшан" not in f"{told.value!r}{told.value.__cause__!r}"


def test_values_follow_the_formats(profile: Profile) -> None:
    """SNILS, policy and dates are written as the institution wants them."""
    old = replace(VERA, oms=OmsPolicy(PolicyKind.OLD, "1234567890", "770000"))
    formats = msgspec.structs.replace(profile.formats, snils="plain", policy="number", birth_date="%Y-%m-%d")
    here, there = Translator(profile.formats), Translator(formats)

    assert here.appointment(request(old))["patient.oms"] == "770000 1234567890"
    plain = there.search("0101", old, VERA.birth_date, VERA.birth_date)
    assert plain == {
        "lpu_code": "0101",
        "patient.last_name": "Ольшанская",
        "patient.first_name": "Вера",
        "patient.middle_name": None,
        "patient.birth_date": "1985-03-14",
        "patient.sex": None,
        "patient.snils": "11223344595",
        "patient.oms": "1234567890",
        "patient.oms_series": "770000",
        "patient.oms_number": "1234567890",
        "date_from": "1985-03-14",
        "date_to": "1985-03-14",
    }


@pytest.mark.parametrize(("number", "sex"), [("7756410885000127", "F"), ("5078150847000121", "M")])
def test_the_sex_is_told_by_the_policy_where_the_form_does_not(profile: Profile, number: str, sex: str) -> None:
    """A unified policy's number holds it; an old policy's does not."""
    patient = replace(VERA, oms=OmsPolicy.parse(number))

    assert Translator(profile.formats).identification("0101", patient)["patient.sex"] == sex


@pytest.mark.parametrize(
    ("style", "written"),
    [("offset", "2026-11-24T15:00:00+03:00"), ("naive", "2026-11-24T15:00:00"), ("utc", "2026-11-24T12:00:00Z")],
)
def test_instants_are_written_in_the_profiles_style(profile: Profile, style: str, written: str) -> None:
    """A contract that names a slot by its start gets it with offset, by its own clock, or in UTC."""
    formats = msgspec.structs.replace(profile.formats, instant=style)

    assert Translator(formats).appointment(request())["starts_at"] == written


def test_reasons_become_the_contracts_codes(profile: Profile) -> None:
    """A reason is written by its code, by the common code, or as it is where the contract takes any text."""
    say, codes = Translator(profile.formats), {"mistake": "E-1", "*": "E-0"}

    told = [say.cancellation("0101", "AP-1", VERA, reason, codes)["reason"] for reason in ("mistake", "illness")]
    assert told == ["E-1", "E-0"]
    assert say.cancellation("0101", "AP-1", VERA, "illness", {})["reason"] == "illness"


@pytest.mark.parametrize("how", ["text", "digest"])
def test_a_username_token_is_put_into_the_header(profile: Profile, contract: Contract, how: str) -> None:
    """WS-Security's token names us; as a digest it holds no password, and each is made anew."""
    assert profile.soap is not None
    signed = _with(profile, security={"ws_security": how})
    secrets = {"username": "clinic", "password": "open sesame"}
    envelopes = Envelopes(signed, profile.soap, contract, ADDRESS, secrets)

    first, second = (envelopes.build("probe", {}).body for _ in range(2))
    root = etree.fromstring(first or b"")
    password = root.findtext(f".//{WSSE}Password")

    assert root.findtext(f"{{{SOAP12}}}Header/{WSSE}Security/{WSSE}UsernameToken/{WSSE}Username") == "clinic"
    assert (password == "open sesame") == (how == "text")
    assert how == "text" or first != second
    assert "open sesame" not in repr(envelopes)


def test_headers_of_the_profile_are_sent(profile: Profile, contract: Contract) -> None:
    """A header is a text of the profile or a secret of the channel."""
    assert profile.soap is not None
    keyed = _with(profile, security={"headers": {"X-System": "=BITRIX", "X-Api-Key": "secret.api_key"}})
    request_ = Envelopes(keyed, profile.soap, contract, ADDRESS, {"api_key": "k-1"}).build("probe", {})

    assert (request_.headers["X-System"], request_.headers["X-Api-Key"]) == ("BITRIX", "k-1")
    assert "k-1" not in repr(request_)


def test_a_request_does_not_print_its_body(profile: Profile, contract: Contract) -> None:
    """The representation of a request shows no personal data."""
    assert "Ольшанская" not in repr(_create(profile, contract))
    assert DOCTOR.lpu_code not in repr(_create(profile, contract).headers)
