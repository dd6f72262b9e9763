"""One pass from the command line: what is read, what is shown, and the exit status."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Cause
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow
from sync.once import SyncOnce
from tests.unit.sync.fakes import FakeBook, FakeChores, FakeEmias, FakeMirror, due_doctor, make_house


async def no_answer(_ref: EmiasDoctorRef) -> ScheduleWindow:
    """Fail as a slow EMIAS does."""
    raise EmiasFailure(Cause.TIMEOUT)


async def run(house: Any, doctor: str | None = None, *, terminal: bool = False) -> tuple[int, str]:
    """Run a pass and return its exit status and what it showed."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=120)
    return await SyncOnce(house, console).run(doctor), out.getvalue()


async def test_a_good_pass_tells_all_counts_and_ends_with_zero() -> None:
    """Mirror, doctors and slots are summed up in plain lines where no terminal is."""
    book = FakeBook([due_doctor(1), due_doctor(2), due_doctor(3, digest="digest")])
    status, shown = await run(make_house(book, FakeEmias(), mirror=FakeMirror()))
    assert status == 0
    for line in (
        "список врачей / doctors: новых / added 2, изменено / changed 1, ",
        "врачей к чтению / doctors to read: 3",
        "прочитано / read: 3 / 3, с ошибкой / failed: 0",
        "врачей прочитано / doctors read: 3",
        "без изменений / unchanged: 1",
        "изменились / changed: 2",
        "с ошибкой / failed: 0",
        "слотов добавлено / slots inserted: 4",
        "слотов закрыто / slots closed: 0",
    ):
        assert line in shown
    assert "\x1b" not in shown


async def test_failures_are_named_grouped_by_cause_and_end_with_one() -> None:
    """A doctor that failed is named with the cause, the others are read."""
    book = FakeBook([due_doctor(row) for row in range(1, 6)])
    status, shown = await run(make_house(book, FakeEmias({"2": no_answer, "4": no_answer})))
    assert status == 1
    assert "не прочитан / failed: 0101/2: timeout" in shown
    assert "  timeout: 2" in shown
    assert "с ошибкой / failed: 2" in shown
    assert sorted(book.written) == [1, 3, 5]


async def test_a_terminal_gets_a_bar_and_a_table() -> None:
    """On a terminal the progress and the summary are drawn, failures stand above."""
    book = FakeBook([due_doctor(1), due_doctor(2)])
    status, shown = await run(make_house(book, FakeEmias({"2": no_answer})), terminal=True)
    assert status == 1
    assert "\x1b" in shown
    assert "Врачи / doctors" in shown
    assert "2/2" in shown
    assert "не прочитан / failed: 0101/2: timeout" in shown
    assert "слотов добавлено / slots inserted" in shown


async def test_one_doctor_is_read_alone() -> None:
    """Named as LPU/ID, a doctor is read and no other."""
    book = FakeBook([due_doctor(1), due_doctor(2)])
    status, shown = await run(make_house(book, FakeEmias()), "0101/2")
    assert status == 0
    assert book.written == [2]
    assert "врачей прочитано / doctors read: 1" in shown


@pytest.mark.parametrize(("doctor", "told"), [("0101/9", "the doctor is unknown"), ("0101", "expected LPU/ID")])
async def test_a_doctor_that_cannot_be_read_is_told_so(doctor: str, told: str) -> None:
    """Unknown or misspelt doctors end the pass with a message and status one."""
    status, shown = await run(make_house(FakeBook([due_doctor(1)]), FakeEmias()), doctor)
    assert status == 1
    assert told in shown


async def test_a_refused_mirror_is_told_and_schedules_are_read_all_the_same() -> None:
    """The doctors known so far are read, the status tells of the refusal."""
    book = FakeBook([due_doctor(1)])
    status, shown = await run(make_house(book, FakeEmias(), mirror=FakeMirror(refusal="snapshot_incomplete")))
    assert status == 1
    assert "the doctor list was not believed: snapshot_incomplete" in shown
    assert book.written == [1]


async def test_another_worker_s_mirror_pass_is_not_disturbed() -> None:
    """When another process mirrors at this instant, its pass will do."""
    mirror = FakeMirror()
    house = make_house(FakeBook(), FakeEmias(), mirror=mirror, chores=FakeChores(turn_is_ours=False))
    status, shown = await run(house)
    assert status == 0
    assert mirror.passes == 0
    assert "another process mirrors the doctors now" in shown


async def test_doctors_that_a_running_worker_takes_are_counted() -> None:
    """What another worker leases meanwhile is left to it, and told."""

    class Shared(FakeBook):
        async def all_due_now(self) -> int:
            return len(self.due) + 2

    status, shown = await run(make_house(Shared([due_doctor(1)]), FakeEmias()))
    assert status == 0
    assert "left to a running worker: 2" in shown
