"""One effect under one key, whatever happens on the way."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from gateway.domain.booking import BookingState
from gateway.domain.outcomes import Booked, Cause, NotSent, Refusal, Rejected, Unknown
from gateway.domain.settlement import settle_create
from gateway.ports import IdempotencyKey
from tests.fakes import World
from tests.unit.http.forms import booking_form, patient_form
from tests.unit.http.submission import PATH, submit

RUN = IdempotencyKey("k1", "book", "key-1")


async def test_a_repeated_request_has_no_second_effect(client: httpx.AsyncClient, world: World) -> None:
    """The same key and body give the same bytes, marked as replayed, and EMIAS is asked once."""
    form = booking_form(world.hold_slot().id)
    first = await submit(client, form)

    again = await submit(client, dict(reversed(form.items())))

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["content-type"] == "application/json"
    assert "idempotent-replayed" not in first.headers
    assert len(world.emias.requests) == 1


async def test_a_refusal_is_replayed_as_the_problem_that_it_was(client: httpx.AsyncClient, world: World) -> None:
    """A final refusal is an answer like any other."""
    world.emias.created = Rejected(Refusal.NOT_ATTACHED, "E42")
    form = booking_form(world.hold_slot().id)
    first = await submit(client, form)

    again = await submit(client, form)

    assert (again.status_code, again.content) == (422, first.content)
    assert again.headers["content-type"] == "application/problem+json"
    assert again.headers["idempotent-replayed"] == "true"
    assert len(world.emias.requests) == 1


async def test_a_key_is_for_one_request(client: httpx.AsyncClient, world: World) -> None:
    """Another body under the same key is 422 and is not sent."""
    hold = world.hold_slot()
    await submit(client, booking_form(hold.id))

    answer = await submit(client, booking_form(hold.id, referral="R-2"))

    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    assert len(world.emias.requests) == 1


async def test_a_request_without_a_key_is_not_sent(client: httpx.AsyncClient, world: World) -> None:
    """Idempotency-Key is not optional."""
    answer = await client.post(PATH, json=booking_form(world.hold_slot().id))

    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_missing"
    assert not world.emias.requests


@pytest.mark.parametrize("key", [b"x" * 256, "ключ".encode()])
async def test_a_key_that_cannot_be_written_is_named(client: httpx.AsyncClient, world: World, key: bytes) -> None:
    """A key has 1 to 255 printable characters."""
    answer = await client.post(
        PATH,
        json=booking_form(world.hold_slot().id),
        headers=[(b"Idempotency-Key", key)],
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_a_wrong_form_claims_no_key(client: httpx.AsyncClient, world: World) -> None:
    """A form that is corrected may go out under the same key."""
    hold = world.hold_slot()
    wrong = await submit(client, booking_form(hold.id, patient=patient_form(snils="112-233-445 96")))

    right = await submit(client, booking_form(hold.id))

    assert wrong.status_code == 422
    assert wrong.json()["errors"] == [
        {
            "field": "patient.snils",
            "code": "snils_checksum",
            "message": "Проверьте СНИЛС: контрольное число не сходится.",
        }
    ]
    assert right.status_code == 201


async def test_a_second_request_waits_for_the_first(client: httpx.AsyncClient, world: World) -> None:
    """While the first run is under way the same key is 409 with Retry-After."""
    world.emias.pause = asyncio.Event()
    form = booking_form(world.hold_slot().id)
    first = asyncio.create_task(submit(client, form))
    await world.emias.asked.wait()

    second = await submit(client, form)
    world.emias.pause.set()

    assert second.status_code == 409
    assert second.json()["code"] == "idempotency_in_progress"
    assert second.headers["retry-after"] == "60"
    assert (await first).status_code == 201


async def test_a_caller_that_hangs_up_is_booked_all_the_same(client: httpx.AsyncClient, world: World) -> None:
    """The call goes on to its end, and the same key tells what came of it."""
    world.emias.pause = asyncio.Event()
    form = booking_form(world.hold_slot().id)
    leaving = asyncio.create_task(submit(client, form))
    await world.emias.asked.wait()

    leaving.cancel()
    await asyncio.wait({leaving})
    world.emias.pause.set()
    await world.under_way.drain()
    again = await submit(client, form)

    assert again.status_code == 201
    assert again.headers["idempotent-replayed"] == "true"
    assert len(world.emias.requests) == 1


async def test_an_unknown_outcome_is_told_as_such(client: httpx.AsyncClient, world: World) -> None:
    """202 says where to ask and when; the same key tells the booking's present state from then on."""
    world.emias.created = Unknown(Cause.TIMEOUT)
    form = booking_form(world.hold_slot().id)

    first = await submit(client, form)
    again = await submit(client, form)
    booking_id = first.json()["id"]
    (booking,) = world.bookings.rows.values()
    await world.bookings.settle(booking.id, 1, settle_create(Booked("A-1", "T-1")), actor="worker")
    at_last = await submit(client, form)

    assert first.status_code == again.status_code == 202
    assert first.json() == {
        "id": booking_id,
        "state": "in_doubt",
        "status_url": f"/v1/bookings/{booking_id}",
        "retry_after": 5,
    }
    assert first.headers["retry-after"] == "5"
    assert again.headers["idempotent-replayed"] == "true"
    assert at_last.status_code == 201
    assert at_last.json()["ticket"] == "T-1"
    assert len(world.emias.requests) == 1


