"""What a site does in a Gosuslugi login."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import httpx

from tests.fakes import World
from tests.fakes.identity import FakeProvider
from tests.unit.http.forms import booking_form

__all__ = [
    "LOGINS",
    "SESSION",
    "complete",
    "errors_of",
    "log_in",
    "make_identified_world",
    "provider_of",
    "start",
    "ticket_form",
]

SESSION: Final = "2c1d7f0a9b3e4c5d6f708192a3b4c5d6"
LOGINS: Final = "/v1/identity/logins"
_SETTINGS: Final = {
    "IDENTITY_PROVIDER": "broker",
    "IDENTITY_REDIRECT_URI": "https://clinic.example/esia/callback/",
    "BROKER_ISSUER": "https://broker.example",
    "BROKER_CLIENT_ID": "clinic",
    "BROKER_CLIENT_SECRET": "made-up",
}


def make_identified_world(**changes: str) -> World:
    """Make a world in which people can log in."""
    made = World(**(_SETTINGS | changes))
    made.provider = FakeProvider()
    return made


def provider_of(world: World) -> FakeProvider:
    """Return the provider that is there."""
    assert world.provider is not None
    return world.provider


async def start(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    """Start a login."""
    return await client.post(LOGINS, json={"session_ref": SESSION, "return_path": "/zapis/"} | changes)


async def complete(client: httpx.AsyncClient, begun: dict[str, Any], **changes: Any) -> httpx.Response:
    """Finish a login."""
    state = begun["authorize_url"].partition("state=")[2]
    body = {"code": "c-1", "state": state, "session_ref": SESSION} | changes
    return await client.post(f"{LOGINS}/{begun['login_id']}/complete", json=body)


async def log_in(client: httpx.AsyncClient) -> str:
    """Log in and return the ticket."""
    answer = await complete(client, (await start(client)).json())
    assert answer.status_code == 200, answer.text
    return str(answer.json()["ticket"])


def ticket_form(hold_id: UUID, ticket: str, **changes: Any) -> dict[str, Any]:
    """Fill in a booking with a ticket."""
    return booking_form(hold_id, **({"patient": None, "identity_ticket": ticket, "session_ref": SESSION} | changes))


def errors_of(answer: httpx.Response) -> list[tuple[str, str]]:
    """List the fields that an answer names, with their codes."""
    return [(problem["field"], problem["code"]) for problem in answer.json()["errors"]]
