"""From a call to the registry and back to a reply."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from simulator.emias import rendering
from simulator.emias.ledger import Patient
from simulator.emias.refusals import RefusalError
from simulator.emias.registry import Registry
from simulator.emias.wire import Call, Reply, refusal_reply, success_reply, untyped_fault

__all__ = ["VERSION", "carry_out"]

VERSION = "4.18.0"
_DATE_LENGTH = len("2026-11-23")


def carry_out(call: Call, registry: Registry) -> Reply:
    """Do what the call asks; a refusal becomes the typed fault."""
    operation = _OPERATIONS.get(call.operation)
    if operation is None:
        return untyped_fault(call.version, "ActionNotSupported", "The message cannot be processed at the receiver.")
    try:
        return success_reply(call, operation(call, registry))
    except RefusalError as refusal:
        return refusal_reply(call, refusal)


def _get_schedule(call: Call, registry: Registry) -> str:
    lpu_code, doctor_id = _text(call, "lpuCode"), _number(call, "doctorId")
    slots = registry.schedule(lpu_code, doctor_id, _date(call, "dateFrom"), _date(call, "dateTo"))
    return rendering.schedule(registry.world.doctor(lpu_code, doctor_id), slots, registry.settings.date_style)


def _create_appointment(call: Call, registry: Registry) -> str:
    doctor = registry.world.doctor(_text(call, "lpuCode"), _number(call, "doctorId"))
    slot = registry.world.slot(doctor, _text(call, "slotId"))
    appointment = registry.book(slot, _patient(call), client_ref=call.arguments.get("clientRef") or None)
    return rendering.created(appointment, registry.settings.date_style)


def _find_appointments(call: Call, registry: Registry) -> str:
    rows = registry.find(_text(call, "lpuCode"), _text(call, "snils"), _date(call, "dateFrom"), _date(call, "dateTo"))
    return rendering.appointments(rows, registry.settings.date_style)


def _cancel_appointment(call: Call, registry: Registry) -> str:
    registry.cancel(
        _text(call, "lpuCode"),
        _text(call, "appointmentId"),
        _text(call, "snils"),
        call.arguments.get("reason", "").strip(),
    )
    return rendering.cancelled()


def _get_version(_call: Call, _registry: Registry) -> str:
    return rendering.version(VERSION)


_OPERATIONS: dict[str, Callable[[Call, Registry], str]] = {
    "GetSchedule": _get_schedule,
    "CreateAppointment": _create_appointment,
    "FindAppointments": _find_appointments,
    "CancelAppointment": _cancel_appointment,
    "GetVersion": _get_version,
}


def _patient(call: Call) -> Patient:
    members = call.patient
    return Patient(
        last_name=members.get("lastName", ""),
        first_name=members.get("firstName", ""),
        middle_name=members.get("middleName"),
        birth_date=members.get("birthDate", ""),
        snils=members.get("snils", ""),
        oms=members.get("oms", ""),
    )


def _text(call: Call, name: str) -> str:
    value = call.arguments.get(name, "").strip()
    if not value:
        raise RefusalError("VALIDATION", name)
    return value


def _number(call: Call, name: str) -> int:
    try:
        return int(_text(call, name))
    except ValueError as error:
        raise RefusalError("VALIDATION", name) from error


def _date(call: Call, name: str) -> date:
    try:
        return date.fromisoformat(_text(call, name)[:_DATE_LENGTH])
    except ValueError as error:
        raise RefusalError("VALIDATION", name) from error
