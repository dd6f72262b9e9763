"""Taking, renewing and releasing holds."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from gateway.domain.hold import Holder
from tests.fakes import NOW, World


async def take(client: httpx.AsyncClient, world: World, **headers: str) -> httpx.Response:
    """Ask for the first slot."""
    return await client.post("/v1/holds", json={"slot_id": str(world.slot.id)}, headers=headers)


async def test_a_slot_is_held_for_five_minutes(client: httpx.AsyncClient, world: World) -> None:
    """A hold tells its slot, its doctor, its end and the renewals left."""
    answer = await take(client, world)

    assert answer.status_code == 201
    body = answer.json()
    assert body["slot"]["id"] == str(world.slot.id)
    assert body["doctor"] == {"id": "57", "name": "Иванова Анна Петровна"}
    assert body["expires_at"] == "2026-11-23T09:20:00+03:00"
    assert body["renewals_left"] == 2
    assert body["verified"]


async def test_the_visitor_is_told_to_the_ledger(client: httpx.AsyncClient, world: World) -> None:
    """X-Client-Ref names the site's visitor, by whom holds are counted."""
    hold = (await take(client, world, **{"X-Client-Ref": "visitor-7"})).json()

    assert next(iter(world.holds.holders.items()))[1] == Holder(1, "k1", "visitor-7")
    assert hold["id"] == str(next(iter(world.holds.holders)))


@pytest.mark.parametrize("reference", [b"x" * 129, "тайный".encode(), b"a\x7fb"])
async def test_a_visitor_that_cannot_be_written_is_named(
    client: httpx.AsyncClient, world: World, reference: bytes
) -> None:
    """X-Client-Ref is at most 128 printable characters."""
    answer = await client.post(
        "/v1/holds",
        json={"slot_id": str(world.slot.id)},
        headers=[(b"X-Client-Ref", reference)],
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "X-Client-Ref"


async def test_a_held_slot_is_offered_to_nobody_else(client: httpx.AsyncClient, world: World) -> None:
    """The second visitor gets 409 with other free slots, nearest first."""
    await take(client, world)

    answer = await take(client, world)

    assert answer.status_code == 409
    assert answer.json()["code"] == "slot_held"
    first = answer.json()["alternatives"][0]
    assert first == {
        "slot_id": str(world.directory.slots[1].id),
        "doctor_id": "57",
        "doctor_name": "Иванова Анна Петровна",
        "lpu_code": "0101",
        "starts_at": "2026-11-23T15:00:00+03:00",
        "same_doctor": True,
    }


async def test_a_slot_that_was_taken_is_told_with_alternatives(client: httpx.AsyncClient, world: World) -> None:
    """A slot that is no longer for sale is 409 `slot_taken`."""
    world.bookings.taken.add(world.slot.id)

    answer = await take(client, world)

    assert answer.status_code == 409
    assert answer.json()["code"] == "slot_taken"
    assert len(answer.json()["alternatives"]) == 3


async def test_one_visitor_holds_few_slots(client: httpx.AsyncClient, world: World) -> None:
    """The fourth hold of a visitor is 429 with Retry-After."""
    statuses = [
        (await client.post("/v1/holds", json={"slot_id": str(slot.id), "doctor_id": "57"})).status_code
        for slot in world.directory.slots
    ]

    assert statuses == [201, 201, 201, 429]
    answer = await client.post("/v1/holds", json={"slot_id": str(world.directory.slots[3].id)})
    assert answer.json()["code"] == "too_many_holds"
    assert answer.headers["retry-after"] == "120"


async def test_an_unknown_slot_is_not_found(client: httpx.AsyncClient) -> None:
    """A slot that the site has not is 404."""
    answer = await client.post("/v1/holds", json={"slot_id": str(uuid4())})

    assert answer.status_code == 404
    assert answer.json()["code"] == "slot_not_found"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("slot_id", "required")]),
        ({"slot_id": None, "doctor_id": 5}, [("slot_id", "required"), ("doctor_id", "wrong_type")]),
        ({"slot_id": "x"}, [("slot_id", "uuid_format")]),
        ({"slot_id": "{3f0a2c1e-7b1d-5c55-9f7d-2a4f1f0c8b11}"}, [("slot_id", "uuid_format")]),
        ({"slot_id": 7, "doctor_id": "x" * 65}, [("slot_id", "wrong_type"), ("doctor_id", "too_long")]),
    ],
)
async def test_every_wrong_field_of_a_wish_is_named(
    client: httpx.AsyncClient, body: dict[str, object], errors: list[tuple[str, str]]
) -> None:
    """All wrong fields come in one answer."""
    answer = await client.post("/v1/holds", json=body)

    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == errors


