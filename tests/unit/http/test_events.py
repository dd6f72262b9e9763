"""The site's pushes at the door."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from gateway.ports import PushedChange
from tests.fakes import READ_ONLY_KEY, World

_FIRST, _SECOND = str(uuid4()), str(uuid4())


def _event(uuid: str = _FIRST, element_id: Any = "57", kind: Any = "upsert") -> dict[str, Any]:
    return {"uuid": uuid, "element_id": element_id, "kind": kind}


async def test_events_are_taken_note_of_once(client: httpx.AsyncClient, world: World) -> None:
    """New events are accepted, one that has come before is counted as a duplicate, in another batch too."""
    answer = await client.post("/v1/bitrix/events", json={"events": [_event(), _event(_SECOND, 58, "delete")]})

    assert (answer.status_code, answer.json()) == (202, {"accepted": 2, "duplicates": 0})
    assert list(world.pushes.events.values()) == [
        PushedChange(UUID(_FIRST), "57", is_deletion=False),
        PushedChange(UUID(_SECOND), "58", is_deletion=True),
    ]
    again = await client.post("/v1/bitrix/events", json={"events": [_event(), _event(str(uuid4()))]})
    assert again.json() == {"accepted": 1, "duplicates": 1}


async def test_the_scope_is_asked_for(client: httpx.AsyncClient, world: World) -> None:
    """A key that may only read cannot push."""
    headers = {"Authorization": f"Bearer {READ_ONLY_KEY}"}
    answer = await client.post("/v1/bitrix/events", json={"events": [_event()]}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert not world.pushes.events


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, [("events", "required")]),
        ({"events": {}}, [("events", "wrong_type")]),
        ({"events": []}, [("events", "events_range")]),
        ({"events": [_event()] * 101}, [("events", "events_range")]),
        ({"events": ["57"]}, [("events.0", "wrong_type")]),
        ({"events": [_event(), {}]}, [(f"events.1.{name}", "required") for name in ("uuid", "kind", "element_id")]),
        ({"events": [_event(uuid="57")]}, [("events.0.uuid", "uuid_format")]),
        ({"events": [_event(kind="edit")]}, [("events.0.kind", "not_one_of")]),
        *(
            ({"events": [_event(element_id=value)]}, [("events.0.element_id", "element_id_format")])
            for value in ("", "0", "05", " 5", "x", "9" * 30, 0, -1, True, 1.5, 2**64, [5])
        ),
    ],
)
async def test_a_wrong_batch_names_its_fields(
    client: httpx.AsyncClient, world: World, body: Any, wrong: list[tuple[str, str]]
) -> None:
    """Nothing of a batch with a mistake is noted, and every mistake is named."""
    answer = await client.post("/v1/bitrix/events", json=body)

    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == wrong
    assert not world.pushes.events


async def test_what_could_not_be_noted_is_not_accepted(client: httpx.AsyncClient, world: World) -> None:
    """With the database away the site is told to come again, and keeps its events."""
    world.pushes.broken = ConnectionError()
    answer = await client.post("/v1/bitrix/events", json={"events": [_event()]})

    assert (answer.status_code, answer.json()["code"]) == (503, "temporarily_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
