"""The federal registry in its second version: a session of the caller's, a status in each result, no look-up.

Institutions are OIDs, doctors are SNILS, slots are GUIDs without an end.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from lxml import etree

from simulator.emias.call import Call, Received, Reply
from simulator.emias.faces.face import Row, Work, day, needed, rows_of, work_of
from simulator.emias.faces.shapes import Shape, XmlShape
from simulator.emias.instants import instant, month_later
from simulator.emias.ledger import Patient
from simulator.emias.numbers import with_control
from simulator.emias.publication import published
from simulator.emias.refusals import RefusalError
from simulator.emias.registry import Registry
from simulator.emias.soap import SoapVersion, fault, members, read_envelope, wrap
from simulator.roster import INSTITUTIONS

__all__ = ["FerFace", "oid_of", "slot_guid", "specialist_snils"]

_NS = "http://www.rt-eu.ru/med/er/v2_0"
_OID = "1.2.643.5.1.13.13.12.2.77."
_NAMES = {
    "GetPatientInfo": "IdentifyPatient",
    "GetMOInfoExtended": "GetVersion",
    "GetScheduleInfo": "GetSchedule",
    "CreateAppointment": "CreateAppointment",
    "CancelAppointment": "CancelAppointment",
}
_THEIRS = {ours: theirs for theirs, ours in _NAMES.items()}
_WITH_STATUS = frozenset({"CreateAppointment", "CancelAppointment"})
_CODES = {
    "SLOT_TAKEN": "APPOINT_TIME_IS_BUSY",
    "SLOT_LOCKED": "APPOINT_TIME_IS_LOCKED",
    "SLOT_NOT_FOUND": "APPOINT_SLOT_NOT_FOUND",
    "SLOT_IN_PAST": "APPOINT_VISIT_TIME_HAS_PASSED",
    "PATIENT_ALREADY_BOOKED": "APPOINT_PATIENT_REGISTERED_SPECIALIST",
    "PATIENT_BUSY": "APPOINT_PATIENT_REGISTERED_OTHER_SPECIALIST",
    "AGE_OR_SEX": "APPOINT_TIME_AVAILABLE_PATIENT_OTHER_AGE",
    "LIMIT_REACHED": "APPOINT_LIMIT_EXCEEDED",
    "NOT_ATTACHED": "PATIENT_NOT_ATTACHED",
    "POLICY_INVALID": "PATIENT_OMS_INVALID",
    "VALIDATION": "VALIDATION_ERROR",
    "APPOINTMENT_NOT_FOUND": "BOOK_NOT_FOUND",
    "ALREADY_CANCELLED": "BOOK_ALREADY_CANCELED",
    "CANCEL_TOO_LATE": "BOOK_CANCEL_TIME_IS_OVER",
    "SESSION_EXPIRED": "ERROR_SESSION_TIMED_OUT",
    "INTERNAL": "ERROR_INTERNAL",
}
_REASONS = {"CANCELED_BY_PATIENT", "ERROR_DATA_MIS", "RECORD_NOT_CREATED_AT_EPGU", "DATA_TRANSFER_ERROR_AT_EPGU"}


class FerFace:
    """The registry's service; callers speak SOAP 1.1."""

    name = "fer-like"
    path = "/er/v2"
    shape: Shape = XmlShape()

    def read(self, received: Received) -> Call:
        """Read an envelope and turn its OIDs, SNILS and GUIDs into the world's names."""
        version, payload = read_envelope(received.content_type, received.body)
        name = etree.QName(payload)
        operation = _NAMES.get(name.localname.removesuffix("Request"), "") if name.namespace == _NS else ""
        told = members(payload)
        arguments = {
            **told,
            "lpuCode": told.get("MO_OID", "").removeprefix(_OID),
            "dateFrom": told.get("Start_Date_Range", ""),
            "dateTo": told.get("End_Date_Range", ""),
            "doctorId": told.get("Specialist_SNILS", "")[1:9].lstrip("0"),
        }
        if "Slot_Id" in told:
            arguments["doctorId"], arguments["slotId"] = _slot_of(told["Slot_Id"])
        patient = members(payload.find(f"{{{_NS}}}Patient_Data"))
        return Call(version.name, operation, arguments, patient, told.get("Session_ID", ""))

    def carry_out(self, call: Call, registry: Registry) -> Reply:
        """Answer a result, or the error in it."""
        if not call.operation:
            return self.fail(call)
        try:
            needed(call, "Session_ID")
            return self._answer(call, work_of(_WORKS, call)(call, registry), "ok")
        except RefusalError as refusal:
            return self.refuse(call, refusal)

    def refuse(self, call: Call, refusal: RefusalError) -> Reply:
        """Write a status into answers that have one, an error into the others, both with status 200."""
        code, text = _CODES.get(refusal.code, refusal.code), escape(refusal.message)
        if call.operation in _WITH_STATUS:
            inner = f"<Status><Status_Code>{code}</Status_Code><Comment>{text}</Comment></Status>"
        else:
            blamed = f"<Path>{escape(refusal.field)}</Path>" if refusal.field else ""
            inner = (
                f"<Error><Error_Code>{code}</Error_Code><Error_Message>{text}</Error_Message>"
                f"<Validation_Error><Message>{text}</Message>{blamed}</Validation_Error></Error>"
            )
        return self._answer(call, inner, refusal.code)

    def fail(self, call: Call) -> Reply:
        """Write a fault without detail."""
        return fault(SoapVersion[call.spoken], "Server", "", "Internal error", "", "Server")

    def frame(self, call: Call) -> tuple[str, str]:
        """Open and close the response element."""
        name = _THEIRS.get(call.operation, "GetMOInfoExtended")
        version = SoapVersion[call.spoken].value
        opened = f'<s:Envelope xmlns:s="{version}"><s:Body><{name}Response xmlns="{_NS}">'
        return opened, f"</{name}Response></s:Body></s:Envelope>"

    def media(self, call: Call) -> str:
        """Follow the version of the call."""
        return SoapVersion[call.spoken].content_type

    def schedule(self, call: Call, rows: Sequence[Row]) -> Reply:
        """Answer these slots, or the error that says that there are none."""
        if not rows:
            return self.refuse(call, RefusalError("NO_SLOTS"))
        return self._answer(call, _slots(rows), "ok")

    def relabel(self, text: str) -> str:
        """Move the answer's elements into the namespace of another version of the service."""
        return text.replace(_NS, "http://www.rt-eu.ru/med/er/v3_0")

    def belie(self, body: bytes) -> bytes:
        """Change the ids and the time of what was made."""
        root = etree.fromstring(body)
        for element in root.iter(f"{{{_NS}}}Book_Id_Mis"):
            element.text = "AP-9999999"
        for element in root.iter(f"{{{_NS}}}Visit_Time"):
            element.text = month_later(element.text or "")
        return etree.tostring(root, encoding="utf-8")

    def document(self, part: str, address: str) -> bytes | None:
        """Publish the WSDL and its schema."""
        return published("fer_like", "er.wsdl", part, address)

    def _answer(self, call: Call, inner: str, outcome: str) -> Reply:
        name = _THEIRS[call.operation]
        told = f"<Session_ID>{escape(call.session)}</Session_ID>{inner}"
        payload = f'<{name}Response xmlns="{_NS}">{told}</{name}Response>'
        return wrap(SoapVersion[call.spoken], payload, outcome=outcome)


