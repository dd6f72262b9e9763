"""Logins through Gosuslugi, as the site sees them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from gateway.domain.errors import LoginFailed
from gateway.domain.login_failure import FailureReason
from gateway.http.app import create_app
from tests.fakes import KEY, READ_ONLY_KEY, SECRET, World
from tests.served import serving
from tests.unit.http.logins import (
    LOGINS,
    SESSION,
    complete,
    errors_of,
    make_identified_world,
    provider_of,
    start,
    ticket_form,
)
from tests.unit.http.submission import submit


@pytest.fixture
def world() -> World:
    """Make a world in which people can log in."""
    return make_identified_world()


async def test_a_login_starts_with_a_state_that_is_a_uuid(client: httpx.AsyncClient) -> None:
    """The site gets an id to keep and an address to send the browser to."""
    answer = await start(client)

    body = answer.json()
    assert answer.status_code == 201
    assert UUID(body["authorize_url"].partition("state=")[2]).version == 4
    assert body["expires_at"] == "2026-11-23T09:25:00+03:00"
    assert UUID(body["login_id"]).version == 4


async def test_a_finished_login_tells_persons_masked(client: httpx.AsyncClient, world: World) -> None:
    """Neither number, last name nor birth date is in the answer."""
    answer = await complete(client, (await start(client)).json())

    body = answer.json()
    assert body["subjects"] == [
        {"subject": "self", "display": "Мария П.", "has_snils": True, "oms": "verified"}
        | {"snils_mask": "***-***-*** 95"},
        {"subject": "child-1", "display": "Иван П.", "snils_mask": None, "has_snils": False, "oms": "absent"},
    ]
    assert (body["return_path"], body["source"], body["trusted"]) == ("/zapis/", "esia", True)
    assert body["expires_at"] == "2026-11-23T09:45:00+03:00"
    assert "Петрова" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert provider_of(world).codes == ["c-1"]


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"session_ref": "short"}, [("session_ref", "session_ref_format")]),
        ({"session_ref": "x" * 129}, [("session_ref", "session_ref_format")]),
        ({"session_ref": None}, [("session_ref", "required")]),
        ({"return_path": "https://evil.example/"}, [("return_path", "path_format")]),
        ({"return_path": "//evil.example/"}, [("return_path", "path_format")]),
        ({"return_path": "/\\evil.example/"}, [("return_path", "path_format")]),
        ({"return_path": "/запись/"}, [("return_path", "path_format")]),
        ({"return_path": ""}, [("return_path", "required")]),
    ],
)
async def test_a_login_that_could_lead_elsewhere_is_not_started(
    client: httpx.AsyncClient, changes: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    """The way back is a path of the same site, and the session has a name that is hard to guess."""
    answer = await start(client, **changes)

    assert answer.status_code == 422
    assert errors_of(answer) == problems


async def test_a_login_is_finished_once(client: httpx.AsyncClient, world: World) -> None:
    """A repeated callback exchanges nothing."""
    begun = (await start(client)).json()

    assert (await complete(client, begun)).status_code == 200
    again = await complete(client, begun)
    assert (again.status_code, again.json()["code"]) == (410, "login_expired")
    assert provider_of(world).codes == ["c-1"]


async def test_a_login_ends_after_ten_minutes(client: httpx.AsyncClient, world: World) -> None:
    """A later callback exchanges nothing, even if Redis remembers."""
    begun = (await start(client)).json()
    world.clock.move(timedelta(minutes=10))

    answer = await complete(client, begun)

    assert (answer.status_code, answer.json()["code"]) == (410, "login_expired")
    assert provider_of(world).codes == []


@pytest.mark.parametrize("changes", [{"session_ref": "another-session-of-it"}, {"login": str(uuid4())}])
async def test_a_login_of_somebody_else_is_refused(
    client: httpx.AsyncClient, world: World, changes: dict[str, str]
) -> None:
    """Another session or another id does not finish it, and nothing is exchanged."""
    begun = (await start(client)).json()
    begun["login_id"] = changes.get("login", begun["login_id"])

    answer = await complete(client, begun, session_ref=changes.get("session_ref", SESSION))

    assert (answer.status_code, answer.json()["code"]) == (403, "login_mismatch")
    assert provider_of(world).codes == []


async def test_an_id_that_is_none_is_answered_as_an_unknown_one(client: httpx.AsyncClient) -> None:
    """A login's id is a UUID."""
    answer = await complete(client, {"login_id": "7", "authorize_url": "state=x"})

    assert (answer.status_code, answer.json()["code"]) == (410, "login_expired")


