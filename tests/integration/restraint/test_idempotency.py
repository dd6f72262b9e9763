"""One key, one effect: the whole gateway under real concurrency."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest_asyncio

from gateway.http.app import create_app
from tests.integration.restraint.replicas import Replicas
from tests.served import serving

_MINUTE = timedelta(minutes=1)
_PATIENT = {
    "last_name": "Образцова",
    "first_name": "Анна",
    "birth_date": "1985-03-14",
    "snils": "112-233-445 95",
    "oms": {"number": "7756410885000127"},
}


@dataclass(frozen=True, slots=True)
class Site:
    """A site that calls both replicas in turn."""

    replicas: Replicas
    clients: tuple[httpx.AsyncClient, httpx.AsyncClient]

    async def hold(self, place: int = 0) -> str:
        """Hold a slot."""
        slot = (await self.replicas.slots())[place]
        answer = await self.clients[0].post("/v1/holds", json={"slot_id": str(slot.id)})
        assert answer.status_code == 201
        return str(answer.json()["id"])

    async def book(self, hold_id: str, key: str | None, number: int = 0, **changes: object) -> httpx.Response:
        """Send the form."""
        body = {"hold_id": hold_id, "patient": _PATIENT, **changes}
        return await self.clients[number % 2].post("/v1/bookings", json=body, headers=_named(key))

    async def cancel(
        self, booking_id: str, key: str | None, number: int = 0, reason: str = "mistake"
    ) -> httpx.Response:
        """Cancel a booking."""
        path = f"/v1/bookings/{booking_id}/cancel"
        return await self.clients[number % 2].post(path, json={"reason": reason}, headers=_named(key))

    @property
    def appointments(self) -> int:
        """How many appointments EMIAS ever made."""
        return len(list(self.replicas.simulator.installation.ledger))


def _named(key: str | None) -> Mapping[str, str]:
    return {} if key is None else {"Idempotency-Key": key}


def _codes(answers: list[httpx.Response]) -> Counter[Any]:
    return Counter(answer.json().get("code", answer.status_code) for answer in answers)


@pytest_asyncio.fixture
async def site(replicas: Replicas) -> AsyncIterator[Site]:
    """Open a client of each replica."""
    named = {"Authorization": f"Bearer {replicas.key}"}
    one, other = replicas.houses
    async with serving(create_app(one), **named) as here, serving(create_app(other), **named) as there:
        yield Site(replicas, (here, there))


async def test_one_key_twenty_times_at_once_books_once(site: Site) -> None:
    """Of twenty equal requests to two replicas one books, the others wait or repeat it; later all repeat it."""
    hold_id, key = await site.hold(), uuid4().hex
    answers = await asyncio.gather(*(site.book(hold_id, key, number) for number in range(20)))
    codes = _codes(answers)
    assert set(codes) <= {201, "idempotency_in_progress"}
    fresh = [answer for answer in answers if answer.status_code == 201 and "Idempotent-Replayed" not in answer.headers]
    assert len(fresh) == 1
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert all(1 <= int(answer.headers["Retry-After"]) <= 2 for answer in waiting)
    again = await asyncio.gather(*(site.book(hold_id, key, number) for number in range(20)))
    assert {answer.content for answer in again} == {fresh[0].content}
    assert {answer.headers["Idempotent-Replayed"] for answer in again} == {"true"}
    assert site.appointments == 1
    assert await site.replicas.database.pool.fetchval("SELECT count(*) FROM bookings") == 1


async def test_another_body_under_the_key_is_refused(site: Site) -> None:
    """While the first runs and after it, another form under the same key has no effect."""
    hold_id, key = await site.hold(), uuid4().hex
    answers = await asyncio.gather(*(site.book(hold_id, key, number, contact=f"c{number}") for number in range(10)))
    assert _codes(answers) == {201: 1, "idempotency_key_reused": 9}
    assert {answer.status_code for answer in answers} == {201, 422}
    assert _codes([await site.book(hold_id, key, contact="late")]) == {"idempotency_key_reused": 1}
    assert site.appointments == 1


async def test_without_a_key_nothing_happens(site: Site) -> None:
    """Neither a booking nor a cancel is done without a key."""
    hold_id = await site.hold()
    refused = [await site.book(hold_id, None), await site.cancel(str(uuid4()), None)]
    assert [answer.status_code for answer in refused] == [400, 400]
    assert _codes(refused) == {"idempotency_key_missing": 2}
    assert site.appointments == 0


async def test_two_keys_on_one_hold_book_once(site: Site) -> None:
    """Whoever comes second with the same hold is told that the slot is gone."""
    hold_id = await site.hold()
    answers = await asyncio.gather(*(site.book(hold_id, uuid4().hex, number) for number in range(10)))
    codes = _codes(answers)
    assert codes[201] == 1
    assert set(codes) <= {201, "slot_taken", "hold_expired"}
    assert site.appointments == 1


async def test_one_key_twenty_times_at_once_cancels_once(site: Site) -> None:
    """Of twenty equal requests one cancels, and later all repeat its answer; another reason is refused."""
    booked = (await site.book(await site.hold(), uuid4().hex)).json()["id"]
    key = uuid4().hex
    answers = await asyncio.gather(*(site.cancel(booked, key, number) for number in range(20)))
    assert set(_codes(answers)) <= {200, "idempotency_in_progress"}
    assert sum(answer.status_code == 200 and "Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    again = await asyncio.gather(*(site.cancel(booked, key, number) for number in range(5)))
    assert {answer.status_code for answer in again} == {200}
    assert {answer.headers["Idempotent-Replayed"] for answer in again} == {"true"}
    assert _codes([await site.cancel(booked, key, reason="illness")]) == {"idempotency_key_reused": 1}
    assert site.replicas.simulator.installation.journal.calls["CancelAppointment"] == 1


async def test_a_key_that_sent_nothing_may_be_used_again(site: Site) -> None:
    """After 503 the same key books once EMIAS is back, with the same form."""
    hold_id, key = await site.hold(), uuid4().hex
    await site.replicas.simulator.stop()
    refused = await site.book(hold_id, key)
    assert (refused.status_code, refused.json()["code"]) == (503, "emias_unavailable")
    await site.replicas.simulator.start()
    answers = [await site.book(hold_id, key)]
    while answers[-1].status_code == 503:
        await asyncio.sleep(int(answers[-1].headers["Retry-After"]))
        answers.append(await site.book(hold_id, key))
    assert answers[-1].status_code == 201
    assert site.appointments == 1


async def test_a_key_whose_run_was_killed_tells_the_booking(site: Site) -> None:
    """A run that never ended is in progress while it may live, and then its booking speaks for it."""
    hold_id, key = await site.hold(), uuid4().hex
    booked = (await site.book(hold_id, key)).json()["id"]
    forget = "UPDATE idempotency_keys SET state = 'running', status = NULL, body = NULL, lease_until = now() + $1"
    pool = site.replicas.database.pool
    await pool.execute(forget + "::interval", _MINUTE)
    assert _codes([await site.book(hold_id, key)]) == {"idempotency_in_progress": 1}
    await pool.execute("UPDATE bookings SET updated_at = now() - interval '6 seconds'")
    told = await site.book(hold_id, key)
    assert (told.status_code, told.json()["id"], told.headers["Idempotent-Replayed"]) == (201, booked, "true")
    await pool.execute("UPDATE bookings SET updated_at = now()")
    await pool.execute(forget + "::interval", -_MINUTE)
    assert (await site.book(hold_id, key)).json()["id"] == booked
    assert site.appointments == 1
