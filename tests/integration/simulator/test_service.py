"""EMIAS as a well-behaved service: both SOAP versions, certificates, the published contract."""

from __future__ import annotations

import ssl

import httpx
import pytest
from lxml import etree

from simulator.pki import Pki
from tests.unit.simulator.soap_client import DC, MEDIA, SOAP11, SOAP12, SVC, Emias, tls_client

_REFUSED_BY_TLS = (httpx.TransportError, ssl.SSLError)


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
async def test_an_appointment_is_made_in_the_callers_soap_version(emias: Emias, soap: str) -> None:
    """The receipt comes in the envelope and media type of the call and agrees with the ledger."""
    answer = await emias.book(soap=soap)

    root = etree.fromstring(answer.content)
    [row] = await emias.ledger()
    assert (answer.status_code, answer.headers["Content-Type"], etree.QName(root).namespace) == (
        200,
        MEDIA[soap],
        soap,
    )
    assert root.findtext(f".//{SVC}AppointmentId") == row["id"]
    assert root.findtext(f".//{SVC}StartTime") == row["starts_at"]
    assert (row["client_ref"], row["channel"], row["patient"]["snils"]) == ("ref-1", "soap", "11223344595")


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
async def test_a_refusal_is_a_typed_fault(emias: Emias, soap: str) -> None:
    """The second booking of one slot is status 500 with code and field in the detail."""
    await emias.book()
    answer = await emias.book(soap=soap)

    fault = etree.fromstring(answer.content).find(f".//{DC}ScheduleFault")
    assert fault is not None
    assert (answer.status_code, fault.findtext(f"{DC}Code")) == (500, "PATIENT_ALREADY_BOOKED")
    assert len(await emias.ledger()) == 1


async def test_found_and_cancelled_appointments(emias: Emias) -> None:
    """A booking is found by SNILS, cancelled once, and then found as cancelled."""
    await emias.book()
    [row] = await emias.ledger()
    day = row["starts_at"][:10]
    who = "<lpuCode>0101</lpuCode><snils>11223344595</snils>"
    find = f"{who}<dateFrom>{day}</dateFrom><dateTo>{day}</dateTo>"
    cancel = f"{who}<appointmentId>{row['id']}</appointmentId><reason>patient</reason>"

    states = []
    for operation, inner in (("FindAppointments", find), ("CancelAppointment", cancel), ("FindAppointments", find)):
        answer = await emias.post(operation, inner)
        states.append(etree.fromstring(answer.content).findtext(".//{*}State"))

    assert states == ["Active", None, "Cancelled"]


async def test_a_schedule_lists_the_horizon(emias: Emias) -> None:
    """Forty slots a day for 32 days, free and busy, with Moscow's offset; the switches change style and extent."""
    root = etree.fromstring((await emias.schedule()).content)
    free = [element.text for element in root.iter(f"{DC}IsFree")]
    assert len(free) == 40 * 32
    assert set(free) == {"true", "false"}
    assert str(root.findtext(f".//{DC}StartTime")).endswith("+03:00")

    await emias.control("POST", "settings", {"absent_busy": True, "date_style": "utc"})
    root = etree.fromstring((await emias.schedule()).content)
    assert {element.text for element in root.iter(f"{DC}IsFree")} == {"true"}
    assert str(root.findtext(f".//{DC}StartTime")).endswith("Z")


async def test_the_contract_is_published_with_its_imports(emias: Emias) -> None:
    """The WSDL imports schemas by URLs of the service itself, and each of them is there."""
    wsdl = etree.fromstring((await emias.client.get(f"{emias.simulator.emias_url}?wsdl")).content)
    urls = [str(node.get("schemaLocation")) for node in wsdl.iter("{http://www.w3.org/2001/XMLSchema}import")]

    assert urls == [f"{emias.simulator.emias_url}?xsd=xsd{number}" for number in range(3)]
    assert [(await emias.client.get(url)).status_code for url in urls] == [200] * 3
    assert (await emias.client.get(f"{emias.simulator.emias_url}?xsd=xsd7")).status_code == 404


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("text/xml", b"<broken", 400),
        ("text/xml", f'<s:Envelope xmlns:s="{SOAP11}"><s:Body/></s:Envelope>'.encode(), 400),
        ("text/xml", f'<!DOCTYPE x><s:Envelope xmlns:s="{SOAP11}"><s:Body><a/></s:Body></s:Envelope>'.encode(), 400),
        ("text/xml", f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><Nope/></s:Body></s:Envelope>'.encode(), 500),
    ],
)
async def test_what_is_no_call_is_refused(emias: Emias, content_type: str, body: bytes, status: int) -> None:
    """Other media types, broken XML, empty bodies, DTDs and unknown operations each have their status."""
    headers = {"Content-Type": content_type}
    answer = await emias.client.post(emias.simulator.emias_url, content=body, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("name", ["", "foreign_client", "expired_client", "future_client"])
async def test_a_client_without_a_good_certificate_is_refused(emias: Emias, pki: Pki, name: str) -> None:
    """No certificate, another CA's, an expired one and one of the future get no answer and reach no operation."""
    cert, key = (getattr(pki, f"{name}_cert"), getattr(pki, f"{name}_key")) if name else (None, None)
    async with tls_client(pki, cert, key) as client:
        with pytest.raises(_REFUSED_BY_TLS):
            await Emias(emias.simulator, client).post("GetVersion")
    assert (await emias.control("GET", "state"))["calls"] == {}


async def test_every_form_of_the_client_key_opens_the_door(emias: Emias, pki: Pki) -> None:
    """The encrypted key opens with its password, the next certificate is as good as the present one."""
    password = pki.client_password.read_text()
    for cert, key in ((pki.client_cert, pki.client_key_encrypted), (pki.next_client_cert, pki.next_client_key)):
        async with tls_client(pki, cert, key, password) as client:
            assert (await Emias(emias.simulator, client).post("GetVersion")).status_code == 200
    assert {path.stat().st_mode & 0o777 for path in pki.ca.parent.iterdir()} == {0o600}


async def test_the_server_can_show_a_certificate_for_another_name(emias: Emias) -> None:
    """After a start with the wrong certificate a careful client refuses the server; a reset brings the right one."""
    await emias.control("POST", "start", {"certificate": "wrong_name_server"})
    with pytest.raises(httpx.ConnectError, match="mismatch"):
        await emias.post("GetVersion")

    await emias.control("POST", "reset")
    assert (await emias.post("GetVersion")).status_code == 200


async def test_a_stopped_listener_refuses_connections_until_started(emias: Emias) -> None:
    """Stop closes the port, start opens the same one."""
    await emias.control("POST", "stop")
    with pytest.raises(httpx.ConnectError):
        await emias.post("GetVersion")

    await emias.control("POST", "start")
    assert (await emias.post("GetVersion")).status_code == 200
