"""Mirror and schedules against the real tables, an EMIAS and a site in memory."""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

import pytest_asyncio
from prometheus_client import CollectorRegistry
from rich.console import Console

from gateway.bitrix.memory import MemorySource
from gateway.domain.directory import FeedDoctor, FeedMapping
from gateway.domain.moscow import MOSCOW
from gateway.domain.pace import Pace
from gateway.domain.retention import Deadlines
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow, Unchanged
from gateway.emias.memory import MemoryEmias
from gateway.services.mirror import MirrorDoctors
from gateway.services.refresh import Refresh
from gateway.services.under_way import UnderWay
from gateway.settings import Settings
from gateway.store.doctor_mirror import DoctorMirror
from gateway.store.engine import Database
from gateway.store.housekeeping import Housekeeping
from gateway.store.operations import Operations
from gateway.store.retention import Retention
from gateway.store.sync_book import SyncBook
from gateway.wiring import House
from sync.once import SyncOnce
from sync.signs import Signs
from sync.worker import run_worker
from tests.integration.builders import Maker, tomorrow_noon
from tests.unit.sync.fake_operations import FakeDisclosures, make_report

_LPU = "0101"


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Tell the time."""
        return datetime.now(MOSCOW)


class CountingEmias(MemoryEmias):
    """Counts its reads; `all_asked` is set when as many doctors as expected have been read."""

    def __init__(self, expected: int) -> None:
        super().__init__(Clock().now)
        self.reads: Counter[str] = Counter()
        self.expected = expected
        self.all_asked = asyncio.Event()

    async def get_schedule(
        self, doctor: EmiasDoctorRef, first: date, last: date, *, known_digest: str | None = None
    ) -> ScheduleWindow | Unchanged:
        """Count and answer."""
        self.reads[doctor.emias_doctor_id] += 1
        if len(self.reads) >= self.expected:
            self.all_asked.set()
        await asyncio.sleep(0)
        return await super().get_schedule(doctor, first, last, known_digest=known_digest)


@dataclass(frozen=True, slots=True)
class Clinic:
    """A house over the real tables with the site and the EMIAS behind it."""

    house: House
    source: MemorySource
    emias: CountingEmias
    database: Database

    def list_doctors(self, numbers: Iterable[int]) -> None:
        """Let the site list these doctors, each with an EMIAS doctor of the same number."""
        self.source.put([_doctor(number) for number in numbers])

    def offer(self, number: int, slots: int) -> None:
        """Let EMIAS offer a doctor free slots from tomorrow noon on."""
        starts = [tomorrow_noon() + timedelta(minutes=15 * place) for place in range(slots)]
        self.emias.offer(
            EmiasDoctorRef(_LPU, str(number)),
            [RemoteSlot(start, f"E{number}-{place}", is_free=True) for place, start in enumerate(starts)],
        )

    async def once(self, doctor: str | None = None) -> tuple[int, str]:
        """Run one pass and return its exit status and what it showed."""
        out = io.StringIO()
        status = await SyncOnce(self.house, Console(file=out, width=120)).run(doctor)
        return status, out.getvalue()

    async def slots(self) -> dict[str, tuple[int, int]]:
        """Count each EMIAS doctor's rows and the free ones among them."""
        rows = await self.database.pool.fetch(
            "SELECT e.emias_doctor_id, count(*), count(*) FILTER (WHERE s.is_free) AS free"
            " FROM local_emias_slots s JOIN emias_doctors e ON e.id = s.doctor_id GROUP BY 1"
        )
        return {row["emias_doctor_id"]: (row["count"], row["free"]) for row in rows}


@pytest_asyncio.fixture
async def clinic(database: Database, maker: Maker) -> Clinic:
    """Open a clinic with one institution and no doctors."""
    await database.pool.execute("INSERT INTO institutions (lpu_code) VALUES ($1)", _LPU)
    source, emias, book = MemorySource(), CountingEmias(1), SyncBook(database)
    site = await maker.site()
    pace = Pace(timedelta(minutes=5), timedelta(minutes=15))
    given: dict[str, Any] = {
        "settings": Settings.model_construct(sync_workers=4, emias_concurrency=4, mirror_every=600),
        "clock": Clock(),
        "sync_book": book,
        "housekeeping": Housekeeping(database),
        "refresh": Refresh(emias, book, Clock(), pace, timedelta(minutes=2), UnderWay()),
        "operations": Operations(database, "sync"),
        "retention": Retention(database, Deadlines.of({})),
        "disclosures": FakeDisclosures(),
        "report": make_report(Clock()),
        "mirror": MirrorDoctors(source, DoctorMirror(database), site.id),
    }
    rooms: dict[str, Any] = {room.name: given.get(room.name) for room in fields(House)}
    return Clinic(House(**rooms), source, emias, database)


def _doctor(number: int) -> FeedDoctor:
    return FeedDoctor(
        element_id=str(number),
        xml_id=None,
        name=f"Врач {number}",
        active=True,
        specialty_id="10",
        specialty_name="Терапевт",
        mappings=(FeedMapping(_LPU, str(number)),),
        sort=500,
        hash=str(number),
    )