def oid_of(lpu_code: str) -> str:
    """Return an institution's OID."""
    return f"{_OID}{lpu_code}"


def specialist_snils(doctor_id: int) -> str:
    """Return a doctor's made-up SNILS, its control number right."""
    return with_control(f"2{doctor_id:08d}")


def slot_guid(slot_id: str) -> str:
    """Return a slot's GUID, from which the slot can be told again."""
    owner, place, generation = slot_id.split("-")
    return str(uuid.UUID(int=(int(owner) << 64) | (int(place, 16) << 16) | int(generation)))


def _slot_of(guid: str) -> tuple[str, str]:
    try:
        packed = uuid.UUID(guid).int
    except ValueError:
        return "", ""
    owner, place, generation = packed >> 64, (packed >> 16) & (2**48 - 1), packed & (2**16 - 1)
    return str(owner), f"{owner}-{place:x}-{generation}"


def _get_patient(call: Call, registry: Registry) -> str:
    given = call.patient
    if given.get("Sex") not in {"F", "M"}:
        raise RefusalError("VALIDATION", "Patient_Data.Sex")
    patient = Patient(
        last_name=given.get("Last_Name", ""),
        first_name=given.get("First_Name", ""),
        middle_name=given.get("Middle_Name"),
        birth_date=".".join(reversed(given.get("Birth_Date", "").split("-"))),
        snils=given.get("SNILS", ""),
        oms=given.get("OMS_Number", ""),
    )
    card = registry.identify(patient)
    registry.sessions[call.session] = card
    return f"<Patient_Id>{card}</Patient_Id>"


