"""The seed's information as JSON over HTTP: an API key in a header, refusals as HTTP errors with a code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from simulator.emias.call import Call, Received, Reply, UnreadableCallError
from simulator.emias.faces.face import Row, day, needed, number, rows_of
from simulator.emias.faces.shapes import JsonShape, Shape
from simulator.emias.instants import instant, month_later
from simulator.emias.ledger import Appointment, Patient
from simulator.emias.refusals import RefusalError
from simulator.emias.registry import VERSION, Registry

__all__ = ["API_KEY", "SeedRestFace"]

API_KEY = "rest-key-of-the-stand-in"
_MEDIA = "application/json; charset=utf-8"
_ADDRESSES = (
    ("GET", re.compile(r"version"), "GetVersion"),
    ("GET", re.compile(r"institutions/(?P<lpuCode>[^/]+)/doctors/(?P<doctorId>[^/]+)/slots"), "GetSchedule"),
    ("POST", re.compile(r"appointments"), "CreateAppointment"),
    ("POST", re.compile(r"appointments/search"), "FindAppointments"),
    ("POST", re.compile(r"appointments/(?P<appointmentId>[^/]+)/cancel"), "CancelAppointment"),
)
_STATUSES = {"VALIDATION": 422, "ACCESS_DENIED": 403, "SLOT_NOT_FOUND": 404, "APPOINTMENT_NOT_FOUND": 404}
_SERVER_ERROR = 500
_ANOTHER_DOCTOR = "99999"


class SeedRestFace:
    """The REST twin of ScheduleService."""

    name = "seed-rest"
    path = "/rest/v1"
    shape: Shape = JsonShape()

    def read(self, received: Received) -> Call:
        """Find the operation by method and path, its arguments in path, query and body."""
        if received.headers.get("X-Api-Key") != API_KEY:
            raise UnreadableCallError(401)
        for method, address, operation in _ADDRESSES:
            found = address.fullmatch(received.tail)
            if found and method == received.method:
                body = _body(received)
                told = {**received.query, **{name: str(value) for name, value in body.items() if _is_scalar(value)}}
                named = {"from": "dateFrom", "to": "dateTo"}
                arguments = {named.get(name, name): value for name, value in told.items()}
                return Call("REST", operation, {**arguments, **found.groupdict()}, _patient_of(body))
        raise UnreadableCallError(404)

    def carry_out(self, call: Call, registry: Registry) -> Reply:
        """Answer a result or the refusal."""
        try:
            return _reply(_DOINGS[call.operation](call, registry))
        except RefusalError as refusal:
            return self.refuse(call, refusal)

    def refuse(self, call: Call, refusal: RefusalError) -> Reply:  # noqa: ARG002 - the same for each operation
        """Write the error's body under a status of its own."""
        status = _SERVER_ERROR if refusal.code == "INTERNAL" else _STATUSES.get(refusal.code, 409)
        error = {"code": refusal.code, "message": refusal.message, "field": refusal.field}
        return Reply(status, _MEDIA, json.dumps({"error": error}, ensure_ascii=False), refusal.code)

    def fail(self, call: Call) -> Reply:  # noqa: ARG002 - the same for each operation
        """Answer 500 without a code."""
        return Reply(_SERVER_ERROR, _MEDIA, '{"title":"Internal Server Error"}', "InternalServerError")

    def frame(self, call: Call) -> tuple[str, str]:  # noqa: ARG002 - the same for each operation
        """Open and close an object."""
        return "{", '"end":0}'

    def media(self, call: Call) -> str:  # noqa: ARG002 - the same for each operation
        """Answer JSON."""
        return _MEDIA

    def schedule(self, call: Call, rows: Sequence[Row]) -> Reply:
        """Answer about the doctor that was asked for."""
        return _reply(_schedule(call, rows))

    def relabel(self, text: str) -> str:
        """Name every member otherwise."""
        return re.sub(r'"(\w+)":', r'"v2_\1":', text)

    def belie(self, body: bytes) -> bytes:
        """Change the doctor, the appointment and its start."""
        text = re.sub(rb'"doctorId": "\d+"', b'"doctorId": "%s"' % _ANOTHER_DOCTOR.encode(), body)
        document = json.loads(text)
        if isinstance(document, dict) and "appointment" in document:
            made = document["appointment"]
            document["appointment"] = {**made, "id": "AP-9999999", "start": month_later(made["start"])}
        return json.dumps(document, ensure_ascii=False).encode()

    def document(self, part: str, address: str) -> bytes | None:  # noqa: ARG002 - no WSDL
        """Publish nothing."""
        return None


