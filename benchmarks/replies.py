"""Schedule replies as the contract of record writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from gateway.domain.moscow import MOSCOW
from gateway.domain.schedule import EmiasDoctorRef
from gateway.emias.reply import RawReply

__all__ = ["DATA_CONTRACT", "LPU_CODE", "doctor_ref", "raw_reply", "schedule_body", "starts"]

LPU_CODE: Final = "0101"
DATA_CONTRACT: Final = "http://schemas.datacontract.org/2004/07/Emias.Schedule"
_FIRST_ID: Final = 41_001
_OPENS: Final = time(8)
_STEP: Final = timedelta(minutes=12)


def doctor_ref(number: int) -> EmiasDoctorRef:
    """Name the doctor of a number from 0 on."""
    return EmiasDoctorRef(LPU_CODE, str(_FIRST_ID + number))


def starts(first: date, days: int, slots_a_day: int) -> Iterator[datetime]:
    """Walk over the starts of a schedule; every doctor has the same grid, as in a clinic."""
    for day in range(days):
        opens = datetime.combine(first + timedelta(days=day), _OPENS, MOSCOW)
        for place in range(slots_a_day):
            yield opens + place * _STEP


def schedule_body(doctor: EmiasDoctorRef, first: date, days: int, slots_a_day: int) -> bytes:
    """Write the whole envelope; every fourth slot is busy."""
    room = int(doctor.emias_doctor_id) % 400
    slots = "".join(
        f"<a:ScheduleSlot><a:EndTime>{_written(begin + _STEP)}</a:EndTime>"
        f"<a:IsFree>{'true' if number % 4 else 'false'}</a:IsFree><a:Room>каб. {room}</a:Room>"
        f"<a:SlotId>{doctor.emias_doctor_id}-{number:x}-0</a:SlotId>"
        f"<a:StartTime>{_written(begin)}</a:StartTime></a:ScheduleSlot>"
        for number, begin in enumerate(starts(first, days, slots_a_day))
    )
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        f'<GetScheduleResponse xmlns="http://tempuri.org/"><GetScheduleResult xmlns:a="{DATA_CONTRACT}">'
        f"<a:DoctorId>{doctor.emias_doctor_id}</a:DoctorId><a:LpuCode>{doctor.lpu_code}</a:LpuCode>"
        f"<a:Slots>{slots}</a:Slots></GetScheduleResult></GetScheduleResponse></s:Body></s:Envelope>"
    ).encode()


def raw_reply(body: bytes) -> RawReply:
    """Wrap an envelope as the transport hands it over."""
    return RawReply(200, "application/soap+xml", None, body)


def _written(instant: datetime) -> str:
    return instant.isoformat()
