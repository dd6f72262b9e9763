"""The rules of booking: what EMIAS accepts, what it refuses, and what then stands in the ledger."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from simulator.emias.ledger import Appointment, Ledger, Patient
from simulator.emias.numbers import policy_is_valid, snils_digits, snils_is_valid
from simulator.emias.refusals import RefusalError
from simulator.emias.settings import LiveSettings
from simulator.emias.world import MOSCOW, Slot, World
from simulator.roster import Doctor

__all__ = ["VERSION", "Registry"]

VERSION = "4.18.0"

_BIRTH_DATE = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")


class Registry:
    """Answer the operations of the contract out of one world and one ledger."""

    def __init__(self, world: World, ledger: Ledger, settings: LiveSettings) -> None:
        self.world = world
        self.ledger = ledger
        self.settings = settings
        self.sessions: dict[str, str] = {}
        self._cards: dict[str, Patient] = {}

    def identify(self, patient: Patient) -> str:
        """Find a patient by SNILS, or register one, and return the number of the card; or refuse."""
        known = _checked(patient, today=self.world.now().date())
        found = next((number for number, card in self._cards.items() if card.snils == known.snils), None)
        number = found or f"P-{len(self._cards) + 1:06d}"
        self._cards[number] = known
        return number

    def card(self, number: str) -> Patient:
        """Return the patient of a card, or refuse."""
        if number not in self._cards:
            raise RefusalError("PATIENT_NOT_FOUND", "patient")
        return self._cards[number]

    def schedule(self, lpu_code: str, doctor_id: int, first: date, last: date) -> list[Slot]:
        """List a doctor's slots; busy ones are left out when the settings say so."""
        doctor = self.world.doctor(lpu_code, doctor_id)
        if last < first:
            raise RefusalError("VALIDATION", "dateTo")
        slots = self.world.slots(doctor, first, last)
        return [slot for slot in slots if slot.is_free or not self.settings.absent_busy]

    def book(
        self,
        slot: Slot,
        patient: Patient,
        *,
        client_ref: str | None = None,
        channel: Literal["soap", "portal"] = "soap",
    ) -> Appointment:
        """Write an appointment into the ledger and take its slot, or refuse."""
        patient = _checked(patient, today=self.world.now().date())
        if slot.starts_at <= self.world.now():
            raise RefusalError("SLOT_IN_PAST", "slotId")
        if not self.settings.allow_repeat_patient:
            self._refuse_repeat(slot, patient)
        if not slot.is_free and not self.settings.allow_double_booking:
            raise RefusalError("SLOT_TAKEN", "slotId")
        number = len(self.ledger) + 1
        appointment = Appointment(
            id=f"AP-{number:07d}",
            ticket=f"Т-{number:05d}",
            lpu_code=slot.doctor.lpu_code,
            doctor_id=slot.doctor.emias_id,
            slot_id=slot.id,
            starts_at=slot.starts_at,
            patient=patient,
            client_ref=client_ref,
            created_at=self.world.now(),
            channel=channel,
        )
        self.ledger.add(appointment)
        self.world.mark(slot, free=False)
        return appointment

    def find(self, lpu_code: str, snils: str, first: date, last: date) -> list[Appointment]:
        """List a patient's appointments of an institution, cancelled ones too, between two dates, both included."""
        if not snils_is_valid(snils):
            raise RefusalError("VALIDATION", "snils")
        return [
            row
            for row in self.ledger.of_patient(snils_digits(snils))
            if row.lpu_code == lpu_code and first <= row.starts_at.astimezone(MOSCOW).date() <= last
        ]

    def cancel(self, lpu_code: str, appointment_id: str, snils: str, reason: str) -> Appointment:
        """Cancel an appointment of the patient with this SNILS and open its slot, or refuse."""
        if not reason:
            raise RefusalError("VALIDATION", "reason")
        row = self.ledger.get(appointment_id)
        if row is None or row.lpu_code != lpu_code or row.patient.snils != snils_digits(snils):
            raise RefusalError("APPOINTMENT_NOT_FOUND", "appointmentId")
        if not row.is_active:
            raise RefusalError("ALREADY_CANCELLED", "appointmentId")
        if row.starts_at <= self.world.now():
            raise RefusalError("CANCEL_TOO_LATE", "appointmentId")
        self.ledger.cancel(row, at=self.world.now(), reason=reason)
        self._reopen(row)
        return row

    def booked(self, doctor: Doctor, starts_at: datetime) -> bool:
        """Tell whether an active appointment stands at this time."""
        return any(row.is_active and row.starts_at == starts_at for row in self.ledger.of_doctor(doctor.emias_id))

    def _reopen(self, row: Appointment) -> None:
        doctor = self.world.doctors[row.doctor_id]
        with suppress(RefusalError):  # the slot may have left the schedule meanwhile
            slot = self.world.slot_at(doctor, row.starts_at)
            self.world.mark(slot, free=not self.booked(doctor, row.starts_at))

    def _refuse_repeat(self, slot: Slot, patient: Patient) -> None:
        rows = [row for row in self.ledger.of_patient(patient.snils) if row.is_active]
        day = slot.starts_at.date()
        if any(row.doctor_id == slot.doctor.emias_id and row.starts_at.date() == day for row in rows):
            raise RefusalError("PATIENT_ALREADY_BOOKED", "patient")
        if any(row.starts_at == slot.starts_at for row in rows):
            raise RefusalError("PATIENT_BUSY", "patient")


def _checked(patient: Patient, *, today: date) -> Patient:
    for name, value in (("lastName", patient.last_name), ("firstName", patient.first_name)):
        if not value.strip():
            raise RefusalError("VALIDATION", name)
    if not _is_birth_date(patient.birth_date, today=today):
        raise RefusalError("VALIDATION", "birthDate")
    if not snils_is_valid(patient.snils):
        raise RefusalError("VALIDATION", "snils")
    if not policy_is_valid(patient.oms):
        raise RefusalError("POLICY_INVALID", "oms")
    return replace(patient, snils=snils_digits(patient.snils))


def _is_birth_date(text: str, *, today: date) -> bool:
    match = _BIRTH_DATE.fullmatch(text)
    if not match:
        return False
    try:
        return date(1900, 1, 1) <= date(int(match[3]), int(match[2]), int(match[1])) <= today
    except ValueError:
        return False
