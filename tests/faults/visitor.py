"""A visitor of the site: asks the gateway, and writes down when he asked, when he was answered, and what."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.people import patient
from tests.faults.stage import Slot, Stage

__all__ = ["Event", "Visitor"]


@dataclass(frozen=True, slots=True)
class Event:
    """One request and its answer; `status` is None when the connection broke, instants are the machine's clock."""

    visitor: str
    call: str
    slot: Slot | None
    began: float
    ended: float
    status: int | None
    answer: Any

    @property
    def seconds(self) -> float:
        """How long the answer took."""
        return self.ended - self.began

    @property
    def code(self) -> str:
        """The problem's code, if it is one."""
        return str(self.answer.get("code", "")) if isinstance(self.answer, dict) else ""


@dataclass(slots=True)
class Visitor:
    """One caller with a patient's papers; every request is added to `history`."""

    stage: Stage
    client: httpx.AsyncClient
    history: list[Event]
    person: int
    name: str = field(default_factory=lambda: uuid4().hex)

    @classmethod
    def of(cls, stage: Stage, client: httpx.AsyncClient, history: list[Event] | None = None) -> Visitor:
        """Let somebody new come in."""
        return cls(stage, client, [] if history is None else history, stage.next_person())

    async def hold(self, slot: Slot) -> Event:
        """Open the form of a slot."""
        return await self._ask("hold", "POST", "/v1/holds", slot, {"slot_id": str(slot.id)})

    async def renew(self, slot: Slot, hold_id: str) -> Event:
        """Ask for another five minutes."""
        return await self._ask("renew", "POST", f"/v1/holds/{hold_id}/renew", slot)

    async def release(self, slot: Slot, hold_id: str) -> Event:
        """Close the form."""
        return await self._ask("release", "DELETE", f"/v1/holds/{hold_id}", slot)

    async def book(self, slot: Slot, hold_id: str, key: str | None = None, **changed: Any) -> Event:
        """Send the form in."""
        body = {"hold_id": hold_id, "patient": patient(self.person) | changed}
        return await self._ask("book", "POST", "/v1/bookings", slot, body, key or uuid4().hex)

    async def cancel(self, slot: Slot, booking_id: str, key: str | None = None) -> Event:
        """Ask for the booking to be cancelled."""
        body = {"reason": "patient_request"}
        return await self._ask("cancel", "POST", f"/v1/bookings/{booking_id}/cancel", slot, body, key or uuid4().hex)

    async def state(self, booking_id: str) -> Event:
        """Ask how a booking stands."""
        return await self._ask("state", "GET", f"/v1/bookings/{booking_id}")

    async def held(self, slot: Slot) -> str:
        """Hold a slot that is surely free and return the hold's id."""
        event = await self.hold(slot)
        if event.status != 201:
            raise AssertionError(event)
        return str(event.answer["id"])

    async def booked(self, slot: Slot, key: str | None = None) -> Event:
        """Hold a slot that is surely free and send the form in."""
        return await self.book(slot, await self.held(slot), key)

    async def try_to_book(self, slot: Slot) -> Event:
        """Hold a slot and, if it was to be had, send the form in; return the last answer."""
        held = await self.hold(slot)
        return await self.book(slot, held.answer["id"]) if held.status == 201 else held

    async def until(
        self,
        ask: Callable[[], Awaitable[Event]],
        is_enough: Callable[[Event], bool],
        seconds: float,
        pause: float = 0.2,
    ) -> Event:
        """Ask again and again until the answer is enough."""
        async with asyncio.timeout(seconds):
            while not is_enough(event := await ask()):
                await asyncio.sleep(pause)
            return event

    async def _ask(
        self, call: str, method: str, path: str, slot: Slot | None = None, body: Any = None, key: str | None = None
    ) -> Event:
        headers = {"X-Client-Ref": self.name} | ({"Idempotency-Key": key} if key else {})
        began = time.time()
        try:
            reply = await self.client.request(method, path, json=body, headers=headers)
            status, answer = reply.status_code, reply.json() if reply.content else None
        except httpx.TransportError as fault:
            status, answer = None, type(fault).__name__
        event = Event(self.name, call, slot, began, time.time(), status, answer)
        self.history.append(event)
        return event
