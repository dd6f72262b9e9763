"""Receipts of bookings, look-ups and cancellations."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.domain.outcomes import Booked, Cancelled, Cause, Refusal, RemoteAppointment
from gateway.emias.contract import Contract
from gateway.emias.errors import CallFailed, CallRefused
from gateway.emias.instants import InstantReader
from gateway.emias.receipts import ReceiptReader
from tests.unit.emias.pieces import DC, START, SVC, request

INSTANTS = InstantReader("Europe/Moscow")
RECEIPT = (
    f'<CreateAppointmentResponse xmlns="{SVC}"><AppointmentId>AP-1</AppointmentId>'
    "<StartTime>2026-11-24T12:00:00Z</StartTime><Ticket>Т-1</Ticket></CreateAppointmentResponse>"
)
ROW = (
    "<a:Appointment><a:AppointmentId>AP-1</a:AppointmentId><a:CreatedAt>2026-11-20T10:00:00</a:CreatedAt>"
    "<a:DoctorId>41001</a:DoctorId><a:SlotId>s1</a:SlotId><a:StartTime>2026-11-24T15:00:00</a:StartTime>"
    "<a:State>Active</a:State></a:Appointment>"
)


def _listed(rows: str) -> etree._Element:
    return etree.fromstring(
        f'<FindAppointmentsResponse xmlns="{SVC}"><FindAppointmentsResult xmlns:a="{DC}">{rows}'
        "</FindAppointmentsResult></FindAppointmentsResponse>"
    )


def _reader(contract: Contract, name: str) -> ReceiptReader:
    return ReceiptReader(contract.operations[name].paths, INSTANTS)


def test_a_receipt_brings_id_and_ticket(contract: Contract) -> None:
    """The booking is the one asked for, and carries what the patient needs."""
    reader = _reader(contract, "create")

    assert reader.booked(etree.fromstring(RECEIPT), request()) == Booked("AP-1", "Т-1")
    assert reader.booked(etree.fromstring(RECEIPT.replace("Т-1", "")), request()) == Booked("AP-1", None)


def test_a_contract_without_an_id_leaves_it_pending(contract: Contract) -> None:
    """Where the contract returns no id, the booking has none yet."""
    paths = {key: path for key, path in contract.operations["create"].paths.items() if key != "appointment_id"}

    assert ReceiptReader(paths, INSTANTS).booked(etree.fromstring(RECEIPT), request()) == Booked(None, "Т-1")


@pytest.mark.parametrize(
    ("good", "bad", "member"),
    [
        ("12:00:00Z", "13:00:00Z", "starts_at"),
        ("2026-11-24T12:00:00Z", "soon", "starts_at"),
        ("<StartTime>2026-11-24T12:00:00Z</StartTime>", "", "starts_at"),
        ("AP-1", " ", "appointment_id"),
    ],
)
def test_a_receipt_for_something_else_is_not_believed(contract: Contract, good: str, bad: str, member: str) -> None:
    """Another start, or none, or no id: it may be anybody's booking."""
    with pytest.raises(CallFailed) as failure:
        _reader(contract, "create").booked(etree.fromstring(RECEIPT.replace(good, bad)), request())

    assert (failure.value.cause, failure.value.code) == (Cause.CONTRACT_MISMATCH, member)


def test_a_receipt_of_another_doctor_is_not_believed(contract: Contract) -> None:
    """Where the receipt names the doctor, it must be ours."""
    paths = {**contract.operations["create"].paths, "doctor_id": f"{{{SVC}}}Ticket"}

    with pytest.raises(CallFailed) as failure:
        ReceiptReader(paths, INSTANTS).booked(etree.fromstring(RECEIPT), request())

    assert failure.value.code == "doctor_id"


def test_listed_appointments(contract: Contract) -> None:
    """Each row becomes an appointment; only a state that means cancelled makes it inactive."""
    rows = ROW + ROW.replace("Active", "Cancelled") + ROW.replace("Active", "Confirmed")
    first, second, third = _reader(contract, "find").appointments(_listed(rows), ("Cancelled",))

    assert first == RemoteAppointment(
        appointment_id="AP-1",
        emias_doctor_id="41001",
        starts_at=START,
        active=True,
        emias_slot_id="s1",
        created_at=START.replace(day=20, hour=10),
    )
    assert (second.active, third.active) == (False, True)


def test_an_empty_list_differs_from_none(contract: Contract) -> None:
    """No rows is an answer; no list is not."""
    reader = _reader(contract, "find")

    assert reader.appointments(_listed(""), ()) == ()
    with pytest.raises(CallFailed):
        reader.appointments(etree.fromstring(f'<FindAppointmentsResponse xmlns="{SVC}"/>'), ())


@pytest.mark.parametrize("member", ["AppointmentId", "DoctorId", "StartTime"])
def test_a_row_without_its_essentials_spoils_the_list(contract: Contract, member: str) -> None:
    """What cannot be compared with ours proves nothing about ours."""
    with pytest.raises(CallFailed):
        _reader(contract, "find").appointments(_listed(ROW.replace(member, "Other")), ())


def test_cancellations(contract: Contract) -> None:
    """True confirms, false refuses, anything else is not believed."""
    reader = _reader(contract, "cancel")

    def told(text: str) -> etree._Element:
        return etree.fromstring(
            f'<CancelAppointmentResponse xmlns="{SVC}"><Cancelled>{text}</Cancelled></CancelAppointmentResponse>'
        )

    assert reader.cancelled(told("true")) == Cancelled()
    assert ReceiptReader({}, INSTANTS).cancelled(told("")) == Cancelled()
    with pytest.raises(CallRefused) as refusal:
        reader.cancelled(told("false"))
    assert (refusal.value.kind, refusal.value.code) == (Refusal.OTHER, "not_cancelled")
    for text in ("", "perhaps"):
        with pytest.raises(CallFailed):
            reader.cancelled(told(text))
