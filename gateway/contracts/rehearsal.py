"""A whole booking on a test stand with its made-up patient: look, book, look up, cancel, and look again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from gateway.contracts.redaction import Redaction
from gateway.contracts.trial import Exchanges
from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import moscow_day
from gateway.domain.outcomes import (
    Booked,
    Cancelled,
    CancelOutcome,
    CreateOutcome,
    NotSent,
    Rejected,
    RemoteAppointment,
    Unknown,
)
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow
from gateway.ports import AppointmentRequest, Emias

__all__ = ["Rehearsal"]

_REASON: Final = "mistake"
_OK: Final = "ok"
_FAILED: Final = "FAILED"
_LEFT_OUT: Final = "left out"


class _Over(Exception):
    """A step failed, and those after it make no sense."""


@dataclass(slots=True)
class Rehearsal:
    """One run; `tell` hears each step as it ends, and what was said of a step that failed, or of all."""

    emias: Emias
    doctor: EmiasDoctorRef
    patient: Patient = field(repr=False)
    exchanges: Exchanges
    redaction: Redaction
    tell: Callable[[str], None]
    show_all: bool = False

    async def run(self) -> bool:
        """Go through all steps; True when each went as it should. An appointment that stays is told."""
        can = self.emias.capabilities(self.doctor.lpu_code)
        try:
            await self._probe()
            slot = await self._choose()
            self._step(_LEFT_OUT, "hold", "EMIAS holds nothing for us: on the site the gateway's own hold stands here")
            booked = await self._book(slot)
            found = None
            if can.lookup:
                found = await self._look_up(slot, active=True)
            else:
                self._step(_LEFT_OUT, "look up", "the contract has no such operation")
            appointment_id = booked.appointment_id or (found.appointment_id if found else None)
            if not can.cancel or appointment_id is None:
                self._step(_FAILED, "cancel", "cannot be done by the contract: CANCEL THIS APPOINTMENT BY HAND")
                return False
            await self._cancel(appointment_id)
            if can.lookup:
                await self._look_up(slot, active=False)
            await self._see_free(slot)
        except _Over:
            return False
        return True

    async def _probe(self) -> None:
        try:
            version = await self.emias.probe(self.doctor.lpu_code)
        except EmiasFailure as failure:
            raise self._fail("probe", str(failure)) from None
        self._step(_OK, "probe", f"answers as {version}")

    async def _slots(self, name: str) -> tuple[RemoteSlot, ...]:
        first = moscow_day(datetime.now(UTC)) + timedelta(days=1)
        days = self.emias.capabilities(self.doctor.lpu_code).horizon_days
        try:
            window = await self.emias.get_schedule(self.doctor, first, first + timedelta(days=days - 2))
        except EmiasFailure as failure:
            raise self._fail(name, str(failure)) from None
        return window.slots if isinstance(window, ScheduleWindow) else ()

    async def _choose(self) -> RemoteSlot:
        """Take the last free slot, which no visitor of the stand will want first."""
        slots = await self._slots("schedule")
        free = [slot for slot in slots if slot.is_free]
        if not free:
            raise self._fail("schedule", f"{len(slots)} slots, none free from tomorrow on: take another doctor")
        slot = max(free, key=lambda one: one.starts_at)
        self._step(_OK, "schedule", f"{len(slots)} slots, {len(free)} free; {slot.starts_at:%Y-%m-%d %H:%M} is taken")
        return slot

    async def _book(self, slot: RemoteSlot) -> Booked:
        request = AppointmentRequest(self.doctor, slot.emias_slot_id, slot.starts_at, self.patient, f"try-{uuid4()}")
        outcome = await self.emias.create_appointment(request)
        if isinstance(outcome, Booked):
            known = f"id {outcome.appointment_id}" if outcome.appointment_id else "without an id"
            self._step(_OK, "book", f"booked, {known}{f', ticket {outcome.ticket}' if outcome.ticket else ''}")
            return outcome
        if isinstance(outcome, Unknown):
            self._step(_FAILED, "book", f"{_told(outcome)}: it may have been booked")
            if self.emias.capabilities(self.doctor.lpu_code).lookup:
                await self._look_up(slot, active=True)
                raise self._fail("book", "it was booked, and its answer not understood: CANCEL IT BY HAND")
        raise self._fail("book", _told(outcome))

    async def _look_up(self, slot: RemoteSlot, *, active: bool) -> RemoteAppointment | None:
        day = moscow_day(slot.starts_at)
        try:
            listed = await self.emias.find_appointments(self.doctor.lpu_code, self.patient, day, day)
        except EmiasFailure as failure:
            raise self._fail("look up", str(failure)) from None
        ours = [one for one in listed if (one.starts_at, one.active) == (slot.starts_at, True)]
        ours = [one for one in ours if one.emias_doctor_id == self.doctor.emias_doctor_id]
        if bool(ours) is not active:
            raise self._fail("look up", "the appointment is not listed" if active else "it is listed as active still")
        self._step(_OK, "look up", "the appointment is listed" if active else "it is no longer active")
        return ours[0] if ours else None

    async def _cancel(self, appointment_id: str) -> None:
        outcome = await self.emias.cancel_appointment(self.doctor.lpu_code, appointment_id, self.patient, _REASON)
        if not isinstance(outcome, Cancelled):
            raise self._fail("cancel", f"{_told(outcome)}: CANCEL {appointment_id} BY HAND")
        self._step(_OK, "cancel", "had been cancelled before" if outcome.already else "cancelled")

    async def _see_free(self, slot: RemoteSlot) -> None:
        slots = await self._slots("schedule again")
        is_free = any(one.starts_at == slot.starts_at and one.is_free for one in slots)
        self._step(_OK, "schedule again", "the slot is free again" if is_free else "the slot is not offered again yet")

    def _fail(self, name: str, says: str) -> _Over:
        self._step(_FAILED, name, says)
        return _Over()

    def _step(self, mark: str, name: str, says: str) -> None:
        self.tell(f"{mark:<8} {name}: {self.redaction.scrub(says)}")
        heard = list(self.exchanges.lines(self.redaction))
        for line in heard if self.show_all or mark == _FAILED else ():
            self.tell(f"    {line}")


def _told(outcome: CreateOutcome | CancelOutcome) -> str:
    match outcome:
        case Rejected():
            return f"refused: {outcome.kind.value}, code {outcome.code}"
        case NotSent():
            return f"not sent: {outcome.cause.value}"
        case Unknown():
            return f"not known: {outcome.cause.value}{f', HTTP {outcome.http_status}' if outcome.http_status else ''}"
        case _:
            return type(outcome).__name__.lower()
