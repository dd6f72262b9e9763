"""The contracts of the stand-in, one world behind them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree

import simulator
from simulator.emias.call import Call, Received, UnreadableCallError
from simulator.emias.faces import FACES, Face
from simulator.emias.faces.fer import FerFace, oid_of, slot_guid, specialist_snils
from simulator.emias.faces.hub import GUID, HubFace
from simulator.emias.faces.seed_rest import API_KEY, SeedRestFace
from simulator.emias.numbers import snils_is_valid
from simulator.emias.refusals import REFUSALS, RefusalError
from tests.unit.simulator.pieces import VERA, free_slots, make_registry

CONTRACTS = Path(simulator.__file__).parent / "contracts"
HUB = "http://tempuri.org/"
HUB_DATA = "http://schemas.datacontract.org/2004/07/HubService2"
FER = "http://www.rt-eu.ru/med/er/v2_0"


def _soap(payload: str) -> Received:
    envelope = (
        f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{payload}</s:Body></s:Envelope>'
    )
    return Received("POST", "", {}, {}, "text/xml", envelope.encode())


@pytest.mark.parametrize("wsdl", sorted(file.relative_to(CONTRACTS) for file in CONTRACTS.glob("*/*.wsdl")), ids=str)
def test_each_contract_is_read_by_a_soap_library(wsdl: Path) -> None:
    """Operations have names, inputs and outputs."""
    load: Callable[..., Any] = zeep.Client
    client = load(str(CONTRACTS / wsdl), settings=zeep.Settings(forbid_dtd=True, forbid_external=True))

    assert all(binding.all() for binding in client.wsdl.bindings.values())


def test_the_members_of_the_hubs_data_contracts_stand_in_alphabetical_order() -> None:
    """Every data contract lists its members as .NET writes them: those of the common base first."""
    base = ["ErrorList", "IdHistory", "Success"]
    for sequence in (
        etree.parse(CONTRACTS / "hub_like" / "xsd1.xsd").getroot().iterfind(".//{*}complexType/{*}sequence")
    ):
        names = [str(element.get("name")) for element in sequence]
        own = names[len(base) :] if names[: len(base)] == base else names
        assert own == sorted(own, key=str.lower)


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_can_be_written_in_every_contract(face: Face, code: str) -> None:
    """No refusal of the world breaks a contract, and each is noted by its own name."""
    spoken = "REST" if face.name == "seed-rest" else "SOAP11"
    for operation in ("CreateAppointment", "CancelAppointment", "GetSchedule"):
        assert face.refuse(Call(spoken, operation, {}), RefusalError(code)).outcome == code


def test_a_slots_guid_leads_back_to_it() -> None:
    """The registry with GUIDs finds the slot without being told whose it is."""
    slot = free_slots(make_registry())[0]
    guid = f"<Slot_Id>{slot_guid(slot.id)}</Slot_Id>"
    call = FerFace().read(_soap(f'<CreateAppointmentRequest xmlns="{FER}">{guid}</CreateAppointmentRequest>'))

    assert (call.operation, call.arguments["doctorId"], call.arguments["slotId"]) == (
        "CreateAppointment",
        str(slot.doctor.emias_id),
        slot.id,
    )


def test_a_specialist_is_found_by_snils_and_oid() -> None:
    """Their made-up numbers are right, and lead back to the world's."""
    request = (
        f'<GetScheduleInfoRequest xmlns="{FER}"><Session_ID>s</Session_ID><Specialist_SNILS>{specialist_snils(41001)}'
        f"</Specialist_SNILS><MO_OID>{oid_of('0101')}</MO_OID></GetScheduleInfoRequest>"
    )
    call = FerFace().read(_soap(request))

    assert snils_is_valid(specialist_snils(41001))
    assert (call.arguments["lpuCode"], call.arguments["doctorId"], call.session) == ("0101", "41001", "s")


def test_the_hub_knows_the_patient_before_the_booking() -> None:
    """A card is the same for the same SNILS; a booking without one is refused inside the result."""
    registry = make_registry()
    slot = free_slots(registry)[0]
    card = registry.identify(VERA)

    def book(number: str) -> str:
        request = (
            f'<SetAppointment xmlns="{HUB}"><idAppointment>{slot.id}</idAppointment><idLpu>101</idLpu>'
            f"<idPat>{number}</idPat><guid>{GUID}</guid></SetAppointment>"
        )
        face = HubFace()
        root = etree.fromstring(face.carry_out(face.read(_soap(request)), registry).body)
        return root.findtext(f".//{{{HUB_DATA}}}Success") or ""

    assert card == registry.identify(VERA)
    assert [book("P-999999"), book(card)] == ["false", "true"]
    assert [row.patient.snils for row in registry.ledger] == ["11223344595"]


@pytest.mark.parametrize(
    ("method", "tail", "key", "status"),
    [("GET", "version", "", 401), ("POST", "version", API_KEY, 404), ("GET", "nowhere", API_KEY, 404)],
)
def test_rest_has_its_addresses_and_its_key(method: str, tail: str, key: str, status: int) -> None:
    """What is not of the contract is told by its status."""
    with pytest.raises(UnreadableCallError) as refused:
        SeedRestFace().read(Received(method, tail, {}, {"X-Api-Key": key}, "application/json", b""))

    assert refused.value.status == status
