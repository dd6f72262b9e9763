"""The final submission: one effect, whatever comes of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import uuid4

import httpx
import pytest

from gateway.domain.booking import BookingState
from gateway.domain.outcomes import CreateOutcome, Refusal, Rejected
from gateway.domain.patient import Sex
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


@pytest.mark.parametrize("middle_name", [None, "", "  "])
async def test_an_empty_middle_name_is_an_absent_one(
    client: httpx.AsyncClient, world: World, middle_name: str | None
) -> None:
    """EMIAS is never sent an empty middle name."""
    form = booking_form(world.hold_slot().id, patient=patient_form(middle_name=middle_name))

    assert (await submit(client, form)).status_code == 201
    assert world.emias.requests[0].patient.middle_name is None


@pytest.mark.parametrize(
    ("outcome", "status", "code"),
    [
        (Rejected(Refusal.SLOT_TAKEN, "E1"), 409, "slot_taken"),
        (Rejected(Refusal.SLOT_GONE, "E1"), 409, "slot_taken"),
        (Rejected(Refusal.PATIENT_ALREADY_BOOKED, "E1"), 409, "patient_already_booked"),
        (Rejected(Refusal.PATIENT_BUSY, "E1"), 409, "patient_busy"),
        (Rejected(Refusal.PATIENT_NOT_FOUND, "E1"), 422, "patient_rejected"),
        (Rejected(Refusal.PATIENT_DATA_MISMATCH, "E1"), 422, "patient_rejected"),
        (Rejected(Refusal.NOT_ATTACHED, "E1"), 422, "patient_rejected"),
        (Rejected(Refusal.POLICY_INVALID, "E1"), 422, "patient_rejected"),
        (Rejected(Refusal.AGE_OR_SEX, "E1"), 422, "patient_rejected"),
        (Rejected(Refusal.REFERRAL_REQUIRED, "E1"), 422, "patient_rejected"),
        (Rejected(Refusal.LIMIT_REACHED, "E1"), 422, "patient_rejected"),
        (Rejected(Refusal.VALIDATION, "E1"), 422, "patient_rejected"),
        (Rejected(Refusal.ACCESS_DENIED, "E1"), 502, "emias_refused"),
        (Rejected(Refusal.OTHER, "SECRET UPSTREAM TEXT"), 502, "emias_refused"),
    ],
)
async def test_a_refusal_by_emias_is_explained(
    client: httpx.AsyncClient, world: World, outcome: CreateOutcome, status: int, code: str
) -> None:
    """Each kind of refusal has its problem; EMIAS's own words go no further."""
    world.emias.created = outcome

    answer = await submit(client, booking_form(world.hold_slot().id))

    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert "SECRET" not in answer.text
    assert answer.headers["content-language"] == "ru"


async def test_a_field_that_emias_refused_is_named(client: httpx.AsyncClient, world: World) -> None:
    """The field comes with the reason; a field that is none of ours is kept quiet."""
    world.emias.created = Rejected(Refusal.POLICY_INVALID, "E7", "oms.number")
    named = (await submit(client, booking_form(world.hold_slot().id))).json()
    world.emias.created = Rejected(Refusal.VALIDATION, "E7", "ИвановИванИванович")

    quiet = (await submit(client, booking_form(world.hold_slot(world.directory.slots[1]).id), "key-2")).json()

    assert named["reason"] == "policy_invalid"
    assert named["errors"][0]["field"] == "patient.oms.number"
    assert named["errors"][0]["code"] == "policy_invalid"
    assert "Полис ОМС" in named["detail"]
    assert "errors" not in quiet


async def test_a_lost_slot_comes_with_others(client: httpx.AsyncClient, world: World) -> None:
    """A slot that somebody else booked is 409 with alternatives."""
    hold = world.hold_slot()
    world.bookings.taken.add(world.slot.id)

    answer = await submit(client, booking_form(hold.id))

    assert answer.status_code == 409
    assert len(answer.json()["alternatives"]) == 3
    assert not world.emias.requests