@pytest.mark.parametrize(
    ("reason", "status", "code"),
    [
        (FailureReason.PERSON_REFUSED, 403, "login_refused"),
        (FailureReason.ACCOUNT_NOT_CONFIRMED, 403, "login_refused"),
        (FailureReason.CLOCK, 502, "login_failed"),
        (FailureReason.UNREACHABLE, 502, "login_failed"),
    ],
)
async def test_a_login_that_failed_says_why(
    client: httpx.AsyncClient, world: World, reason: FailureReason, status: int, code: str
) -> None:
    """What the person can mend is told apart from what they cannot; ESIA's code goes with it and is counted."""
    provider_of(world).failure = LoginFailed(reason, "ESIA-007015")

    answer = await complete(client, (await start(client)).json())

    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code)
    assert (body["reason"], body["esia_code"]) == (reason.value, "ESIA-007015")
    counted = f'emias_gateway_logins_total{{code="ESIA-007015",result="{reason.value}"}} 1.0'
    assert counted in world.metrics.exposition().decode()


async def test_a_refused_login_is_told_in_words(client: httpx.AsyncClient) -> None:
    """The callback's error becomes a closed reason, and the way back comes with it."""
    begun = (await start(client)).json()
    body = {
        "error": "access_denied",
        "error_description": "ESIA-007004: text that is not repeated",
        "state": begun["authorize_url"].partition("state=")[2],
        "session_ref": SESSION,
    }

    answer = await client.post(f"{LOGINS}/{begun['login_id']}/fail", json=body)

    told = answer.json()
    assert (told["reason"], told["esia_code"], told["return_path"]) == ("person_refused", "ESIA-007004", "/zapis/")
    assert told["title"] == "Госуслуги не подтвердили вход"
    assert "not repeated" not in answer.text


async def test_a_flood_of_logins_of_one_session_is_stopped(client: httpx.AsyncClient) -> None:
    """Each login costs signatures; five come at once and no more."""
    answers = [(await start(client)).status_code for _ in range(6)]

    assert answers == [201] * 5 + [429]


async def test_a_key_without_the_scope_is_kept_out(world: World) -> None:
    """Logins need the scope `identity`."""
    async with serving(create_app(world.house()), Authorization=f"Bearer {READ_ONLY_KEY}") as client:
        assert (await start(client)).json()["code"] == "scope_missing"


async def test_the_site_asks_whether_the_module_is_on(client: httpx.AsyncClient) -> None:
    """The button is shown where it is."""
    assert (await client.get("/v1/identity")).json() == {"enabled": True, "provider": "broker"}


async def test_where_the_module_is_off_every_call_says_so(world: World) -> None:
    """The site shows the form alone."""
    world = World()
    async with serving(create_app(world.house()), Authorization=f"Bearer {KEY}") as client:
        state = await client.get("/v1/identity")
        begun = {"login_id": str(uuid4()), "authorize_url": "state=x"}
        answers = [
            await start(client),
            await complete(client, begun),
            await client.delete(f"/v1/identity/tickets/{'t' * 43}"),
            await submit(client, ticket_form(world.hold_slot().id, "t" * 43)),
        ]

    assert state.json() == {"enabled": False, "provider": "off"}
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(501, "identity_off")] * 4


async def test_each_site_has_a_callback_of_its_own() -> None:
    """Several sites share a gateway; visitors of one without a callback cannot log in."""
    world = make_identified_world(IDENTITY_REDIRECT_URI="main=https://a.example/cb/,second=https://b.example/cb/")
    keys = world.keys.keys
    keys["k2"] = replace(keys["k1"], id="k2", site="second")
    keys["k3"] = replace(keys["k1"], id="k3", site="third")
    async with serving(create_app(world.house())) as client:
        answers, states = [], []
        for key_id in ("k1", "k2", "k3"):
            client.headers["Authorization"] = f"Bearer egw_{key_id}_{SECRET}"
            states.append((await client.get("/v1/identity")).json()["enabled"])
            answers.append(await start(client))

    assert provider_of(world).callbacks == ["https://a.example/cb/", "https://b.example/cb/"]
    assert states == [True, True, False]
    assert answers[2].json()["code"] == "identity_off"