def _get_organisations(_call: Call, _registry: Registry) -> str:
    return "".join(
        f"<MO><MO_Id>{code}</MO_Id><MO_OID>{oid_of(code)}</MO_OID><MO_Name>{escape(name)}</MO_Name></MO>"
        for code, name in INSTITUTIONS.items()
    )


def _get_schedule(call: Call, registry: Registry) -> str:
    lpu_code, doctor_id = needed(call, "lpuCode"), int(call.arguments["doctorId"] or 0)
    slots = registry.schedule(lpu_code, doctor_id, day(call, "dateFrom"), day(call, "dateTo"))
    rows = rows_of((slot for slot in slots if slot.is_free), _style(registry))
    if not rows:
        raise RefusalError("NO_SLOTS")
    return _slots(rows)


def _create_appointment(call: Call, registry: Registry) -> str:
    card = registry.sessions.get(call.session)
    if card is None:
        raise RefusalError("SESSION_EXPIRED")
    doctor = registry.world.doctors.get(int(call.arguments["doctorId"] or 0))
    if doctor is None:
        raise RefusalError("SLOT_NOT_FOUND", "Slot_Id")
    made = registry.book(registry.world.slot(doctor, call.arguments["slotId"]), registry.card(card))
    return (
        f"<Book_Id_Mis>{made.id}</Book_Id_Mis><Status><Status_Code>SUCCESS</Status_Code></Status>"
        f"<Slot_Id>{call.arguments['Slot_Id']}</Slot_Id>"
        f"<Visit_Time>{instant(made.starts_at, _style(registry))}</Visit_Time><Room>{escape(doctor.room)}</Room>"
    )


def _cancel_appointment(call: Call, registry: Registry) -> str:
    """Cancel whoever's appointment it is: the contract does not say whose."""
    reason = call.arguments.get("Canceled_Reason", "")
    if reason not in _REASONS:
        raise RefusalError("VALIDATION", "Canceled_Reason")
    row = registry.ledger.get(needed(call, "Book_Id_Mis"))
    if row is None:
        raise RefusalError("APPOINTMENT_NOT_FOUND", "Book_Id_Mis")
    registry.cancel(row.lpu_code, row.id, row.patient.snils, reason)
    return "<Status><Status_Code>SUCCESS</Status_Code></Status>"


_WORKS: dict[str, Work] = {
    "IdentifyPatient": _get_patient,
    "GetVersion": _get_organisations,
    "GetSchedule": _get_schedule,
    "CreateAppointment": _create_appointment,
    "CancelAppointment": _cancel_appointment,
}


def _style(registry: Registry) -> str:
    """Follow the settings as far as the contract lets: an instant has an offset."""
    return "local" if registry.settings.date_style == "naive" else registry.settings.date_style


def _slots(rows: Iterable[Row]) -> str:
    inner = "".join(
        "<Slots>"
        + (f"<Slot_Id>{_guid(row.slot_id)}</Slot_Id>" if row.slot_id else "")
        + f"<VisitTime>{row.start}</VisitTime>"
        + (f"<Room>{escape(row.room)}</Room>" if row.room else "")
        + "</Slots>"
        for row in rows
    )
    return f"<Schedule>{inner}</Schedule>"


def _guid(slot_id: str) -> str:
    return slot_guid(slot_id) if slot_id.count("-") == 2 else slot_id  # noqa: PLR2004 - a made-up one has other parts
