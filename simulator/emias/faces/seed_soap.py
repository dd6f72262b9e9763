"""The seed's contract: a WCF ScheduleService of either SOAP version, with typed faults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from lxml import etree

from simulator.emias.call import Call, Received, Reply
from simulator.emias.faces.face import Row, Work, day, needed, number, rows_of, work_of
from simulator.emias.faces.shapes import Shape, XmlShape
from simulator.emias.instants import instant, month_later
from simulator.emias.ledger import Appointment, Patient
from simulator.emias.publication import published
from simulator.emias.refusals import RefusalError
from simulator.emias.registry import VERSION, Registry
from simulator.emias.soap import SoapVersion, fault, members, read_envelope, wrap
from simulator.roster import Doctor

__all__ = ["DATA_CONTRACT", "SERVICE", "SeedSoapFace"]

SERVICE = "http://tempuri.org/"
DATA_CONTRACT = "http://schemas.datacontract.org/2004/07/Emias.Schedule"
_NAMESPACES = f'xmlns:a="{DATA_CONTRACT}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
_ANOTHER_DOCTOR = "99999"


class SeedSoapFace:
    """ScheduleService."""

    name = "seed-soap"
    path = "/ScheduleService.svc"
    shape: Shape = XmlShape()

    def read(self, received: Received) -> Call:
        """Read an envelope; a name that is not of the service's namespace names no operation."""
        version, payload = read_envelope(received.content_type, received.body)
        name = etree.QName(payload)
        patient = members(payload.find(f"{{{SERVICE}}}patient"))
        operation = name.localname if name.namespace == SERVICE else ""
        return Call(version.name, operation, members(payload), patient)

    def carry_out(self, call: Call, registry: Registry) -> Reply:
        """Answer a result, a typed fault, or the dispatcher's own fault for an operation that is none."""
        if call.operation not in _WORKS:
            version = SoapVersion[call.spoken]
            text = "The message cannot be processed at the receiver."
            return fault(version, "Client", "ActionNotSupported", text, "", "ActionNotSupported")
        try:
            return wrap(SoapVersion[call.spoken], work_of(_WORKS, call)(call, registry))
        except RefusalError as refusal:
            return self.refuse(call, refusal)

    def refuse(self, call: Call, refusal: RefusalError) -> Reply:
        """Write the typed fault as WCF does: status 500, detail in the data contract's namespace."""
        field = f"<Field>{escape(refusal.field)}</Field>" if refusal.field else '<Field i:nil="true"/>'
        detail = (
            f'<ScheduleFault xmlns="{DATA_CONTRACT}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
            f"<Code>{escape(refusal.code)}</Code>{field}<Message>{escape(refusal.message)}</Message></ScheduleFault>"
        )
        blame = "Server" if refusal.code == "INTERNAL" else "Client"
        return fault(SoapVersion[call.spoken], blame, "", refusal.message, detail, refusal.code)

    def fail(self, call: Call) -> Reply:
        """Write a fault without detail."""
        text = "The server was unable to process the request due to an internal error."
        return fault(SoapVersion[call.spoken], "Server", "InternalServiceFault", text, "", "InternalServiceFault")

    def frame(self, call: Call) -> tuple[str, str]:
        """Open and close the response element."""
        version = SoapVersion[call.spoken].value
        opened = f'<s:Envelope xmlns:s="{version}"><s:Body><{call.operation}Response xmlns="{SERVICE}">'
        return opened, f"</{call.operation}Response></s:Body></s:Envelope>"

    def media(self, call: Call) -> str:
        """Follow the version of the call."""
        return SoapVersion[call.spoken].content_type

    def schedule(self, call: Call, rows: Sequence[Row]) -> Reply:
        """Answer about the doctor that was asked for."""
        return wrap(SoapVersion[call.spoken], _schedule(call, rows))

    def relabel(self, text: str) -> str:
        """Move the answer's elements into the namespaces of another version of the service."""
        return text.replace(f'"{SERVICE}"', '"http://tempuri.org/v2/"').replace(DATA_CONTRACT, f"{DATA_CONTRACT}.V2")

    def belie(self, body: bytes) -> bytes:
        """Change ids and starts, wherever they stand."""
        root = etree.fromstring(body)
        for element in root.iter(f"{{{DATA_CONTRACT}}}DoctorId"):
            element.text = _ANOTHER_DOCTOR
        for element in root.iter(f"{{{SERVICE}}}AppointmentId"):
            element.text = "AP-9999999"
        for element in root.iter(f"{{{SERVICE}}}StartTime"):
            element.text = month_later(element.text or "")
        return etree.tostring(root, encoding="utf-8")

    def document(self, part: str, address: str) -> bytes | None:
        """Publish the WSDL and its schemas."""
        return published("seed_soap", "ScheduleService.wsdl", part, address)


