"""The response elements of the contract, as text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from simulator.emias.ledger import Appointment
from simulator.emias.wire import DATA_CONTRACT, SERVICE
from simulator.emias.world import MOSCOW, Slot
from simulator.roster import Doctor

__all__ = ["appointments", "cancelled", "created", "instant", "schedule", "version"]

_WHOLE_SECONDS = len("2026-11-23T08:00:00")
_NAMESPACES = f'xmlns:a="{DATA_CONTRACT}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'


def instant(moment: datetime, style: str) -> str:
    """Write an instant as a .NET date of kind Local, Unspecified ("naive", Moscow's clock) or Utc."""
    moment = moment.astimezone(UTC if style == "utc" else MOSCOW)
    fraction = f".{moment.microsecond * 10:07d}" if moment.microsecond else ""
    offset = {"utc": "Z", "naive": "", "local": "+03:00"}[style]
    return f"{moment.isoformat()[:_WHOLE_SECONDS]}{fraction}{offset}"


def schedule(doctor: Doctor, slots: Iterable[Slot], style: str) -> str:
    """Render a doctor's slots."""
    room = escape(doctor.room)
    rows = "".join(
        f"<a:ScheduleSlot><a:EndTime>{instant(slot.ends_at, style)}</a:EndTime>"
        f"<a:IsFree>{'true' if slot.is_free else 'false'}</a:IsFree><a:Room>{room}</a:Room>"
        f"<a:SlotId>{slot.id}</a:SlotId><a:StartTime>{instant(slot.starts_at, style)}</a:StartTime></a:ScheduleSlot>"
        for slot in slots
    )
    return _response(
        "GetSchedule",
        f"<GetScheduleResult {_NAMESPACES}><a:DoctorId>{doctor.emias_id}</a:DoctorId>"
        f"<a:LpuCode>{doctor.lpu_code}</a:LpuCode><a:Slots>{rows}</a:Slots></GetScheduleResult>",
    )


def created(appointment: Appointment, style: str) -> str:
    """Render the receipt of a new appointment."""
    return _response(
        "CreateAppointment",
        f"<AppointmentId>{appointment.id}</AppointmentId><StartTime>{instant(appointment.starts_at, style)}</StartTime>"
        f"<Ticket>{escape(appointment.ticket)}</Ticket>",
    )


def appointments(rows: Iterable[Appointment], style: str) -> str:
    """Render a patient's appointments."""
    inner = "".join(_appointment(row, style) for row in rows)
    return _response("FindAppointments", f"<FindAppointmentsResult {_NAMESPACES}>{inner}</FindAppointmentsResult>")


def cancelled() -> str:
    """Render the receipt of a cancellation."""
    return _response("CancelAppointment", "<Cancelled>true</Cancelled>")


def version(number: str) -> str:
    """Render the version of the installation."""
    return _response("GetVersion", f"<Version>{number}</Version>")


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
