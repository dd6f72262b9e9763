"""Bookings with the ticket of a Gosuslugi login in the patient's place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from gateway.domain.identity import IdentitySource, PolicyMark
from gateway.domain.outcomes import Cause, Refusal, Rejected, Unknown
from tests.fakes import World
from tests.fakes.identity import CHILD, PERSON
from tests.unit.http.forms import booking_form
from tests.unit.http.logins import errors_of, log_in, make_identified_world, provider_of, start, ticket_form
from tests.unit.http.submission import submit


@pytest.fixture
def world() -> World:
    """Make a world in which people can log in."""
    return make_identified_world()


async def test_a_ticket_books(client: httpx.AsyncClient, world: World) -> None:
    """EMIAS gets the person whom Gosuslugi vouches for, and the intent says where they come from."""
    answer = await submit(client, ticket_form(world.hold_slot().id, await log_in(client)))

    assert answer.status_code == 201, answer.text
    (request,) = world.emias.requests
    assert request.patient.snils == PERSON.snils
    (intent,) = world.bookings.intents
    assert (intent.source, intent.policy_mark) == (IdentitySource.ESIA, PolicyMark.VERIFIED)
    assert world.tickets.kept == {}


async def test_a_child_is_booked_with_what_is_typed(client: httpx.AsyncClient, world: World) -> None:
    """What Gosuslugi does not tell of a child the parent writes."""
    typed = {"snils": "087-654-303 00", "oms": {"number": "7787989718000126"}}
    ticket = await log_in(client)

    answer = await submit(client, ticket_form(world.hold_slot().id, ticket, subject="child-1", patient=typed))

    assert answer.status_code == 201, answer.text
    (request,) = world.emias.requests
    assert (request.patient.first_name, request.patient.snils.digits) == (CHILD.first_name, "08765430300")
    assert world.bookings.intents[0].policy_mark is PolicyMark.TYPED


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"subject": "child-1"}, [("patient.snils", "required"), ("patient.oms", "required")]),
        ({"subject": "child-2"}, [("subject", "not_one_of")]),
        ({"patient": {"oms": {"number": "7787989718000126"}}}, [("patient.oms", "given_by_gosuslugi")]),
        ({"patient": {"snils": "087-654-303 00"}}, [("patient.snils", "given_by_gosuslugi")]),
        ({"patient": {"last_name": "Иванова"}}, [("patient.last_name", "unknown_field")]),
        ({"patient": {"oms": {"number": "7787989718000127"}}}, [("patient.oms.number", "enp_checksum")]),
        ({"session_ref": None}, [("session_ref", "required")]),
        ({"identity_ticket": "t"}, [("identity_ticket", "text_format")]),
    ],
)
async def test_a_ticket_s_form_is_checked_and_the_ticket_kept(
    client: httpx.AsyncClient, world: World, changes: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    """Each wrong field is named; the visitor mends the form without another login."""
    ticket = await log_in(client)
    hold_id = world.hold_slot().id

    answer = await submit(client, ticket_form(hold_id, ticket, **changes))
    mended = await submit(client, ticket_form(hold_id, ticket), "key-2")

    assert answer.status_code == 422
    assert errors_of(answer) == problems
    assert mended.status_code == 201, mended.text


async def test_an_unverified_policy_gives_way_to_a_typed_one(client: httpx.AsyncClient, world: World) -> None:
    """A citizen's own misprint in Gosuslugi does not stop a booking."""
    account = provider_of(world).account
    holder = replace(account.holder, is_policy_verified=False)
    provider_of(world).account = replace(account, holder=holder)
    ticket = await log_in(client)

    form = ticket_form(world.hold_slot().id, ticket, patient={"oms": {"number": "5078150847000121"}})
    assert (await submit(client, form)).status_code == 201
    assert world.emias.requests[0].patient.oms.number == "5078150847000121"


@pytest.mark.parametrize(
    ("outcome", "status", "is_spent"),
    [
        (Rejected(Refusal.PATIENT_BUSY, "E1"), 409, False),
        (Rejected(Refusal.POLICY_INVALID, "E1"), 422, False),
        (Unknown(Cause.TIMEOUT), 202, True),
    ],
)
async def test_only_a_living_booking_spends_a_ticket(
    client: httpx.AsyncClient, world: World, outcome: Any, status: int, *, is_spent: bool
) -> None:
    """After a refusal it may be used for the rest of its time."""
    ticket = await log_in(client)
    world.emias.created = outcome
    world.clock.move(timedelta(minutes=2))

    answer = await submit(client, ticket_form(world.hold_slot().id, ticket))

    assert answer.status_code == status
    assert (ticket not in world.tickets.kept) is is_spent
    assert world.tickets.lasting[ticket] == timedelta(minutes=30 if is_spent else 28)


async def test_a_ticket_is_good_for_thirty_minutes(client: httpx.AsyncClient, world: World) -> None:
    """A later booking is refused, even if Redis remembers."""
    ticket = await log_in(client)
    world.clock.move(timedelta(minutes=30))

    answer = await submit(client, ticket_form(world.hold_slot().id, ticket))

    assert (answer.status_code, answer.json()["code"]) == (410, "ticket_expired")


async def test_a_replayed_submission_needs_no_ticket(client: httpx.AsyncClient, world: World) -> None:
    """The same key tells what became of the first request, whose ticket is spent."""
    form = ticket_form(world.hold_slot().id, await log_in(client))

    first = await submit(client, form)
    again = await submit(client, form)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_a_ticket_of_another_session_is_refused_and_stays(client: httpx.AsyncClient, world: World) -> None:
    """It is the visitor's who logged in."""
    ticket = await log_in(client)

    form = ticket_form(world.hold_slot().id, ticket, session_ref="another-session-of-it")
    answer = await submit(client, form)

    assert (answer.status_code, answer.json()["code"]) == (403, "ticket_mismatch")
    assert ticket in world.tickets.kept


async def test_a_ticket_is_revoked_by_its_own_key_only(client: httpx.AsyncClient, world: World) -> None:
    """204 says nothing of whether there was one."""
    ticket = await log_in(client)
    kept = world.tickets.kept[ticket]
    foreign = replace(kept, binding=replace(kept.binding, api_key_id="other"))
    world.tickets.kept[ticket] = foreign

    left = await client.delete(f"/v1/identity/tickets/{ticket}")
    assert (left.status_code, world.tickets.kept) == (204, {ticket: foreign})
    world.tickets.kept[ticket] = kept
    taken = await client.delete(f"/v1/identity/tickets/{ticket}")
    assert (taken.status_code, world.tickets.kept) == (204, {})


async def test_places_that_are_away_are_told_and_booking_by_hand_goes_on(
    client: httpx.AsyncClient, world: World
) -> None:
    """Without them there is no login and no ticket, with a time to come again."""
    ticket = await log_in(client)
    world.logins.is_away = world.tickets.is_away = True
    hold_id = world.hold_slot().id

    answers = [await start(client), await submit(client, ticket_form(hold_id, ticket))]
    by_hand = await submit(client, booking_form(hold_id), "key-2")

    assert [answer.json()["code"] for answer in answers] == ["identity_unavailable"] * 2
    assert answers[0].headers["Retry-After"] == "5"
    assert by_hand.status_code == 201
