"""The contract files as a SOAP library reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree

import simulator
from simulator.emias.instants import instant
from simulator.emias.publication import published

_WSDL = Path(simulator.__file__).parent / "contracts" / "seed_soap" / "ScheduleService.wsdl"
_BINDINGS = ("BasicHttpBinding_IScheduleService", "SoapHttpsBinding12_IScheduleService")
_DAY = date(2026, 11, 24)
_PATIENT = {"lastName": "К", "firstName": "В", "birthDate": "14.03.1985", "snils": "1", "oms": "2"}
_CALLS: dict[str, dict[str, Any]] = {
    "GetSchedule": {"lpuCode": "0101", "doctorId": 1, "dateFrom": _DAY, "dateTo": _DAY},
    "CreateAppointment": {"lpuCode": "0101", "doctorId": 1, "slotId": "s", "patient": _PATIENT},
    "FindAppointments": {"lpuCode": "0101", "snils": "1", "dateFrom": _DAY, "dateTo": _DAY},
    "CancelAppointment": {"lpuCode": "0101", "appointmentId": "1", "snils": "1", "reason": "r"},
    "GetVersion": {},
}


@pytest.fixture(scope="module")
def client() -> Any:
    """Load the contract from disk the way a careful client does."""
    load: Callable[..., Any] = zeep.Client
    settings = zeep.Settings(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    return load(str(_WSDL), settings=settings)


@pytest.mark.parametrize("operation", _CALLS)
@pytest.mark.parametrize("binding", _BINDINGS)
def test_each_envelope_can_be_built(client: Any, binding: str, operation: str) -> None:
    """Each operation of each binding names its WCF action and wraps its parameters."""
    service = client.create_service(f"{{http://tempuri.org/}}{binding}", "https://127.0.0.1/")
    envelope = client.create_message(service, operation, **_CALLS[operation])

    assert f"http://tempuri.org/IScheduleService/{operation}" in etree.tostring(envelope, encoding="unicode")
    assert envelope.find(f".//{{http://tempuri.org/}}{operation}") is not None


def test_the_members_of_data_contracts_stand_in_alphabetical_order() -> None:
    """Every data contract lists its members as .NET writes them."""
    schema = etree.parse(_WSDL.with_name("xsd1.xsd")).getroot()
    for sequence in schema.iterfind(".//{*}complexType/{*}sequence"):
        names = [str(element.get("name")) for element in sequence]
        assert names == sorted(names, key=str.lower)


def test_the_published_contract_imports_from_the_service() -> None:
    """Imports point to the address that was asked, soap:address keeps the internal host, other parts do not exist."""
    wsdl = published("seed_soap", "ScheduleService.wsdl", "wsdl", "https://here/ScheduleService.svc") or b""
    assert b'schemaLocation="https://here/ScheduleService.svc?xsd=xsd0"' in wsdl
    assert b"https://emias-app01.internal/ScheduleService.svc" in wsdl
    assert published("seed_soap", "ScheduleService.wsdl", "xsd2", "x")
    assert published("seed_soap", "ScheduleService.wsdl", "xsd9", "x") is None
    assert published("seed_soap", "ScheduleService.wsdl", "../pki", "x") is None


def test_instants_are_written_in_each_kind_of_net_date() -> None:
    """Local carries Moscow's offset, naive none, utc a Z; fractions have seven digits."""
    moment = datetime(2026, 11, 24, 12, 0, 0, 250000, tzinfo=UTC)
    assert [instant(moment, style) for style in ("local", "naive", "utc")] == [
        "2026-11-24T15:00:00.2500000+03:00",
        "2026-11-24T15:00:00.2500000",
        "2026-11-24T12:00:00.2500000Z",
    ]
