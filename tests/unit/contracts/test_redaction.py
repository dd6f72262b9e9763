"""What is shown of a call names no patient, wherever a registry puts one."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.contracts.redaction import Redaction, redaction_of
from gateway.domain.outcomes import Cause
from gateway.domain.patient import OmsPolicy, Patient, Snils
from gateway.emias.errors import CallFailed
from gateway.emias.profiles import load_profile
from gateway.emias.reply import RawReply
from gateway.emias.request import Request

PATIENT = Patient(
    last_name="Ольшанская",
    first_name="Вера",
    middle_name="Игоревна",
    birth_date=date(1985, 3, 14),
    snils=Snils.parse("112-233-445 95"),
    oms=OmsPolicy.parse("7756410885000127"),
)
CANARIES = (
    *("Ольшанск", "Вера", "Игоревн", "112-233-445 95", "11223344595", "7756410885000127", "14.03.1985", "1985-03-14"),
    "TOP-SECRET",
)
_ENVELOPE = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>{}</s:Body></s:Envelope>'
_HUB = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body></s:Envelope>'


def _redaction(name: str) -> Redaction:
    return redaction_of(load_profile(name), PATIENT)


def _reply(body: str, media_type: str = "text/xml", status: int = 200) -> RawReply:
    return RawReply(status, media_type, None, body.encode())


def _shown(redaction: Redaction, reply: RawReply) -> str:
    text = "\n".join(redaction.reply(reply))
    assert [canary for canary in CANARIES if canary.lower() in text.lower()] == []
    return text


def test_a_request_shows_its_structure_and_not_its_patient() -> None:
    """Names of members are shown all, values only where they are nobody's."""
    body = _ENVELOPE.format(
        "<CreateAppointment><lpuCode>0101</lpuCode><slotId>s-7</slotId><patient><lastName>Ольшанская</lastName>"
        "<birthDate>14.03.1985</birthDate><snils>112-233-445 95</snils></patient><other>Вера</other>"
        "</CreateAppointment>"
    )
    request = Request({"Content-Type": "text/xml", "X-Api-Key": "TOP-SECRET"}, body.encode())
    text = "\n".join(_redaction("seed-soap").request(request))

    assert [canary for canary in CANARIES if canary in text] == []
    assert "lpuCode: 0101" in text
    assert "slotId: s-7" in text
    assert "lastName: ‹text›" in text
    assert "birthDate: ‹date›" in text
    assert "snils: ‹digits›" in text
    assert "other: ‹text›" in text


def test_a_secret_parameter_is_never_shown() -> None:
    """The hub's token is hidden, although other values beside it are shown."""
    body = _HUB.format("<SetAppointment><idLpu>7</idLpu><idPat>p-1</idPat><guid>TOP-SECRET</guid></SetAppointment>")
    text = "\n".join(_redaction("hub-like").request(Request({}, body.encode())))

    assert "TOP-SECRET" not in text
    assert "p-1" not in text
    assert "idLpu: 7" in text


def test_a_reply_shows_what_the_profile_reads_and_types_of_the_rest() -> None:
    """Slots are shown, a patient's name that stands where nobody asked for it is not; long lists are cut."""
    slot = "<Slots><Slot_Id>s-{0}</Slot_Id><VisitTime>2026-11-24T09:00:00+03:00</VisitTime><Who>Вера</Who></Slots>"
    slots = "".join(slot.format(place) for place in range(5))
    text = _shown(
        _redaction("fer-like"),
        _reply(_HUB.format(f"<GetScheduleInfoResponse><Schedule>{slots}</Schedule></GetScheduleInfoResponse>")),
    )

    assert "Slot_Id: s-1" in text
    assert "Slot_Id: s-2" not in text
    assert "… 3 more Slots" in text
    assert "Who: ‹text›" in text
    assert "VisitTime: 2026-11-24T09:00:00+03:00" in text


def test_a_message_is_shown_without_the_patient_in_it() -> None:
    """An error's words stay, the names in any case, the numbers and the dates go."""
    text = _shown(
        _redaction("hub-like"),
        _reply(
            _HUB.format(
                "<SetAppointmentResponse><SetAppointmentResult><ErrorList><Error><ErrorDescription>"
                "Пациентка Ольшанской Вере Игоревне, СНИЛС 112-233-445 95, 14.03.1985 уже "
                "записана</ErrorDescription><IdError>35</IdError>"
                "</Error></ErrorList><Success>false</Success></SetAppointmentResult></SetAppointmentResponse>"
            )
        ),
    )

    assert "уже записана" in text
    assert "IdError: 35" in text
    assert "Success: false" in text


def test_a_fault_shows_its_code() -> None:
    """The typed fault's code and message are shown, its unknown members are not."""
    fault = (
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>Вера занята</s:Text></s:Reason>"
        "<s:Detail>"
        '<ScheduleFault xmlns="http://schemas.datacontract.org/2004/07/Emias.Schedule"><Code>SLOT_TAKEN</Code>'
        "<Message>Время занято</Message><Owner>Иванова</Owner></ScheduleFault></s:Detail></s:Fault>"
    )
    text = _shown(_redaction("seed-soap"), _reply(_ENVELOPE.format(fault), status=500))

    assert "Code: SLOT_TAKEN" in text
    assert "Message: Время занято" in text
    assert "Owner: ‹text›" in text
    assert "занята" in text


def test_json_is_shown_as_its_profile_reads_it() -> None:
    """Members of a list and of the receipt are shown by their own paths."""
    body = '{"slots":[{"id":"r-1","start":"2026-11-24T09:00:00+03:00","free":true,"who":"Вера"}],"doctorId":"41001"}'
    text = _shown(_redaction("seed-rest"), _reply(body, "application/json"))

    assert "id: r-1" in text
    assert "free: true" in text
    assert "who: ‹text›" in text


@pytest.mark.parametrize("body", ["<html><body>Вера</body></html>", "Вера", "<a", '{"a"'])
def test_what_is_neither_xml_nor_json_is_not_shown(body: str) -> None:
    """Of a page only status, type and size are told."""
    text = _shown(_redaction("seed-soap"), _reply(body, "text/html", 503))

    assert text.splitlines()[0].startswith("HTTP 503 text/html, ")
    assert len(text.splitlines()) == 2


def test_no_reply_tells_why_and_whether_anything_was_sent() -> None:
    """A refused certificate is named by its code."""
    [line] = _redaction("seed-soap").reply(CallFailed(Cause.TLS, is_sent=False, code="server_name"))

    assert line == "no reply: tls, server_name; it surely was not sent"