def _get_schedule(call: Call, registry: Registry) -> str:
    lpu_code, doctor_id = needed(call, "lpuCode"), number(call, "doctorId")
    slots = registry.schedule(lpu_code, doctor_id, day(call, "dateFrom"), day(call, "dateTo"))
    return _schedule(call, rows_of(slots, registry.settings.date_style), registry.world.doctor(lpu_code, doctor_id))


def _create_appointment(call: Call, registry: Registry) -> str:
    doctor = registry.world.doctor(needed(call, "lpuCode"), number(call, "doctorId"))
    slot = registry.world.slot(doctor, needed(call, "slotId"))
    made = registry.book(slot, _patient(call), client_ref=call.arguments.get("clientRef") or None)
    return _response(
        "CreateAppointment",
        f"<AppointmentId>{made.id}</AppointmentId>"
        f"<StartTime>{instant(made.starts_at, registry.settings.date_style)}</StartTime>"
        f"<Ticket>{escape(made.ticket)}</Ticket>",
    )


def _find_appointments(call: Call, registry: Registry) -> str:
    rows = registry.find(needed(call, "lpuCode"), needed(call, "snils"), day(call, "dateFrom"), day(call, "dateTo"))
    return _appointments(rows, registry.settings.date_style)


def _cancel_appointment(call: Call, registry: Registry) -> str:
    reason = call.arguments.get("reason", "").strip()
    registry.cancel(needed(call, "lpuCode"), needed(call, "appointmentId"), needed(call, "snils"), reason)
    return _response("CancelAppointment", "<Cancelled>true</Cancelled>")


def _get_version(_call: Call, _registry: Registry) -> str:
    return _response("GetVersion", f"<Version>{VERSION}</Version>")


_WORKS: dict[str, Work] = {
    "GetSchedule": _get_schedule,
    "CreateAppointment": _create_appointment,
    "FindAppointments": _find_appointments,
    "CancelAppointment": _cancel_appointment,
    "GetVersion": _get_version,
}


def _patient(call: Call) -> Patient:
    given = call.patient
    return Patient(
        last_name=given.get("lastName", ""),
        first_name=given.get("firstName", ""),
        middle_name=given.get("middleName"),
        birth_date=given.get("birthDate", ""),
        snils=given.get("snils", ""),
        oms=given.get("oms", ""),
    )


def _schedule(call: Call, rows: Iterable[Row], doctor: Doctor | None = None) -> str:
    inner = "".join(
        f"<a:ScheduleSlot><a:EndTime>{row.end}</a:EndTime><a:IsFree>{'true' if row.is_free else 'false'}</a:IsFree>"
        + (f"<a:Room>{escape(row.room)}</a:Room>" if row.room else "")
        + (f"<a:SlotId>{escape(row.slot_id)}</a:SlotId>" if row.slot_id else '<a:SlotId i:nil="true"/>')
        + f"<a:StartTime>{row.start}</a:StartTime></a:ScheduleSlot>"
        for row in rows
    )
    arguments = call.arguments
    return _response(
        "GetSchedule",
        f"<GetScheduleResult {_NAMESPACES}><a:DoctorId>{escape(arguments.get('doctorId', ''))}</a:DoctorId>"
        + (f"<a:DoctorName>{escape(doctor.name)}</a:DoctorName>" if doctor else "")
        + f"<a:LpuCode>{escape(arguments.get('lpuCode', ''))}</a:LpuCode><a:Slots>{inner}</a:Slots>"
        + (f"<a:Specialty>{escape(doctor.specialty)}</a:Specialty>" if doctor else "")
        + "</GetScheduleResult>",
    )


def _appointments(rows: Iterable[Appointment], style: str) -> str:
    inner = "".join(_appointment(row, style) for row in rows)
    return _response("FindAppointments", f"<FindAppointmentsResult {_NAMESPACES}>{inner}</FindAppointmentsResult>")


def _appointment(row: Appointment, style: str) -> str:
    ref = (
        '<a:ClientRef i:nil="true"/>'
        if row.client_ref is None
        else f"<a:ClientRef>{escape(row.client_ref)}</a:ClientRef>"
    )
    return (
        f"<a:Appointment><a:AppointmentId>{row.id}</a:AppointmentId>{ref}"
        f"<a:CreatedAt>{instant(row.created_at, style)}</a:CreatedAt><a:DoctorId>{row.doctor_id}</a:DoctorId>"
        f"<a:SlotId>{row.slot_id}</a:SlotId><a:StartTime>{instant(row.starts_at, style)}</a:StartTime>"
        f"<a:State>{row.state}</a:State><a:Ticket>{escape(row.ticket)}</a:Ticket></a:Appointment>"
    )


def _response(operation: str, inner: str) -> str:
    return f'<{operation}Response xmlns="{SERVICE}">{inner}</{operation}Response>'