async def test_a_pass_brings_doctors_and_slots_and_the_next_one_changes_nothing(clinic: Clinic) -> None:
    """What the site lists and EMIAS offers is in the tables after one pass; the second one finds all as it was."""
    clinic.list_doctors(range(1, 11))
    for number in range(1, 11):
        clinic.offer(number, 20)
    status, shown = await clinic.once()
    assert status == 0
    assert "новых / added 10" in shown
    assert "изменились / changed: 10" in shown
    assert "слотов добавлено / slots inserted: 200" in shown
    assert await clinic.slots() == {str(number): (20, 20) for number in range(1, 11)}
    status, shown = await clinic.once()
    assert status == 0
    assert "без изменений / unchanged: 10" in shown
    assert "слотов добавлено / slots inserted: 0" in shown
    assert set(clinic.emias.reads.values()) == {2}


async def test_one_doctor_s_failure_changes_no_other_s_rows_and_removes_no_slots(clinic: Clinic) -> None:
    """A doctor that EMIAS refuses keeps the slots of the last good read, the others follow EMIAS."""
    clinic.list_doctors([1, 2, 3])
    for number in (1, 2):
        clinic.offer(number, 4)
    status, shown = await clinic.once()
    assert status == 1
    assert "не прочитан / failed: 0101/3: refused" in shown
    assert await clinic.slots() == {"1": (4, 4), "2": (4, 4)}
    del clinic.emias._slots[EmiasDoctorRef(_LPU, "1")]
    clinic.offer(2, 6)
    status, shown = await clinic.once()
    assert status == 1
    assert await clinic.slots() == {"1": (4, 4), "2": (6, 6)}
    rows = await clinic.database.pool.fetch(
        "SELECT emias_doctor_id, failures, last_error, lease_token FROM emias_doctors ORDER BY 1"
    )
    assert [(row["emias_doctor_id"], row["failures"]) for row in rows] == [("1", 1), ("2", 0), ("3", 2)]
    assert all(row["lease_token"] is None for row in rows)


async def test_one_doctor_can_be_read_alone(clinic: Clinic) -> None:
    """Only the named doctor's schedule is read."""
    clinic.list_doctors([1, 2])
    clinic.offer(1, 3)
    clinic.offer(2, 3)
    assert (await clinic.once("0101/2"))[0] == 0
    assert await clinic.slots() == {"2": (3, 3)}


async def test_two_workers_share_the_doctors(clinic: Clinic) -> None:
    """Together they read every due doctor, none of them twice, and end cleanly."""
    numbers = range(1, 41)
    clinic.list_doctors(numbers)
    for number in numbers:
        clinic.offer(number, 2)
    assert clinic.house.mirror is not None
    await clinic.house.mirror.run()
    await clinic.house.sync_book.all_due_now()
    clinic.emias.expected = len(numbers)
    stop = asyncio.Event()
    workers = [
        asyncio.create_task(run_worker(clinic.house, stop, Signs(CollectorRegistry()), grace=timedelta(seconds=20)))
        for _ in range(2)
    ]
    await clinic.emias.all_asked.wait()
    stop.set()
    await asyncio.gather(*workers)
    assert set(clinic.emias.reads.values()) == {1}
    assert await clinic.slots() == {str(number): (2, 2) for number in numbers}
    assert not await clinic.database.pool.fetchval("SELECT count(*) FROM emias_doctors WHERE lease_token IS NOT NULL")


async def test_an_illegible_element_neither_changes_nor_removes_its_doctor(clinic: Clinic) -> None:
    """However often the site's list spoils an element, its doctor stays as last read."""
    clinic.list_doctors([1, 2])
    await clinic.once()
    for _ in range(3):
        clinic.source.put([_doctor(1)], illegible=["2", "3"])
        await clinic.once()
    rows = await clinic.database.pool.fetch("SELECT element_id, name, is_active, missed FROM doctors ORDER BY 1")
    assert [tuple(row) for row in rows] == [("1", "Врач 1", True, 0), ("2", "Врач 2", True, 0)]


async def test_a_claim_leaves_room_to_every_institution(clinic: Clinic, maker: Maker) -> None:
    """With those being read counted in, no institution's doctors are leased beyond their number at once."""
    site, other = await maker.site(), await maker.institution()
    crowded = [await maker.doctor(site, lpu_code=_LPU) for _ in range(5)]
    lonely = await maker.doctor(site, lpu_code=other)
    await clinic.database.pool.execute(
        "UPDATE emias_doctors SET next_sync_at = now() - interval '1 hour' WHERE lpu_code = $1", _LPU
    )
    book, lease = clinic.house.sync_book, timedelta(minutes=1)
    first = await book.claim_due(4, lease, at_once=3, running={_LPU: 1})
    assert Counter(due.ref.lpu_code for due in first) == {_LPU: 2, other: 1}
    assert [due.ref for due in first if due.ref.lpu_code == other] == [lonely.ref]
    assert await book.claim_due(4, lease, at_once=3, running={_LPU: 3}) == []
    assert len(await book.claim_due(4, lease)) == len(crowded) - 2
