"""The worker's loops: what starts them, what they bear, and how they end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow
from gateway.ports import MirrorSummary
from gateway.wiring import House
from sync.signs import Signs
from sync.worker import run_worker
from tests.unit.sync.fakes import (
    NOW,
    FakeBook,
    FakeChores,
    FakeEmias,
    FakeMirror,
    due_doctor,
    make_house,
    make_signs,
    window,
)


@asynccontextmanager
async def working(house: House, signs: Signs | None = None) -> AsyncIterator[asyncio.Event]:
    """Run the worker and stop it in the end, unless the test has."""
    stop = asyncio.Event()
    task = asyncio.create_task(run_worker(house, stop, signs or make_signs(), grace=timedelta(seconds=5)))
    try:
        yield stop
    finally:
        stop.set()
        await task


async def test_whatever_is_due_is_read() -> None:
    """Doctors that are due at the start are read without further ado."""
    book = FakeBook([due_doctor(row) for row in range(10)])
    async with working(make_house(book, FakeEmias(), workers=3)):
        while len(book.written) < 10:
            await book.changed.wait()
            book.changed.clear()
    assert sorted(book.written) == list(range(10))


async def test_new_doctors_of_the_mirror_are_looked_for_at_once() -> None:
    """A mirror pass ends the wait for the next due doctor."""
    book, mirror = FakeBook(next_instant=NOW + timedelta(hours=1)), FakeMirror()

    class Late(FakeMirror):
        async def apply(self, _site_id: int, _snapshot: object, _since: object) -> MirrorSummary:
            book.due.append(due_doctor(5))
            return MirrorSummary(added=1)

    mirror = Late()
    async with working(make_house(book, FakeEmias(), mirror=mirror)):
        await book.changed.wait()
    assert book.written == [5]


async def test_an_unreadable_due_list_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim that fails stops nothing: after a pause the list is asked again."""
    monkeypatch.setattr("sync.schedules.jittered", lambda _seconds: 0.0)
    book = FakeBook([due_doctor(1)], claim_troubles=2)
    with capture_logs() as logs:
        async with working(make_house(book, FakeEmias())):
            await book.changed.wait()
    assert book.written == [1]
    assert [entry["event"] for entry in logs].count("due_list_unreadable") == 2


async def test_at_the_end_nothing_new_begins_and_what_runs_is_finished() -> None:
    """A stop lets the reads under way end and leaves the others to the next worker."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(ref: EmiasDoctorRef) -> ScheduleWindow:
        begun.set()
        await go_on.wait()
        return window(ref)

    book = FakeBook([due_doctor(row) for row in range(5)])
    emias = FakeEmias({str(row): slow for row in range(5)})
    async with working(make_house(book, emias, workers=2)) as stop:
        await begun.wait()
        stop.set()
        await asyncio.sleep(0)
        go_on.set()
    assert sorted(book.written) == [0, 1]
    assert len(book.due) == 3


async def test_the_end_is_bounded() -> None:
    """What does not end within the grace is cut short, and the log tells of it."""
    begun, never = asyncio.Event(), asyncio.Event()

    async def hang(ref: EmiasDoctorRef) -> ScheduleWindow:
        begun.set()
        await never.wait()
        raise AssertionError(ref)

    book, emias, stop = FakeBook([due_doctor(1)]), FakeEmias({"1": hang}), asyncio.Event()
    task = asyncio.create_task(
        run_worker(make_house(book, emias), stop, make_signs(), grace=timedelta(milliseconds=10))
    )
    await begun.wait()
    stop.set()
    with capture_logs() as logs:
        await task
    assert [entry["loops"] for entry in logs if entry["event"] == "loops_cut_short"] == [["ReadSchedules"]]
    assert emias.now == 0


async def test_a_loop_that_breaks_ends_the_worker() -> None:
    """A fault that no loop should have is not hidden: the process ends with it."""

    class Broken(Signs):
        def mirror_passed(self, result: str) -> None:
            raise ZeroDivisionError(result)

    house = make_house(FakeBook(), FakeEmias(), mirror=FakeMirror())
    with pytest.raises(ZeroDivisionError):
        await run_worker(house, asyncio.Event(), Broken(CollectorRegistry()))


async def test_the_mirror_s_turn_is_one_worker_s() -> None:
    """While another worker has the turn the site is not asked."""
    mirror, chores = FakeMirror(), FakeChores(turn_is_ours=False)
    async with working(make_house(FakeBook(), FakeEmias(), mirror=mirror, chores=chores)):
        await chores.asked.wait()
    assert mirror.passes == 0
    assert chores.turns[0] == timedelta(seconds=540)


@pytest.mark.parametrize(
    ("mirror", "event"),
    [(FakeMirror(refusal="auth_failed"), "mirror_refused"), (FakeMirror(fault=ConnectionError()), "mirror_broke")],
)
async def test_a_mirror_pass_that_fails_stops_nothing(mirror: FakeMirror, event: str) -> None:
    """The last mirror stays, schedules are read on, the log names the trouble."""
    book = FakeBook([due_doctor(1)])
    with capture_logs() as logs:
        async with working(make_house(book, FakeEmias(), mirror=mirror)):
            await mirror.passed.wait()
            await book.changed.wait()
    assert book.written == [1]
    assert event in [entry["event"] for entry in logs]


async def test_chores_are_done_and_a_broken_one_hinders_no_other() -> None:
    """Every chore has its first turn at the start, whatever happens to the others."""
    chores = FakeChores(broken={"expire_holds", "forget_pushes"})
    with capture_logs() as logs:
        async with working(make_house(FakeBook(), FakeEmias(), chores=chores)):
            while len(chores.done) < 4:
                await chores.worked.wait()
                chores.worked.clear()
    failed = sorted(entry["chore"] for entry in logs if entry["event"] == "chore_failed")
    assert failed == ["expire_holds", "forget_pushes"]
