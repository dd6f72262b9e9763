"""The loop that looks into doubts: how many at once, what it bears, how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from gateway.domain.booking import BookingState
from sync.doubts import ResolveDoubts
from sync.signs import Signs
from tests.unit.services.fakes import Bookings, Emias, Pause
from tests.unit.services.fakes_of_doubts import Doubts, a_resolve, an_appointment
from tests.unit.services.samples import DOCTOR


class Rig:
    """The loop over stand-ins, with some bookings in doubt."""

    def __init__(self, count: int = 1, places: int = 4) -> None:
        self.table = Bookings()
        self.emias = Emias()
        self.doubts = Doubts(self.table)
        self.doubts.due = [self.doubts.put() for _ in range(count)]
        self.registry = CollectorRegistry()
        resolve = a_resolve(self.doubts, self.table, self.emias)
        self.loop = ResolveDoubts(resolve, places, 2, Signs(self.registry))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Event]:
        """Run the loop and stop it in the end, unless the test has."""
        stop = asyncio.Event()
        task = asyncio.create_task(self.loop.run(stop))
        try:
            yield stop
        finally:
            stop.set()
            await task

    def looks(self, result: str) -> float | None:
        """Count the looks with a result."""
        return self.registry.get_sample_value("emias_doubt_looks_total", {"result": result})


async def test_whatever_is_due_is_looked_at() -> None:
    """Every due doubt gets its look, in as many places as there are."""
    rig = Rig(count=5, places=2)
    async with rig.running():
        while len(rig.doubts.postponed) < 5:
            await rig.doubts.changed.wait()
            rig.doubts.changed.clear()
    assert rig.looks("waiting") == 5
    assert all(at_once == 2 for _, at_once, _ in rig.doubts.claims)
    assert rig.doubts.claims[0] == (2, 2, {})


async def test_no_more_looks_than_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """While its places are taken the loop claims nothing, and tells the ledger what it has under way."""
    monkeypatch.setattr("sync.doubts.jittered", lambda _seconds: 0.0)
    rig = Rig(count=3, places=2)
    pause = rig.emias.pause = Pause()
    async with rig.running():
        await pause.reached.wait()
        assert (len(rig.doubts.claims), len(rig.doubts.due)) == (1, 1)
        pause.over.set()
        while len(rig.doubts.postponed) < 3:
            await rig.doubts.changed.wait()
            rig.doubts.changed.clear()
    assert all(running in ({}, {DOCTOR.lpu_code: 1}) for _, _, running in rig.doubts.claims)


async def test_a_table_that_cannot_be_read_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim that fails is logged, and the doubts are looked at when the table is back."""
    monkeypatch.setattr("sync.doubts.jittered", lambda _seconds: 0.0)
    rig = Rig()
    rig.doubts.claim_troubles = 3
    with capture_logs() as logs:
        async with rig.running():
            await rig.doubts.changed.wait()
    assert [entry["again_in"] for entry in logs if entry["event"] == "doubts_unreadable"] == [2.0, 4.0, 5.0]


async def test_a_look_whose_end_cannot_be_written_is_counted_as_broken() -> None:
    """A fault while settling touches no other doubt; the lease's end brings this one back."""
    rig = Rig(count=2)
    bad, good = rig.doubts.due
    rig.emias.listed = [(an_appointment(bad),), ()]
    rig.table.settle_error = ConnectionError()
    async with rig.running():
        await rig.doubts.changed.wait()
    assert (rig.looks("broken"), rig.looks("waiting")) == (1, 1)
    assert rig.table.rows[good.id].state is BookingState.IN_DOUBT


async def test_at_the_end_looks_under_way_are_finished() -> None:
    """A stop claims nothing new and lets the looks under way settle what they find."""
    rig = Rig()
    (booking,) = rig.doubts.due
    rig.emias.listed = [(an_appointment(booking),)]
    pause = rig.emias.pause = Pause()
    async with rig.running() as stop:
        await pause.reached.wait()
        stop.set()
        await asyncio.sleep(0)
        pause.over.set()
    assert rig.table.rows[booking.id].state is BookingState.BOOKED


async def test_cut_looks_settle_nothing() -> None:
    """When the grace is over a look is cut short, and its booking stays in doubt for the next worker."""
    rig = Rig()
    (booking,) = rig.doubts.due
    pause = rig.emias.pause = Pause()
    task = asyncio.create_task(rig.loop.run(asyncio.Event()))
    await pause.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert rig.table.rows[booking.id].state is BookingState.IN_DOUBT
    assert rig.doubts.postponed == []