async def test_unknown_fields_of_a_wish_are_overlooked(client: httpx.AsyncClient, world: World) -> None:
    """A site that is newer than the gateway is understood."""
    answer = await client.post("/v1/holds", json={"slot_id": str(world.slot.id), "colour": "blue"})

    assert answer.status_code == 201


async def test_a_hold_is_renewed_twice(client: httpx.AsyncClient, world: World) -> None:
    """Two renewals give five minutes each, the third is 409."""
    hold = world.hold_slot()
    world.clock.move(timedelta(minutes=4))

    answers = [await client.post(f"/v1/holds/{hold.id}/renew") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 409]
    assert answers[0].json()["expires_at"] == "2026-11-23T09:24:00+03:00"
    assert answers[2].json()["code"] == "renewals_exhausted"


async def test_a_hold_that_is_over_is_not_renewed(client: httpx.AsyncClient, world: World) -> None:
    """After its end a hold is 410."""
    hold = world.hold_slot()
    world.clock.instant = NOW + timedelta(minutes=5)

    answer = await client.post(f"/v1/holds/{hold.id}/renew")

    assert answer.status_code == 410
    assert answer.json()["code"] == "hold_expired"


@pytest.mark.parametrize("hold_id", ["9a1b7c1e-0c53-4c8b-8a57-2b8f4d9c6e10", "x", "7", "urn:uuid:0d4f6d2a"])
async def test_an_unknown_hold_is_not_renewed(client: httpx.AsyncClient, hold_id: str) -> None:
    """An unknown or garbled id is 404 of its noun."""
    answer = await client.post(f"/v1/holds/{hold_id}/renew")

    assert answer.status_code == 404
    assert answer.json()["code"] == "hold_not_found"


async def test_release_is_idempotent(client: httpx.AsyncClient, world: World) -> None:
    """Releasing frees the slot; doing it again, or for a hold that never was, is 204 too."""
    hold = world.hold_slot()

    statuses = [(await client.delete(f"/v1/holds/{which}")).status_code for which in (hold.id, hold.id, uuid4())]

    assert statuses == [204, 204, 204]
    assert (await take(client, world)).status_code == 201


async def test_a_garbled_hold_is_not_released(client: httpx.AsyncClient) -> None:
    """What cannot be an id is 404."""
    assert (await client.delete("/v1/holds/garbled")).status_code == 404


async def test_a_living_hold_is_told(client: httpx.AsyncClient, world: World) -> None:
    """The open form can ask whether its slot is still kept."""
    hold = (await take(client, world)).json()

    answer = await client.get(f"/v1/holds/{hold['id']}")

    assert answer.status_code == 200
    assert answer.json() == hold


async def test_a_hold_that_is_over_or_unknown_is_told(client: httpx.AsyncClient, world: World) -> None:
    """410 when the five minutes have passed, 404 for what was never held."""
    hold = (await take(client, world)).json()
    world.clock.move(timedelta(minutes=6))

    assert (await client.get(f"/v1/holds/{hold['id']}")).json()["code"] == "hold_expired"
    assert (await client.get(f"/v1/holds/{uuid4()}")).json()["code"] == "hold_not_found"
    assert (await client.get("/v1/holds/none")).json()["code"] == "hold_not_found"


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/renew")])
async def test_a_slot_sold_elsewhere_is_told_to_its_holder(
    client: httpx.AsyncClient, world: World, method: str, path: str
) -> None:
    """Once EMIAS shows the held slot as taken, the next question is answered 409 with other free slots."""
    hold = (await take(client, world)).json()
    world.bookings.taken.add(world.slot.id)

    answer = await client.request(method, f"/v1/holds/{hold['id']}{path}")

    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert answer.json()["alternatives"][0]["slot_id"] == str(world.directory.slots[1].id)
