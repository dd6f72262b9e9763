"""From the replies of the small operations to what they say: version, booking, appointments, cancellation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class ReceiptReader:
    """Reads the members of one operation's reply; raises `CallFailed(Cause.CONTRACT_MISMATCH)` when one is missing."""

    paths: Mapping[str, str]
    instants: InstantReader

    def version(self, payload: etree._Element) -> str:
        """Return the version that the service names."""
        return self._needed(payload, "version")

    def booked(self, payload: etree._Element, request: AppointmentRequest) -> Booked:
        """Return the booking, which is the one that was asked for."""
        appointment_id = self._needed(payload, "appointment_id") if "appointment_id" in self.paths else None
        if "starts_at" in self.paths and self._instant(payload, "starts_at") != request.starts_at:
            raise _mismatch("starts_at")
        if "doctor_id" in self.paths and self._text(payload, "doctor_id") != request.doctor.emias_doctor_id:
            raise _mismatch("doctor_id")
        return Booked(appointment_id, self._text(payload, "ticket"))

    def appointments(self, payload: etree._Element, cancelled_states: tuple[str, ...]) -> tuple[RemoteAppointment, ...]:
        """Return the listed appointments; one whose state is not known counts as active."""
        path, item = split_list_path(self.paths["appointments"])
        container = payload.find(path)
        if container is None:
            raise _mismatch("appointments")
        return tuple(self._appointment(row, cancelled_states) for row in container.iterchildren(item))

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
        text = parent.findtext(path) if path else None
        return (text or "").strip() or None

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
