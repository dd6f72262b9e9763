"""Made-up people and replies."""

from __future__ import annotations

from datetime import date, datetime

from gateway.domain.moscow import MOSCOW
from gateway.domain.patient import OmsPolicy, Patient, PolicyKind, Snils
from gateway.domain.schedule import EmiasDoctorRef
from gateway.emias.reply import RawReply
from gateway.ports import AppointmentRequest

__all__ = [
    "DC",
    "DOCTOR",
    "SOAP11",
    "SOAP12",
    "START",
    "SVC",
    "VERA",
    "envelope",
    "fault",
    "request",
    "schedule_xml",
    "slot_xml",
    "told",
]

SVC = "http://tempuri.org/"
DC = "http://schemas.datacontract.org/2004/07/Emias.Schedule"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
DOCTOR = EmiasDoctorRef("0101", "41001")
START = datetime(2026, 11, 24, 15, 0, tzinfo=MOSCOW)
VERA = Patient(
    last_name="Ольшанская",
    first_name="Вера",
    middle_name=None,
    birth_date=date(1985, 3, 14),
    snils=Snils.parse("112-233-445 95"),
    oms=OmsPolicy(PolicyKind.ENP, "7756410885000127"),
)


def request(patient: Patient = VERA, doctor: EmiasDoctorRef = DOCTOR) -> AppointmentRequest:
    """Ask for the made-up slot."""
    return AppointmentRequest(doctor, "slot-1", START, patient, "ref-1")


def envelope(payload: str, namespace: str = SOAP12, *, head: str = "") -> bytes:
    """Wrap a response element."""
    header = f"<s:Header>{head}</s:Header>" if head else ""
    return f'<s:Envelope xmlns:s="{namespace}">{header}<s:Body>{payload}</s:Body></s:Envelope>'.encode()


def told(body: bytes, status: int = 200, media_type: str = "application/soap+xml") -> RawReply:
    """Make a reply as the transport hands it over."""
    return RawReply(status, media_type, None, body)


def slot_xml(start: str, slot_id: str = "s1", *, end: str = "", free: str = "true", room: str = "каб. 1") -> str:
    """Write one slot as WCF does."""
    ends = f"<a:EndTime>{end}</a:EndTime>" if end else ""
    return (
        f"<a:ScheduleSlot>{ends}<a:IsFree>{free}</a:IsFree><a:Room>{room}</a:Room>"
        f"<a:SlotId>{slot_id}</a:SlotId><a:StartTime>{start}</a:StartTime></a:ScheduleSlot>"
    )


def schedule_xml(*slots: str, doctor_id: str = "41001", lpu_code: str = "0101") -> str:
    """Write a schedule's response element."""
    return (
        f'<GetScheduleResponse xmlns="{SVC}"><GetScheduleResult xmlns:a="{DC}"><a:DoctorId>{doctor_id}</a:DoctorId>'
        f"<a:LpuCode>{lpu_code}</a:LpuCode><a:Slots>{''.join(slots)}</a:Slots></GetScheduleResult></GetScheduleResponse>"
    )


def fault(code: str, message: str = "", field: str = "") -> str:
    """Write a SOAP 1.2 fault with the typed detail."""
    return (
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>нет</s:Text></s:Reason><s:Detail>"
        f'<ScheduleFault xmlns="{DC}"><Code>{code}</Code><Field>{field}</Field><Message>{message}</Message>'
        "</ScheduleFault></s:Detail></s:Fault>"
    )
