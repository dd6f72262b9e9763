"""From the replies of the small operations to what they say: version, patient, booking, appointments, cancellation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from lxml import etree

from gateway.domain.outcomes import Booked, Cancelled, Cause, Refusal, RemoteAppointment
from gateway.emias.errors import CallFailed, CallRefused
from gateway.emias.instants import InstantReader
from gateway.emias.schedule_reader import FLAGS, split_list_path
from gateway.ports import AppointmentRequest

__all__ = ["ReceiptReader"]

_OK: Final = 200
_NOT_CANCELLED: Final = "not_cancelled"
_NO_PATIENT: Final = "no_patient_id"


@dataclass(frozen=True, slots=True)
class ReceiptReader:
    """Reads the members of one operation's reply; raises `CallFailed(Cause.CONTRACT_MISMATCH)` when one is missing.

    A `strict` one does not believe a member that stands twice.
    """

    paths: Mapping[str, str]
    instants: InstantReader
    strict: bool = False
    no_list_is_empty: bool = False

    def version(self, payload: etree._Element) -> str | None:
        """Return the version that the service names, where it names one."""
        return self._needed(payload, "version") if "version" in self.paths else None

    def patient_id(self, payload: etree._Element) -> str | None:
        """Return EMIAS's own id of the patient; raise `CallRefused` where there should be one and is none."""
        if "patient_id" not in self.paths:
            return None
        found = self._text(payload, "patient_id")
        if found is None:
            raise CallRefused(Refusal.PATIENT_NOT_FOUND, _NO_PATIENT, None, _OK)
        return found

    def booked(self, payload: etree._Element, request: AppointmentRequest) -> Booked:
        """Return the booking, which is the one that was asked for."""
        appointment_id = self._needed(payload, "appointment_id") if "appointment_id" in self.paths else None
        if "starts_at" in self.paths and self._instant(payload, "starts_at") != request.starts_at:
            raise _mismatch("starts_at")
        if "doctor_id" in self.paths and self._text(payload, "doctor_id") != request.doctor.emias_doctor_id:
            raise _mismatch("doctor_id")
        if "slot_id" in self.paths and self._text(payload, "slot_id") != request.emias_slot_id:
            raise _mismatch("slot_id")
        return Booked(appointment_id, self._text(payload, "ticket"))

    def appointments(self, payload: etree._Element, cancelled_states: tuple[str, ...]) -> tuple[RemoteAppointment, ...]:
        """Return the listed appointments; one whose state is not known counts as active."""
        rows = [self._appointment(row, cancelled_states) for row in self._rows(payload, "appointments")]
        if "cancelled" in self.paths:
            listed = (self._appointment(row, ()) for row in self._rows(payload, "cancelled"))
            rows += [replace(appointment, active=False) for appointment in listed]
        return tuple(rows)

    def _rows(self, payload: etree._Element, key: str) -> Iterator[etree._Element]:
        path, item = split_list_path(self.paths[key])
        container = payload.find(path)
        if container is not None:
            return container.iterchildren(item)
        if self.no_list_is_empty:
            return iter(())
        raise _mismatch(key)

    def cancelled(self, payload: etree._Element) -> Cancelled:
        """Return the confirmation; raise `CallRefused` when the service says that it did not cancel."""
        if "cancelled" not in self.paths:
            return Cancelled()
        flag = FLAGS.get(self._needed(payload, "cancelled"))
        if flag is None:
            raise _mismatch("cancelled")
        if not flag:
            raise CallRefused(Refusal.OTHER, _NOT_CANCELLED, None, _OK)
        return Cancelled()

    def _appointment(self, row: etree._Element, cancelled_states: tuple[str, ...]) -> RemoteAppointment:
        starts_at = self._instant(row, "starts_at")
        if starts_at is None:
            raise _mismatch("starts_at")
        return RemoteAppointment(
            appointment_id=self._needed(row, "appointment_id"),
            emias_doctor_id=self._needed(row, "doctor_id"),
            starts_at=starts_at,
            active=self._text(row, "state") not in cancelled_states,
            emias_slot_id=self._text(row, "slot_id"),
            ticket=self._text(row, "ticket"),
            created_at=self._instant(row, "created_at"),
            client_ref=self._text(row, "client_ref"),
        )

    def _text(self, parent: etree._Element, key: str) -> str | None:
        path = self.paths.get(key)
        if path is None:
            return None
        if self.strict and len(parent.findall(path)) > 1:
            raise _mismatch(key)
        return (parent.findtext(path) or "").strip() or None

    def _needed(self, parent: etree._Element, key: str) -> str:
        text = self._text(parent, key)
        if text is None:
            raise _mismatch(key)
        return text

    def _instant(self, parent: etree._Element, key: str) -> datetime | None:
        try:
            return self.instants.read(self._text(parent, key))
        except ValueError:
            raise _mismatch(key) from None


def _mismatch(key: str) -> CallFailed:
    return CallFailed(Cause.CONTRACT_MISMATCH, code=key)