def _body(received: Received) -> dict[str, Any]:
    if not received.body:
        return {}
    if received.content_type != "application/json":
        raise UnreadableCallError(415)
    try:
        body = json.loads(received.body)
    except ValueError as error:
        raise UnreadableCallError(400) from error
    if not isinstance(body, dict):
        raise UnreadableCallError(400)
    return body


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float)


def _patient_of(body: dict[str, Any]) -> dict[str, str]:
    given = body.get("patient")
    if not isinstance(given, dict):
        return {}
    oms = given.get("oms") or {}
    scalars = {name: str(value) for name, value in given.items() if _is_scalar(value)}
    return {**scalars, "oms": str(oms.get("number", "")) if isinstance(oms, dict) else ""}


def _get_schedule(call: Call, registry: Registry) -> object:
    lpu_code, doctor_id = needed(call, "lpuCode"), number(call, "doctorId")
    slots = registry.schedule(lpu_code, doctor_id, day(call, "dateFrom"), day(call, "dateTo"))
    doctor = registry.world.doctor(lpu_code, doctor_id)
    hint = {"doctorName": doctor.name, "specialty": doctor.specialty}
    return {**_schedule(call, rows_of(slots, registry.settings.date_style)), **hint}


def _create_appointment(call: Call, registry: Registry) -> object:
    doctor = registry.world.doctor(needed(call, "lpuCode"), number(call, "doctorId"))
    slot = registry.world.slot(doctor, needed(call, "slotId"))
    made = registry.book(slot, _patient(call), client_ref=call.arguments.get("clientRef") or None)
    return {"appointment": _appointment(made, registry.settings.date_style)}


def _find_appointments(call: Call, registry: Registry) -> object:
    rows = registry.find(needed(call, "lpuCode"), needed(call, "snils"), day(call, "dateFrom"), day(call, "dateTo"))
    return {"appointments": [_appointment(row, registry.settings.date_style) for row in rows]}


def _cancel_appointment(call: Call, registry: Registry) -> object:
    reason = call.arguments.get("reason", "").strip()
    registry.cancel(needed(call, "lpuCode"), needed(call, "appointmentId"), needed(call, "snils"), reason)
    return {"cancelled": True}


def _get_version(_call: Call, _registry: Registry) -> object:
    return {"version": VERSION}


_DOINGS = {
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
        birth_date=".".join(reversed(given.get("birthDate", "").split("-"))),
        snils=given.get("snils", ""),
        oms=given.get("oms", ""),
    )


def _schedule(call: Call, rows: Iterable[Row]) -> dict[str, object]:
    slots = [
        {"id": row.slot_id, "start": row.start, "end": row.end, "free": row.is_free, "room": row.room} for row in rows
    ]
    return {"lpuCode": call.arguments.get("lpuCode"), "doctorId": call.arguments.get("doctorId"), "slots": slots}


def _appointment(row: Appointment, style: str) -> dict[str, object]:
    return {
        "id": row.id,
        "ticket": row.ticket,
        "lpuCode": row.lpu_code,
        "doctorId": str(row.doctor_id),
        "slotId": row.slot_id,
        "start": instant(row.starts_at, style),
        "createdAt": instant(row.created_at, style),
        "clientRef": row.client_ref,
        "state": row.state.lower(),
    }


def _reply(document: object) -> Reply:
    return Reply(200, _MEDIA, json.dumps(document, ensure_ascii=False))
