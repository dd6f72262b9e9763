"""Several workers, paused ones, and a database that goes away in the middle of a look."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from demo.engines import embedded_postgres
from gateway.domain.booking import BookingState
from gateway.domain.outcomes import Booked
from gateway.domain.settlement import settle_create
from gateway.store.engine import open_pool
from gateway.store.migrate import migrate
from simulator.running import Simulator
from tests.integration.builders import Maker
from tests.integration.doubts.clinic import Clinic
from tests.integration.doubts.conftest import open_clinic
from tests.integration.doubts.spies import Watched

S = BookingState


async def test_no_two_workers_look_at_one_booking_at_once(clinic: Clinic) -> None:
    """Four workers and slow looks: each booking has one look under way at most, and each is settled once."""
    clinic.spoil("CreateAppointment", "drop")
    doubted = await clinic.submit()
    watched = Watched(clinic.emias)
    async with clinic.worker(watched), clinic.worker(watched), clinic.worker(watched), clinic.worker(watched):
        assert (await clinic.until(doubted.id, S.FAILED, S.BOOKED)).state is S.FAILED
    assert watched.most == 1
    assert len(await clinic.history(doubted)) == 3


async def test_a_worker_that_was_paused_changes_nothing(clinic: Clinic) -> None:
    """A look that outlasts its lease finds its booking settled by another worker, and leaves it so."""
    clinic.lease = timedelta(seconds=0.3)
    clinic.spoil("CreateAppointment", "commit_then_drop")
    doubted = await clinic.submit()
    await asyncio.sleep(clinic.plan.first.total_seconds() * 1.3)
    slow = replace(clinic.a_resolve(clinic.emias), lease=timedelta(seconds=0.3))
    (leased,) = await slow.due(1, at_once=1, running={})
    async with clinic.worker():
        booked = await clinic.until(doubted.id, S.BOOKED)
    assert await slow.look(leased) == "overtaken"
    assert await clinic.ledger.settle(doubted.id, doubted.token, settle_create(Booked("A-0")), actor="late") is None
    assert await clinic.ledger.get(clinic.site.id, doubted.id) == booked


async def test_a_stopped_worker_leaves_the_doubt_to_the_next(clinic: Clinic) -> None:
    """A look that is cut short settles nothing; when its lease is over another worker resolves the booking."""
    clinic.lease = timedelta(seconds=0.3)
    clinic.spoil("CreateAppointment", "commit_then_drop")
    doubted = await clinic.submit()
    watched = Watched(clinic.emias)
    watched.pause = asyncio.Event()
    resolve = clinic.a_resolve(watched)
    await asyncio.sleep(clinic.plan.first.total_seconds() * 1.3)
    (leased,) = await resolve.due(1, at_once=1, running={})
    cut = asyncio.create_task(resolve.look(leased))
    await watched.looking.wait()
    cut.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cut
    async with clinic.worker():
        assert (await clinic.until(doubted.id, S.BOOKED)).state is S.BOOKED


async def test_the_database_restarts_during_a_look(
    simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A look whose end cannot be written is lost, the worker goes on, and the booking is resolved afterwards."""
    async with embedded_postgres(tmp_path_factory.mktemp("restarted"), durable=True, keep=False) as postgres:
        await migrate(postgres.url)
        async with open_pool(postgres.url) as database, open_clinic(simulator, database, Maker(database)) as clinic:
            clinic.lease = timedelta(seconds=1)
            clinic.spoil("CreateAppointment", "commit_then_drop")
            doubted = await clinic.submit()
            watched = Watched(clinic.emias)
            watched.pause = asyncio.Event()
            with capture_logs() as logs:
                async with clinic.worker(watched):
                    await watched.looking.wait()
                    await postgres.restart()
                    watched.pause.set()
                    booked = await clinic.until(doubted.id, S.BOOKED)
    assert booked.emias_appointment_id == clinic.made_for(doubted)[0].id
    assert len(clinic.made_for(doubted)) == 1
    assert {entry["event"] for entry in logs} <= {"look_broke", "doubts_unreadable", "doubt_resolved"}
