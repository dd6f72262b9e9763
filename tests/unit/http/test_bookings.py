"""The final submission: one effect, whatever comes of it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from gateway.domain.booking import BookingState
from gateway.domain.outcomes import Booked, Cause, CreateOutcome, NotSent, Refusal, Rejected, Unknown
from gateway.domain.patient import Sex
from gateway.domain.settlement import settle_create
from gateway.ports import IdempotencyKey
from tests.fakes import KEY, World
from tests.unit.http.forms import booking_form, patient_form
from tests.unit.http.submission import PATH, submit



async def test_a_held_slot_is_booked(client: httpx.AsyncClient, world: World) -> None:
    """The patient is sent to EMIAS as the form says, and the ticket comes back."""
    answer = await submit(client, booking_form(world.hold_slot().id))

    assert answer.status_code == 201
    body = answer.json()
    assert body["state"] == "booked"
    assert body["emias_appointment_id"] == "A-100500"
    assert body["ticket"] == "T-77"
    assert body["slot"]["id"] == str(world.slot.id)
    assert body["doctor"]["name"] == "Иванова Анна Петровна"
    (request,) = world.emias.requests
    assert request.patient.birth_date == date(1985, 3, 14)
    assert request.patient.snils.digits == "11223344595"
    assert request.patient.sex is Sex.FEMALE
    assert request.referral == "R-1"


ooking_form(hold.id, patient=patient_form(last_name="Канарейкина")),
    ]
    for number, form in enumerate(forms):
        answer = await submit(client, form, f"key-{number}")
        for canary in ("999", "Кана", "1985", "112", "7756", 'canary":', KEY):
            assert canary not in answer.text