async def test_what_was_not_sent_may_be_sent_again(client: httpx.AsyncClient, world: World) -> None:
    """After 503 the same key is free and the hold is still good."""
    world.emias.created = NotSent(Cause.BREAKER, 7.2)
    form = booking_form(world.hold_slot().id)
    first = await submit(client, form)
    world.emias.created = Booked("A-2", None)

    again = await submit(client, form)

    assert first.status_code == 503
    assert first.json()["code"] == "emias_unavailable"
    assert first.headers["retry-after"] == "8"
    assert again.status_code == 201
    assert "idempotent-replayed" not in again.headers


@pytest.mark.parametrize(
    ("state", "changes", "status", "told"),
    [
        (BookingState.SUBMITTING, {}, 202, "submitting"),
        (BookingState.MANUAL, {}, 202, "manual"),
        (BookingState.CANCELLED, {}, 201, "cancelled"),
        (BookingState.REJECTED, {"refusal": Refusal.PATIENT_BUSY}, 409, "patient_busy"),
        (BookingState.REJECTED, {"refusal": Refusal.SLOT_TAKEN}, 409, "slot_taken"),
        (BookingState.REJECTED, {}, 502, "emias_refused"),
        (BookingState.FAILED, {}, 409, "booking_failed"),
    ],
)
async def test_a_run_that_died_is_told_by_its_booking(
    client: httpx.AsyncClient, world: World, state: BookingState, changes: dict[str, Any], status: int, told: str
) -> None:
    """The same key answers with what has become of the booking."""
    world.emias.created = Unknown(Cause.RESET)
    form = booking_form(world.hold_slot().id)
    await submit(client, form)
    world.idempotency.runs[RUN].booking_id = world.add_booking(state, **changes).id

    answer = await submit(client, form)

    assert answer.status_code == status
    assert answer.json().get("code", answer.json()["state"] if status < 300 else None) == told
    assert answer.headers["idempotent-replayed"] == "true"


async def test_an_answer_that_cannot_be_kept_is_given_all_the_same(client: httpx.AsyncClient, world: World) -> None:
    """The booking stands, so its caller hears of it."""
    world.idempotency.finish_fault = ConnectionError("database is gone")

    answer = await submit(client, booking_form(world.hold_slot().id))

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (ConnectionError("db"), 503, "temporarily_unavailable"),
        (RuntimeError("112-233-445 95"), 500, "internal_error"),
    ],
)
async def test_a_run_that_breaks_leaves_its_key_open(
    client: httpx.AsyncClient, world: World, fault: Exception, status: int, code: str
) -> None:
    """An error that nobody foresaw decides nothing: the same key may try again."""
    world.bookings.open_fault = fault
    form = booking_form(world.hold_slot().id)

    broken = await submit(client, form)
    world.bookings.open_fault = None
    again = await submit(client, form)

    assert (broken.status_code, broken.json()["code"]) == (status, code)
    assert "112" not in broken.text
    assert again.status_code == 201
