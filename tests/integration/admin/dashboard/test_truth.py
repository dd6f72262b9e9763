"""What the dashboard says while things go wrong, held against what then happens to a patient who tries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from admin.dashboard.judging import Actor, Level, Processes, Said, actor_of, judge
from admin.dashboard.reading import Figures, Window, read_figures
from demo.engines import embedded_valkey
from gateway.domain.alerts.orders import orders_from
from gateway.domain.booking import BookingState
from gateway.domain.directory import FreeSlot
from gateway.domain.errors import EmiasUnavailable
from gateway.domain.patient import Snils
from gateway.services.watch import Watch
from gateway.store.alerts import AlertBook
from gateway.store.engine import Database
from gateway.wiring import open_house
from simulator.running import SimulatorConfig, running_simulator
from sync.signs import Signs
from sync.worker import run_worker
from tests.faults.people import snils
from tests.integration.builders import PATIENT
from tests.integration.restraint.replicas import LPU, Replicas, open_replicas

_DOCTORS = 8
_ENOUGH_FAILURES = 4
CAN_BOOK = (Level.GOOD, Level.WARN)


class _Nobody:
    """Nobody is told."""

    places = ()

    async def send(self, *_told: object) -> None:
        """Is never asked."""


@dataclass
class Clinic:
    """Two gateways, a worker, a simulated EMIAS, and the dashboard over their database."""

    replicas: Replicas
    redis: Redis
    watch: Watch
    free: list[FreeSlot]
    worker: AsyncExitStack
    people: Iterator[int] = field(default_factory=count)

    async def figures(self) -> Figures:
        """Read the dashboard's figures; the gateways write what they know before."""
        for house in self.replicas.houses:
            await house.operations.write()
        return await read_figures(self.replicas.database, Window.HOUR)

    async def verdict(self) -> Said:
        """Tell what the dashboard says of the institution."""
        figures = await self.figures()
        [row] = [row for row in figures.institutions if row["lpu_code"] == LPU]
        return judge(row, figures)

    async def until(self, is_so: Callable[[Said], bool]) -> Said:
        """Wait for the dashboard's word."""
        while not is_so(said := await self.verdict()):  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(0.1)
        return said

    async def try_to_book(self) -> BookingState | None:
        """Book as a patient would and tell how it stands; None when the patient was sent away."""
        patient = replace(PATIENT, snils=Snils.parse(snils(next(self.people))))
        intent = replace(await self.replicas.intent(self.free.pop()), patient=patient)
        try:
            return (await self.replicas.houses[1].book.submit(intent)).state
        except EmiasUnavailable:
            return None

    async def alerts(self) -> set[tuple[str, str]]:
        """Judge, and name the alerts that live."""
        await self.watch.judge(timedelta(0))
        rows = await self.replicas.database.pool.fetch("SELECT rule, state FROM alerts WHERE state <> 'closed'")
        return {(row["rule"], row["state"]) for row in rows}


@pytest_asyncio.fixture
async def clinic(tmp_path_factory: pytest.TempPathFactory, database: Database) -> AsyncIterator[Clinic]:
    """Open everything, with each doctor's schedule read once."""
    config = SimulatorConfig(pki_folder=tmp_path_factory.mktemp("truth-pki"), doctors=_DOCTORS)
    async with (
        embedded_valkey(tmp_path_factory.mktemp("truth"), keep=False) as valkey,
        running_simulator(config) as simulator,
        Redis.from_url(valkey.url) as redis,
        open_replicas(simulator, database, valkey.url) as replicas,
        AsyncExitStack() as worker,
    ):
        free = await replicas.slots()
        await worker.enter_async_context(_working(replicas))
        watch = Watch(AlertBook(database, "test"), _Nobody(), orders_from({"breaker_open": {"opens_after": 0}}))
        clinic = Clinic(replicas, redis, watch, free, worker)
        await clinic.until(lambda said: said.level is Level.GOOD)
        yield clinic


@asynccontextmanager
async def _working(replicas: Replicas) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with open_house(replicas.houses[0].settings, "sync") as house:
        worker = asyncio.create_task(run_worker(house, stop, Signs(CollectorRegistry()), grace=timedelta(seconds=20)))
        try:
            yield
        finally:
            stop.set()
            await worker


async def test_what_it_says_is_what_a_patient_meets(clinic: Clinic) -> None:
    """All well, EMIAS gone, EMIAS back, Redis emptied: bookings go as the dashboard says."""
    assert await clinic.try_to_book() is BookingState.BOOKED
    await clinic.replicas.simulator.stop()
    for _ in range(_ENOUGH_FAILURES):
        assert await clinic.try_to_book() is None
    said = await clinic.until(lambda said: said.level is Level.BAD)
    assert said.key in {"breaker_open", "bookings_lost"}
    assert await clinic.try_to_book() is None
    causes = {row["cause"] for row in (await clinic.figures()).errors}
    assert causes == {"connect"}
    assert ("breaker_open", "open") in await clinic.alerts()
    await clinic.replicas.simulator.start()
    await clinic.until(lambda said: said.level in CAN_BOOK)
    assert await clinic.try_to_book() is BookingState.BOOKED
    await clinic.redis.flushall()
    assert (await clinic.verdict()).level in CAN_BOOK
    assert await clinic.try_to_book() is BookingState.BOOKED


async def test_it_says_who_acts_on_a_doubt(clinic: Clinic) -> None:
    """A lost answer is the gateway's to look into, until an operator stops the calls or the worker is gone."""
    clinic.replicas.spoil_all("commit_then_drop")
    assert await clinic.try_to_book() is BookingState.IN_DOUBT
    assert await _actor(clinic) in {Actor.NEXT_LOOK, Actor.LOOKING}
    clinic.replicas.heal()
    pool = clinic.replicas.database.pool
    await pool.execute("UPDATE bookings SET next_check_at = now() + interval '1 hour' WHERE state = 'in_doubt'")
    await pool.execute("UPDATE institutions SET calls_stopped = true WHERE lpu_code = $1", LPU)
    said = await clinic.verdict()
    assert (said.level, said.key) == (Level.BAD, "calls_stopped")
    # Replicas obey a switch within a second.
    while await clinic.try_to_book() is not None:
        continue
    assert await _actor(clinic) is Actor.STOPPED
    await clinic.worker.aclose()
    await pool.execute("UPDATE beats SET at = at - interval '1 minute' WHERE process = 'sync'")
    figures = await clinic.figures()
    assert Processes.of(figures.beats).workers == 0
    assert await _actor(clinic) is Actor.LATE
    assert ("worker_silent", "pending") in await clinic.alerts()


async def _actor(clinic: Clinic) -> Actor:
    figures = await clinic.figures()
    [doubt] = [row for row in figures.doubts if row["state"] == "in_doubt"]
    return actor_of(doubt, Processes.of(figures.beats))
