"""Cancelling a booking."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gateway.domain.booking import Booking, BookingState
from gateway.domain.outcomes import CancelOutcome, Cause, NotSent, Refusal, Rejected, Unknown
from tests.fakes import World
from tests.unit.http.forms import booking_form


async def booked(client: httpx.AsyncClient, world: World) -> Booking:
    """Book the first slot."""
    form = booking_form(world.hold_slot().id)
    answer = await client.post("/v1/bookings", json=form, headers={"Idempotency-Key": "book"})
    assert answer.status_code == 201
    return next(iter(world.bookings.rows.values()))


async def cancel(
    client: httpx.AsyncClient, booking_id: object, body: Any = None, key: str = "cancel"
) -> httpx.Response:
    """Ask for a booking to be cancelled."""
    given = {"reason": "patient_request"} if body is None else body
    return await client.post(f"/v1/bookings/{booking_id}/cancel", json=given, headers={"Idempotency-Key": key})


async def test_a_booking_is_cancelled_once(client: httpx.AsyncClient, world: World) -> None:
    """The answer says `cancelled`, and a repeated request gets the same bytes."""
    booking = await booked(client, world)

    first, again = await cancel(client, booking.id), await cancel(client, booking.id)

    assert (first.status_code, first.json()["state"]) == (200, "cancelled")
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    ("outcome", "status", "code"),
    [
        (Rejected(Refusal.ALREADY_CANCELLED, "E"), 200, None),
        (Rejected(Refusal.CANCEL_TOO_LATE, "E"), 409, "not_cancellable"),
        (NotSent(Cause.DNS), 503, "emias_unavailable"),
        (Unknown(Cause.TIMEOUT), 202, None),
    ],
)
async def test_what_emias_says_of_a_cancel_is_told(
    client: httpx.AsyncClient, world: World, outcome: CancelOutcome, status: int, code: str | None
) -> None:
    """Each outcome of the cancel call has its answer."""
    booking = await booked(client, world)
    world.emias.cancelled = outcome

    answer = await cancel(client, booking.id)

    assert answer.status_code == status
    assert answer.json().get("code") == code
    if code == "not_cancellable":
        assert answer.json()["reason"] == "cancel_too_late"


async def test_a_cancel_in_doubt_is_told_by_the_booking(client: httpx.AsyncClient, world: World) -> None:
    """The same key tells what has become of the booking: still in doubt, cancelled, or still booked."""
    booking = await booked(client, world)
    world.emias.cancelled = Unknown(Cause.TIMEOUT)
    await cancel(client, booking.id)
    seen = []
    for state in (BookingState.CANCEL_IN_DOUBT, BookingState.CANCELLED, BookingState.BOOKED):
        world.bookings.rows[booking.id] = world.add_booking(state)
        answer = await cancel(client, booking.id)
        seen.append((answer.status_code, answer.json().get("code") or answer.json()["state"]))

    assert seen == [(202, "cancel_in_doubt"), (200, "cancelled"), (409, "not_cancellable")]


async def test_a_cancel_that_was_not_sent_may_be_sent_again(client: httpx.AsyncClient, world: World) -> None:
    """After 503 the same key is free."""
    booking = await booked(client, world)
    world.emias.cancelled = NotSent(Cause.POOL)
    await cancel(client, booking.id)
    world.emias.cancelled = type(world.emias)().cancelled

    assert (await cancel(client, booking.id)).status_code == 200


async def test_a_booking_that_is_not_booked_is_not_cancelled(client: httpx.AsyncClient, world: World) -> None:
    """The state that stands in the way is named."""
    booking = world.add_booking(BookingState.IN_DOUBT)

    answer = await cancel(client, booking.id)

    assert (answer.status_code, answer.json()["reason"]) == (409, "in_doubt")


@pytest.mark.parametrize("booking_id", ["9a1b7c1e-0c53-4c8b-8a57-2b8f4d9c6e10", "garbled"])
async def test_an_unknown_booking_is_not_cancelled(client: httpx.AsyncClient, booking_id: str) -> None:
    """An unknown or garbled id is 404."""
    assert (await cancel(client, booking_id)).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"reason": ""}, "required"),
        ({"reason": "boredom"}, "not_one_of"),
        ({"reason": 1}, "wrong_type"),
    ],
)
async def test_a_reason_is_one_of_few(client: httpx.AsyncClient, world: World, body: object, code: str) -> None:
    """The reason must be there and be known."""
    answer = await cancel(client, world.add_booking(BookingState.BOOKED).id, body)

    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("reason", code)]


async def test_a_key_of_another_booking_is_not_for_this_one(client: httpx.AsyncClient, world: World) -> None:
    """The booking is part of what the key stands for."""
    await cancel(client, (await booked(client, world)).id)

    answer = await cancel(client, world.add_booking(BookingState.BOOKED).id)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