async def test_a_hold_that_is_over_is_not_booked(client: httpx.AsyncClient, world: World) -> None:
    """After its end a hold is 410, one that never was is 404."""
    hold = world.hold_slot()
    world.clock.move(timedelta(minutes=5))

    late = await submit(client, booking_form(hold.id))
    never = await submit(client, booking_form(uuid4()), "key-2")

    assert (late.status_code, late.json()["code"]) == (410, "hold_expired")
    assert (never.status_code, never.json()["code"]) == (404, "hold_not_found")


async def test_a_login_that_is_off_is_told(client: httpx.AsyncClient, world: World) -> None:
    """An identity ticket cannot stand for the patient yet."""
    form = booking_form(world.hold_slot().id, patient=None, identity_ticket="t")

    answer = await submit(client, form)

    assert (answer.status_code, answer.json()["code"]) == (501, "identity_off")


async def test_an_outcome_that_cannot_be_recorded_is_in_doubt(client: httpx.AsyncClient, world: World) -> None:
    """When the database is lost after the call, nobody says that the booking failed."""
    world.bookings.settle_fault = ConnectionError("database is gone")

    answer = await submit(client, booking_form(world.hold_slot().id))

    assert answer.status_code == 202


async def test_a_booking_tells_its_state(client: httpx.AsyncClient, world: World) -> None:
    """A booking in doubt says when to ask again; a settled one does not."""
    doubtful = world.add_booking(BookingState.IN_DOUBT)
    refused = world.add_booking(BookingState.REJECTED, refusal=Refusal.NOT_ATTACHED)

    open_body = (await client.get(f"{PATH}/{doubtful.id}")).json()
    settled_body = (await client.get(f"{PATH}/{refused.id}")).json()

    assert (open_body["state"], open_body["retry_after"]) == ("in_doubt", 5)
    assert open_body["status_url"] == f"/v1/bookings/{doubtful.id}"
    assert (settled_body["state"], settled_body["reason"]) == ("rejected", "not_attached")
    assert "retry_after" not in settled_body


@pytest.mark.parametrize("booking_id", ["9a1b7c1e-0c53-4c8b-8a57-2b8f4d9c6e10", "x", "%00"])
async def test_an_unknown_booking_is_not_found(client: httpx.AsyncClient, booking_id: str) -> None:
    """Another site's, unknown and garbled ids are all 404."""
    answer = await client.get(f"{PATH}/{booking_id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "booking_not_found")


async def test_nothing_personal_is_answered(client: httpx.AsyncClient, world: World) -> None:
    """No answer repeats what the patient typed."""
    hold = world.hold_slot()
    forms = [
        booking_form(hold.id, patient=patient_form(snils="999-888-777 66", last_name="Кана#рейкина", canary="x")),
        booking_form(hold.id, patient=patient_form(last_name="Канарейкина")),
    ]
    for number, form in enumerate(forms):
        answer = await submit(client, form, f"key-{number}")
        told = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16}", "", answer.text)
        for canary in ("999", "Кана", "1985", "112-233", "7756", KEY):
            assert canary not in told


@pytest.mark.parametrize("state", [BookingState.IN_DOUBT, BookingState.BOOKED])
async def test_the_booking_that_stands_in_the_way_is_named(
    client: httpx.AsyncClient, world: World, state: BookingState
) -> None:
    """When EMIAS says that the patient is booked already, the problem names the site's own booking it may mean."""
    standing = world.add_booking(state)
    world.doubts.standing = [standing.id]
    world.emias.created = Rejected(Refusal.PATIENT_ALREADY_BOOKED, "E1")

    answer = await submit(client, booking_form(world.hold_slot(world.directory.slots[1]).id))

    assert (answer.status_code, answer.json()["code"]) == (409, "patient_already_booked")
    assert answer.json()["booking_id"] == str(standing.id)
