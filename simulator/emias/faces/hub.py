"""A regional hub in WCF's manner: numbers for institutions, patients looked up first, errors inside the result.

A booking's id is not told when it is made; it stands in the patient's history, and is not the slot's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from xml.sax.saxutils import escape

from lxml import etree

from simulator.emias.call import Call, Received, Reply
from simulator.emias.faces.face import Row, Work, day, needed, rows_of, work_of
from simulator.emias.faces.shapes import Shape, XmlShape
from simulator.emias.instants import instant, month_later
from simulator.emias.ledger import Appointment, Patient
from simulator.emias.publication import published
from simulator.emias.refusals import RefusalError
from simulator.emias.registry import VERSION, Registry
from simulator.emias.soap import SoapVersion, fault, members, read_envelope, wrap
from simulator.emias.world import Slot

__all__ = ["GUID", "HubFace"]

GUID = "6F1A2C34-0000-4000-8000-0000000000A1"
_SERVICE = "http://tempuri.org/"
_DATA = "http://schemas.datacontract.org/2004/07/HubService2"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NAMES = {
    "CheckPatient": "IdentifyPatient",
    "GetAvaibleAppointments": "GetSchedule",
    "SetAppointment": "CreateAppointment",
    "GetPatientHistory": "FindAppointments",
    "CreateClaimForRefusal": "CancelAppointment",
    "GetVersion": "GetVersion",
}
_THEIRS = {ours: theirs for theirs, ours in _NAMES.items()}
_OTHER = "99"
_CODES = {
    "ACCESS_DENIED": "1",
    "VALIDATION": "4",
    "PATIENT_DATA_MISMATCH": "22",
    "AGE_OR_SEX": "34",
    "PATIENT_ALREADY_BOOKED": "35",
    "NOT_ATTACHED": "36",
    "REFERRAL_REQUIRED": "37",
    "SLOT_NOT_FOUND": "38",
    "SLOT_TAKEN": "39",
    "SLOT_LOCKED": "39",
    "APPOINTMENT_NOT_FOUND": "75",
    "ALREADY_CANCELLED": "75",
}
_ARGUMENTS = {
    "idDoc": "doctorId",
    "visitStart": "dateFrom",
    "visitEnd": "dateTo",
    "idAppointment": "slotId",
    "doctorsReferal": "referral",
}
_DOCTOR = "D-"


class HubFace:
    """HubService."""

    name = "hub-like"
    path = "/HubService.svc"
    shape: Shape = XmlShape()

    def read(self, received: Received) -> Call:
        """Read an envelope and turn its names and numbers into the world's."""
        version, payload = read_envelope(received.content_type, received.body)
        name = etree.QName(payload)
        told = members(payload)
        arguments = {_ARGUMENTS.get(key, key): value for key, value in told.items()}
        if told.get("idLpu", "").isdigit():
            arguments["lpuCode"] = f"{int(told['idLpu']):04d}"
        arguments["doctorId"] = told.get("idDoc", told.get("idAppointment", "").partition("-")[0]).removeprefix(_DOCTOR)
        operation = _NAMES.get(name.localname, "") if name.namespace == _SERVICE else ""
        return Call(version.name, operation, arguments, members(payload.find(f"{{{_SERVICE}}}pat")))

    def carry_out(self, call: Call, registry: Registry) -> Reply:
        """Answer a result that says whether it succeeded."""
        if not call.operation:
            return self.fail(call)
        try:
            _check_guid(call)
            return self._answer(call, work_of(_WORKS, call)(call, registry), "ok", succeeded=True)
        except RefusalError as refusal:
            return self.refuse(call, refusal)

    def refuse(self, call: Call, refusal: RefusalError) -> Reply:
        """Write the error into the result, with status 200; what has no number of its own is 99 with a text."""
        code = _CODES.get(refusal.code, _OTHER)
        error = (
            f"<a:ErrorList><a:Error><a:ErrorDescription>{escape(refusal.message)}</a:ErrorDescription>"
            f"<a:IdError>{code}</a:IdError></a:Error></a:ErrorList>"
        )
        return self._answer(call, error, refusal.code, succeeded=False)

    def fail(self, call: Call) -> Reply:
        """Write a fault without detail."""
        text = "The server was unable to process the request due to an internal error."
        return fault(SoapVersion[call.spoken], "Server", "InternalServiceFault", text, "", "InternalServiceFault")

    def frame(self, call: Call) -> tuple[str, str]:
        """Open and close the response element."""
        name = _THEIRS.get(call.operation, "GetVersion")
        version = SoapVersion[call.spoken].value
        opened = f'<s:Envelope xmlns:s="{version}"><s:Body><{name}Response xmlns="{_SERVICE}">'
        return opened, f"</{name}Response></s:Body></s:Envelope>"

    def media(self, call: Call) -> str:
        """Follow the version of the call."""
        return SoapVersion[call.spoken].content_type

    def schedule(self, call: Call, rows: Sequence[Row]) -> Reply:
        """Answer these slots; the reply names no doctor."""
        return self._answer(call, _slots(rows), "ok", succeeded=True)

    def relabel(self, text: str) -> str:
        """Move the answer's elements into the namespaces of another version of the service."""
        return text.replace(f'"{_SERVICE}"', '"http://tempuri.org/v2/"').replace(_DATA, f"{_DATA}.V2")

    def belie(self, body: bytes) -> bytes:
        """Change ids and starts, wherever they stand."""
        root = etree.fromstring(body)
        for element in root.iter(f"{{{_DATA}}}IdDoc"):
            element.text = "D-99999"
        for element in root.iter(f"{{{_DATA}}}VisitStart"):
            element.text = month_later(element.text or "")
        return etree.tostring(root, encoding="utf-8")

    def document(self, part: str, address: str) -> bytes | None:
        """Publish the WSDL and its schemas."""
        return published("hub_like", "HubService.wsdl", part, address)

    def _answer(self, call: Call, inner: str, outcome: str, *, succeeded: bool) -> Reply:
        name = _THEIRS[call.operation]
        errors, rest = ('<a:ErrorList i:nil="true"/>', inner) if succeeded else (inner, "")
        payload = (
            f'<{name}Response xmlns="{_SERVICE}"><{name}Result xmlns:a="{_DATA}" xmlns:i="{_XSI}">{errors}'
            f"<a:IdHistory>7001</a:IdHistory><a:Success>{'true' if succeeded else 'false'}</a:Success>{rest}"
            f"</{name}Result></{name}Response>"
        )
        return wrap(SoapVersion[call.spoken], payload, outcome=outcome)


