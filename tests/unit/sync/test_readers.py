"""Reading leased doctors: how many at once, and what one's failure means to the others."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from structlog.testing import capture_logs

from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Cause
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow
from gateway.ports import DueDoctor
from gateway.services.refresh import Refreshed, Result
from sync.readers import Readers
from tests.unit.sync.fakes import LEASE, FakeBook, FakeEmias, due_doctor, make_refresh, window


class Ends:
    """Keeps what was reported."""

    def __init__(self) -> None:
        self.by_row: dict[int, Refreshed] = {}

    def __call__(self, doctor: DueDoctor, refreshed: Refreshed) -> None:
        """Note the end of a doctor's read."""
        self.by_row[doctor.row_id] = refreshed


async def read_all(readers: Readers) -> None:
    """Claim until nobody is due and all reads have ended."""
    while await readers.claim() or readers.running:
        await asyncio.wait(readers.running, return_when=asyncio.FIRST_COMPLETED)


async def test_no_more_doctors_are_leased_than_can_be_read_at_once() -> None:
    """A lease begins when its read does, and no more reads than places are under way."""
    book, emias = FakeBook([due_doctor(row) for row in range(20)]), FakeEmias()
    readers = Readers(book, make_refresh(book, emias), 3, 3, Ends())
    assert await readers.claim() == 3
    assert await readers.claim() == 0
    assert readers.free == 0
    await read_all(readers)
    assert emias.most == 3
    assert sorted(book.written) == list(range(20))
    assert set(book.leases) == {LEASE}


async def test_a_slow_institution_leaves_places_to_the_others() -> None:
    """However many of its doctors are due, and however long they take, others are read beside them."""
    go_on = asyncio.Event()

    async def slow(ref: EmiasDoctorRef) -> ScheduleWindow:
        await go_on.wait()
        return window(ref)

    many = [due_doctor(row, lpu_code="slow") for row in range(10)]
    book = FakeBook([*many, *(due_doctor(row, lpu_code="quick") for row in range(10, 20))])
    emias = FakeEmias({str(row): slow for row in range(10)})
    readers = Readers(book, make_refresh(book, emias), 4, 2, Ends())
    while len(book.written) < 10:
        await readers.claim()
        await asyncio.wait(readers.running, return_when=asyncio.FIRST_COMPLETED)
    assert sorted(book.written) == list(range(10, 20))
    assert len(readers.running) == 2
    go_on.set()
    await read_all(readers)
    assert len(book.written) == 20


async def test_a_doctor_s_failure_of_any_kind_is_that_doctor_s_alone() -> None:
    """Technical failures and our own faults are written down with their cause, all others are read."""

    async def no_answer(_ref: EmiasDoctorRef) -> ScheduleWindow:
        raise EmiasFailure(Cause.RESET)

    async def fault(_ref: EmiasDoctorRef) -> ScheduleWindow:
        raise ZeroDivisionError

    book, emias, ends = FakeBook([due_doctor(row) for row in range(6)]), FakeEmias(), Ends()
    emias.answers = {"2": no_answer, "4": fault}
    with capture_logs() as logs:
        await read_all(Readers(book, make_refresh(book, emias), 2, 2, ends))
    assert sorted(book.written) == [0, 1, 3, 5]
    assert {row: failure[:2] for row, failure in book.failures.items()} == {
        2: (Cause.RESET, None),
        4: (Cause.INTERNAL, "ZeroDivisionError"),
    }
    assert all(failure[2] > timedelta() for failure in book.failures.values())
    assert ends.by_row[4] == Refreshed(Result.FAILED, cause="internal")
    told = {entry["event"]: entry["emias_doctor"] for entry in logs}
    assert told == {"schedule_read_failed": 2, "schedule_read_broke": 4}


async def test_a_failure_that_cannot_be_written_down_is_borne() -> None:
    """When the table is gone too, the doctor's lease will bring it back, and the others go on."""

    async def fault(_ref: EmiasDoctorRef) -> ScheduleWindow:
        raise ZeroDivisionError

    book, emias, ends = FakeBook([due_doctor(1), due_doctor(2)], failed_breaks=True), FakeEmias({"1": fault}), Ends()
    await read_all(Readers(book, make_refresh(book, emias), 2, 2, ends))
    assert book.written == [2]
    assert ends.by_row[1].result is Result.FAILED


async def test_a_read_ends_before_its_lease_does() -> None:
    """A doctor whose EMIAS never answers is given up in time and noted as timed out."""
    never = asyncio.Event()

    async def hang(ref: EmiasDoctorRef) -> ScheduleWindow:
        await never.wait()
        raise AssertionError(ref)

    book, emias, ends = FakeBook([due_doctor(1), due_doctor(2)]), FakeEmias({"1": hang}), Ends()
    await read_all(Readers(book, make_refresh(book, emias, timedelta(seconds=0.5)), 2, 2, ends))
    assert book.failures[1][0] is Cause.TIMEOUT
    assert book.written == [2]
    assert emias.now == 0


async def test_reads_cut_short_leave_nothing_running() -> None:
    """After a cut no read is under way and nothing was written for it."""
    never = asyncio.Event()

    async def hang(ref: EmiasDoctorRef) -> ScheduleWindow:
        await never.wait()
        raise AssertionError(ref)

    book, emias = FakeBook([due_doctor(1)]), FakeEmias({"1": hang})
    readers = Readers(book, make_refresh(book, emias), 2, 2, Ends())
    await readers.claim()
    await asyncio.sleep(0)
    await readers.cut()
    assert not readers.running
    assert emias.now == 0
    assert not book.written
    assert not book.failures
