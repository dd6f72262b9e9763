"""Reading one doctor's schedule into the table."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Cause
from gateway.domain.pace import Pace
from gateway.domain.retry import was_asked
from gateway.domain.schedule import Unchanged
from gateway.ports import Written
from gateway.services.refresh import Refresh, Refreshed, Result
from gateway.services.under_way import UnderWay
from tests.unit.services.fakes import Emias, Pause
from tests.unit.services.fakes_of_sync import SyncBook
from tests.unit.services.fakes_of_time import FixedClock
from tests.unit.services.samples import DOCTOR, NOW, a_due_doctor, a_window, known, remote

PATIENCE = timedelta(seconds=30)
MANY = [known(24 + quarter / 4) for quarter in range(20)]


class Rig:
    """The service among its stand-ins."""

    def __init__(self, *replies: object) -> None:
        self.emias = Emias(schedules=list(replies))  # type: ignore[arg-type]  # each test gives what a read may bring
        self.book = SyncBook()
        self.under_way = UnderWay()
        pace = Pace(timedelta(seconds=300), timedelta(seconds=900))
        self.service = Refresh(self.emias, self.book, FixedClock(), pace, timedelta(minutes=1), self.under_way)


async def test_the_horizon_is_read_from_today() -> None:
    """A read covers as many days as the contract shows, today the first, and names the digest we have."""
    rig = Rig(Unchanged("d"))
    await rig.service.due(a_due_doctor(digest="d"))
    assert rig.emias.reads == [(DOCTOR, NOW.date(), NOW.date() + timedelta(days=29), "d")]


async def test_an_unchanged_schedule_is_not_written() -> None:
    """An equal digest notes the read, comes later next time, and touches no slot."""
    rig = Rig(Unchanged("d"))
    assert await rig.service.due(a_due_doctor()) == Refreshed(Result.UNCHANGED)
    assert rig.book.lines == [("unchanged", timedelta(minutes=15))]


async def test_what_changed_is_written() -> None:
    """New and vanished slots are written, and the next read comes sooner."""
    rig = Rig(a_window(remote(24), remote(25)))
    rig.book.rows = [known(25), known(26)]
    told = await rig.service.due(a_due_doctor())
    assert told == Refreshed(Result.CHANGED, Written(inserted=1, closed=1, kept=1))
    assert rig.book.lines == [("write new", timedelta(minutes=5))]


async def test_another_digest_with_the_same_slots_is_no_change() -> None:
    """A reply that differs in what we do not keep takes the new digest and counts as rest."""
    rig = Rig(a_window(remote(24)))
    rig.book.rows = [known(24)]
    assert (await rig.service.due(a_due_doctor())).result is Result.UNCHANGED
    assert rig.book.lines == [("write new", timedelta(minutes=15))]


@pytest.mark.parametrize("reply", [Unchanged("d"), a_window(remote(24))], ids=["unchanged", "changed"])
async def test_a_lost_lease_is_told(reply: object) -> None:
    """When another worker has the doctor by now, nothing is claimed to be written."""
    rig = Rig(reply)
    rig.book.lease_lost = True
    assert await rig.service.due(a_due_doctor()) == Refreshed(Result.LEASE_LOST)


@pytest.mark.parametrize("cause", [cause for cause in Cause if was_asked(cause)])
async def test_a_failure_is_noted_with_its_cause(cause: Cause) -> None:
    """Every cause is written down with its code, logged, and no slot is touched."""
    rig = Rig(EmiasFailure(cause, http_status=502, code="x"))
    with capture_logs() as events:
        assert await rig.service.due(a_due_doctor(failures=1)) == Refreshed(Result.FAILED, cause=cause)
    assert rig.book.details == [(cause, "x")]
    assert rig.book.lines == [("failed", timedelta(minutes=2))]
    assert [(event["event"], event["cause"]) for event in events] == [("schedule_read_failed", cause)]


@pytest.mark.parametrize("cause", [Cause.BREAKER, Cause.BUDGET, Cause.STOPPED])
@pytest.mark.parametrize(("retry_after", "wait"), [(None, 60), (5, 60), (90, 90), (7200, 900)])
async def test_a_read_that_was_kept_back_is_put_off(cause: Cause, retry_after: float | None, wait: int) -> None:
    """When EMIAS was not asked the doctor has not failed: the read comes later, and nothing else is written."""
    rig = Rig(EmiasFailure(cause, retry_after=retry_after))
    with capture_logs() as events:
        assert await rig.service.due(a_due_doctor(failures=3)) == Refreshed(Result.FAILED, cause=cause)
    assert rig.book.lines == [("postponed", timedelta(seconds=wait))]
    assert events == []


async def test_a_failure_waits_as_long_as_emias_asks() -> None:
    """Retry-After sets the next read."""
    rig = Rig(EmiasFailure(Cause.RATE_LIMITED, retry_after=400))
    await rig.service.due(a_due_doctor())
    assert rig.book.lines == [("failed", timedelta(seconds=400))]


async def test_a_reply_too_empty_is_quarantined_twice_and_then_believed() -> None:
    """The slots stay through the first two strange replies; the third in a row is taken for the truth."""
    rig = Rig(*[a_window()] * 3)
    rig.book.rows = MANY
    doctor = a_due_doctor()
    results = [(await rig.service.due(replace(doctor, quarantined=before))).result for before in range(3)]
    assert results == [Result.QUARANTINED, Result.QUARANTINED, Result.CHANGED]
    assert rig.book.lines == [
        ("quarantine new", timedelta(minutes=1)),
        ("quarantine new", timedelta(minutes=2)),
        ("write new", timedelta(minutes=5)),
    ]
    assert rig.book.details == [20, 20]


async def test_a_plausible_reply_after_a_strange_one_is_written() -> None:
    """A quarantined doctor whose schedule looks right again is written at once."""
    rig = Rig(a_window(*(remote(24 + quarter / 4) for quarter in range(20))))
    rig.book.rows = MANY
    assert (await rig.service.due(a_due_doctor(quarantined=1))).result is Result.UNCHANGED


async def test_a_read_on_demand_tells_success() -> None:
    """A fresh schedule, changed or not, in the table in time is a success."""
    rig = Rig(a_window(remote(24)), Unchanged("d"))
    assert await rig.service.one(DOCTOR, PATIENCE)
    assert await rig.service.one(DOCTOR, PATIENCE)
    assert rig.book.claims == 2


async def test_a_doctor_leased_elsewhere_is_not_read() -> None:
    """When another worker reads the doctor, EMIAS is not asked a second time."""
    rig = Rig()
    rig.book.leased = True
    assert not await rig.service.one(DOCTOR, PATIENCE)
    assert rig.emias.reads == []


async def test_all_who_ask_at_once_share_one_read() -> None:
    """Any number of visitors of one stale doctor cost EMIAS one call, and all of them see its success."""
    rig = Rig(a_window(remote(24)))
    rig.emias.pause = Pause()
    visitors = [asyncio.create_task(rig.service.one(DOCTOR, PATIENCE)) for _ in range(20)]
    await rig.emias.pause.reached.wait()
    rig.emias.pause.over.set()
    assert await asyncio.gather(*visitors) == [True] * 20
    assert (rig.book.claims, len(rig.emias.reads)) == (1, 1)


async def test_a_slow_read_goes_on_by_itself() -> None:
    """Who has no patience is told so; the read ends and is written."""
    rig = Rig(a_window(remote(24)))
    rig.emias.pause = Pause()
    assert not await rig.service.one(DOCTOR, timedelta())
    await rig.emias.pause.reached.wait()
    rig.emias.pause.over.set()
    await rig.under_way.drain()
    assert [line for line, _ in rig.book.lines] == ["write new"]


async def test_a_caller_who_hangs_up_does_not_stop_the_read() -> None:
    """The read outlives the visitor who caused it."""
    rig = Rig(Unchanged("d"))
    rig.emias.pause = Pause()
    visitor = asyncio.create_task(rig.service.one(DOCTOR, PATIENCE))
    await rig.emias.pause.reached.wait()
    visitor.cancel()
    with pytest.raises(asyncio.CancelledError):
        await visitor
    rig.emias.pause.over.set()
    await rig.under_way.drain()
    assert [line for line, _ in rig.book.lines] == ["unchanged"]


@pytest.mark.parametrize("reply", [EmiasFailure(Cause.TIMEOUT), RuntimeError("bug")], ids=repr)
async def test_a_failed_read_on_demand_is_no_success(reply: Exception) -> None:
    """Neither a failure of EMIAS nor a broken adapter reaches the visitor as an error, and the next one asks anew."""
    rig = Rig(reply, a_window(remote(24)))
    assert not await rig.service.one(DOCTOR, PATIENCE)
    assert await rig.service.one(DOCTOR, PATIENCE)