def _check_guid(call: Call) -> None:
    if call.operation != "GetVersion" and call.arguments.get("guid") != GUID:
        raise RefusalError("ACCESS_DENIED", "guid")


def _check_patient(call: Call, registry: Registry) -> str:
    registry.world.institution(needed(call, "lpuCode"))
    given = call.patient
    patient = Patient(
        last_name=given.get("Surname", ""),
        first_name=given.get("Name", ""),
        middle_name=given.get("SecondName"),
        birth_date=_dotted(given.get("Birthday", "")),
        snils=given.get("Snils", ""),
        oms=given.get("Polis_N", ""),
    )
    return f"<a:IdPat>{registry.identify(patient)}</a:IdPat>"


def _get_schedule(call: Call, registry: Registry) -> str:
    doctor_id = call.arguments["doctorId"]
    if not doctor_id.isdigit():
        raise RefusalError("VALIDATION", "idDoc")
    lpu_code, first, last = needed(call, "lpuCode"), day(call, "dateFrom"), day(call, "dateTo")
    slots = (slot for slot in registry.schedule(lpu_code, int(doctor_id), first, last) if slot.is_free)
    return _slots(rows_of(slots, registry.settings.date_style))


def _set_appointment(call: Call, registry: Registry) -> str:
    patient = registry.card(needed(call, "idPat"))
    registry.book(_slot(call, registry), patient)
    return '<a:Type i:nil="true"/>'


def _slot(call: Call, registry: Registry) -> Slot:
    doctor_id = call.arguments["doctorId"]
    if not doctor_id.isdigit():
        raise RefusalError("SLOT_NOT_FOUND", "idAppointment")
    return registry.world.slot(registry.world.doctor(needed(call, "lpuCode"), int(doctor_id)), needed(call, "slotId"))


def _get_history(call: Call, registry: Registry) -> str:
    snils = registry.card(needed(call, "idPat")).snils
    rows = registry.find(needed(call, "lpuCode"), snils, date.min, date.max)
    style = registry.settings.date_style
    refused = _history("Refusal", (row for row in rows if not row.is_active), style)
    return refused + _history("Visit", (row for row in rows if row.is_active), style)


def _create_claim(call: Call, registry: Registry) -> str:
    snils = registry.card(needed(call, "idPat")).snils
    registry.cancel(needed(call, "lpuCode"), needed(call, "slotId"), snils, "claim")
    return ""


def _get_version(_call: Call, _registry: Registry) -> str:
    return f"<a:Version>{VERSION}</a:Version>"


_WORKS: dict[str, Work] = {
    "IdentifyPatient": _check_patient,
    "GetSchedule": _get_schedule,
    "CreateAppointment": _set_appointment,
    "FindAppointments": _get_history,
    "CancelAppointment": _create_claim,
    "GetVersion": _get_version,
}


def _dotted(birthday: str) -> str:
    return ".".join(reversed(birthday[:10].split("-")))


def _slots(rows: Iterable[Row]) -> str:
    inner = "".join(
        "<a:Appointment>"
        + (
            f"<a:IdAppointment>{escape(row.slot_id)}</a:IdAppointment>"
            if row.slot_id
            else '<a:IdAppointment i:nil="true"/>'
        )
        + (f"<a:Room>{escape(row.room)}</a:Room>" if row.room else "")
        + f"<a:VisitEnd>{row.end}</a:VisitEnd><a:VisitStart>{row.start}</a:VisitStart></a:Appointment>"
        for row in rows
    )
    return f"<a:ListAppointments>{inner}</a:ListAppointments>" if inner else '<a:ListAppointments i:nil="true"/>'


def _history(kind: str, rows: Iterable[Appointment], style: str) -> str:
    inner = "".join(
        f"<a:History{kind}><a:DateCreatedAppointment>{instant(row.created_at, style)}</a:DateCreatedAppointment>"
        f"<a:DoctorRendingConsultation><a:IdDoc>{_DOCTOR}{row.doctor_id}</a:IdDoc></a:DoctorRendingConsultation>"
        f"<a:IdAppointment>{row.id}</a:IdAppointment>"
        f"<a:VisitStart>{instant(row.starts_at, style)}</a:VisitStart></a:History{kind}>"
        for row in rows
    )
    return f"<a:ListHistory{kind}>{inner}</a:ListHistory{kind}>" if inner else ""
