"""The loop of pushed doctors."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from gateway.ports import MarkedDoctor, PushedChange
from gateway.services.reread import RereadPushed
from sync.rereading import KeepPushed
from tests.unit.sync.fakes import NOW, FakeMirror, make_signs


class Marks:
    """Marks to be given out, each an element or a fault; `empty` is set when there are no more."""

    def __init__(self, *marks: str | Exception) -> None:
        self.marks = list(marks)
        self.empty = asyncio.Event()
        self.put_offs: list[str] = []

    async def note(self, site_id: int, changes: Sequence[PushedChange]) -> int:
        """Fail: this is the door's affair."""
        raise AssertionError((site_id, changes))

    async def claim(self, _site_id: int, _lease: timedelta) -> MarkedDoctor | None:
        """Give the next one."""
        if not self.marks:
            self.empty.set()
            return None
        mark = self.marks.pop(0)
        if isinstance(mark, Exception):
            raise mark
        return MarkedDoctor(mark, 1, is_deletion=False, failures=0, claimed_at=NOW)

    async def put_off(self, _site_id: int, marked: MarkedDoctor, _again_after: timedelta) -> None:
        """Note it."""
        self.put_offs.append(marked.element_id)


async def _until_empty(marks: Marks, mirror: FakeMirror) -> tuple[asyncio.Event, list[str]]:
    wake, stop = asyncio.Event(), asyncio.Event()
    reread = RereadPushed(mirror, mirror, marks, 1, timedelta(minutes=1))
    with capture_logs() as logs:
        task = asyncio.create_task(KeepPushed(reread, wake, make_signs()).run(stop))
        await marks.empty.wait()
        stop.set()
        await task
    return wake, [str(entry.get("result", entry["event"])) for entry in logs]


async def test_all_marks_are_read_and_new_doctors_looked_for() -> None:
    """One after the other without a pause; what was written wakes the schedules."""
    wake, told = await _until_empty(Marks("1", "2"), FakeMirror())
    assert told == ["written", "written"]
    assert wake.is_set()


async def test_a_site_that_refuses_stops_nothing() -> None:
    """The mark is put off, and the schedules are not disturbed."""
    marks = Marks("1", "2")
    wake, told = await _until_empty(marks, FakeMirror(refusal="auth_failed"))
    assert told == ["put_off", "put_off"]
    assert marks.put_offs == ["1", "2"]
    assert not wake.is_set()


async def test_a_database_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault is told by its kind only, and the loop goes on after a pause."""
    monkeypatch.setattr("sync.rereading.jittered", lambda _seconds: 0.0)
    _, told = await _until_empty(Marks(ConnectionError("secret"), "1"), FakeMirror())
    assert told == ["reread_broke", "written"]
