"""Many people ask for anything about anything while workers die: the promise holds all the same."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from uuid import UUID

import pytest

from gateway.domain.booking import BookingState
from gateway.domain.wish import DECISIONS, WishKind
from gateway.services.wishes.carry_out import CarryOut
from tests.integration.wishes.desk import Desk
from tests.integration.wishes.people import a_patient

_ASKED = 60
_WORKERS = 3
_ENDED = ("booked", "failed", "rejected", "cancelled", "manual")


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_is_asked_each_patient_has_one_appointment_at_most(desk: Desk, seed: int) -> None:
    """Random decisions about bookings in every state, workers cut short at random: `verify` finds nothing."""
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    bookings = await _bookings(desk)
    asking = asyncio.create_task(_ask(desk, bookings, chance))
    while not asking.done() or await _open(desk):
        await asyncio.gather(*(_mortal(desk.worker(), chance) for _ in range(_WORKERS)))
        await desk.lapse()
    await asking
    async with desk.clinic.worker():
        await _settled(desk)
    assert await desk.breaches() == []
    patients = Counter(row.patient.snils for row in desk.clinic.installation.ledger if row.is_active)
    assert set(patients.values()) <= {1}
    made = Counter(row.client_ref for row in desk.clinic.installation.ledger)
    assert set(made.values()) <= {1}


async def _bookings(desk: Desk) -> list[UUID]:
    """Make bookings of every kind, each of a patient of its own."""
    made = [await desk.book_slot(number, a_patient(number)) for number in (0, 1)]
    for number, kind in enumerate(("commit_then_drop", "drop"), start=2):
        desk.clinic.spoil("CreateAppointment", kind)
        made.append(await desk.book_slot(number - 2, a_patient(number)))
    made += [await desk.failed(number, a_patient(number)) for number in (4, 5)]
    return [booking.id for booking in made]


async def _ask(desk: Desk, bookings: list[UUID], chance: random.Random) -> None:
    """Ask for anything, a little later each time; what a retry has made is asked about too."""
    for _ in range(_ASKED):
        rows = await desk.database.pool.fetch("SELECT id FROM bookings")
        about = chance.choice([*bookings, *(row["id"] for row in rows)])
        kind: WishKind = chance.choice(sorted(DECISIONS))
        await desk.ask(kind, about, by=f"user-{chance.randrange(3)}", code="mistake")
        if chance.random() < 0.1:
            desk.clinic.spoil(chance.choice(["CreateAppointment", "CancelAppointment"]), "commit_then_drop")
        await asyncio.sleep(0.01)


async def _mortal(worker: CarryOut, chance: random.Random) -> None:
    """Carry out what is due, and die in the middle one time in three."""
    for wish in await worker.due(3):
        task = asyncio.create_task(worker.one(wish))
        patience = chance.random() * 0.05 if chance.random() < 1 / 3 else None
        await asyncio.wait({task}, timeout=patience)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _open(desk: Desk) -> bool:
    return bool(await desk.database.pool.fetchval("SELECT EXISTS (SELECT FROM wishes WHERE ended_at IS NULL)"))


async def _settled(desk: Desk) -> None:
    await desk.clinic.under_way.drain()
    for row in await desk.database.pool.fetch("SELECT id FROM bookings"):
        await desk.clinic.until(row["id"], *(BookingState(state) for state in _ENDED))
