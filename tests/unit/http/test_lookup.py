"""A guest finds a booking."""

from __future__ import annotations

import httpx
import pytest

from gateway.http.app import create_app
from tests.fakes import KEY, World
from tests.served import serving
from tests.unit.http.forms import booking_form

PATH = "/v1/bookings/lookup"


@pytest.mark.parametrize("birth_date", ["14.03.1985", "1985-03-14"])
async def test_a_guest_finds_a_booking(client: httpx.AsyncClient, world: World, birth_date: str) -> None:
    """The ticket and the birth date together show the booking."""
    form = booking_form(world.hold_slot().id)
    await client.post("/v1/bookings", json=form, headers={"Idempotency-Key": "k"})

    answer = await client.post(PATH, json={"ticket": "T-77", "birth_date": birth_date})

    assert (answer.status_code, answer.json()["ticket"]) == (200, "T-77")


@pytest.mark.parametrize("asked", [("T-77", "1985-03-15"), ("T-78", "1985-03-14")])
async def test_nobody_learns_which_of_the_two_is_wrong(
    client: httpx.AsyncClient, world: World, asked: tuple[str, str]
) -> None:
    """A wrong ticket and a wrong birth date are the same 404."""
    form = booking_form(world.hold_slot().id)
    await client.post("/v1/bookings", json=form, headers={"Idempotency-Key": "k"})

    answer = await client.post(PATH, json=dict(zip(("ticket", "birth_date"), asked, strict=True)))

    assert (answer.status_code, answer.json()["code"]) == (404, "booking_not_found")


async def test_wrong_fields_are_named(client: httpx.AsyncClient) -> None:
    """Both fields must be there and be readable."""
    answer = await client.post(PATH, json={"ticket": " ", "birth_date": "1985"})

    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
        ("ticket", "required"),
        ("birth_date", "birth_date_format"),
    ]


async def test_guessing_is_slow() -> None:
    """A visitor has a handful of tries, then one every few seconds; another visitor has their own."""
    world = World(LOOKUP_RATE="0.2")
    async with serving(create_app(world.house()), Authorization=f"Bearer {KEY}") as client:
        body = {"ticket": "T-1", "birth_date": "1985-03-14"}
        statuses = [(await client.post(PATH, json=body, headers={"X-Client-Ref": "a"})).status_code for _ in range(6)]
        last = await client.post(PATH, json=body, headers={"X-Client-Ref": "a"})
        other = await client.post(PATH, json=body, headers={"X-Client-Ref": "b"})

    assert statuses == [404, 404, 404, 404, 404, 429]
    assert last.headers["retry-after"] == "5"
    assert other.status_code == 404
