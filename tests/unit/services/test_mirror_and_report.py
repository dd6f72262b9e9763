"""The mirror of the site's doctors, and the report on how fresh it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.domain.circuit import Circuit, CircuitRules, Lane
from gateway.domain.directory import FeedDoctor, FeedMapping
from gateway.domain.errors import MirrorRefused
from gateway.holds.memory_breaker import MemoryBreaker
from gateway.ports import DoctorSnapshot, MirrorSummary, SyncFigures
from gateway.services.mirror import MirrorDoctors
from gateway.services.report import Report
from tests.unit.services.fakes import SiteDirectory
from tests.unit.services.fakes_of_sync import Feed, SiteMirror
from tests.unit.services.fakes_of_time import FixedClock
from tests.unit.services.samples import NOW

DOCTOR = FeedDoctor("17", None, "Сидоров С. С.", True, "1", "терапевт", (FeedMapping("0101", "700"),), 500, "h")  # noqa: FBT003 - active


async def test_a_whole_snapshot_is_applied() -> None:
    """What the site lists reaches its own mirror."""
    mirror, snapshot = SiteMirror(), DoctorSnapshot((DOCTOR,), frozenset({"18"}))
    assert await MirrorDoctors(Feed(snapshot), mirror, 3).run() == MirrorSummary(added=1)
    assert mirror.applied == [(3, snapshot)]
    assert mirror.refusals == []


@pytest.mark.parametrize("whose", ["feed", "mirror"])
async def test_a_refusal_is_written_down_and_told(whose: str) -> None:
    """A list that cannot be read, and one that would remove too many, leave a reason behind."""
    refusal = MirrorRefused("too_many_removed")
    feed, mirror = Feed(), SiteMirror()
    if whose == "feed":
        feed.error = refusal
    else:
        mirror.error = refusal
    with pytest.raises(MirrorRefused, match="too_many_removed"):
        await MirrorDoctors(feed, mirror, 3).run()
    assert mirror.applied == []
    assert mirror.refusals == [(3, "too_many_removed")]


async def test_another_error_is_no_refusal() -> None:
    """A database that is away is not the site's fault."""
    mirror = SiteMirror(error=ConnectionError())
    with pytest.raises(ConnectionError):
        await MirrorDoctors(Feed(), mirror, 3).run()
    assert mirror.refusals == []


def _figures(
    institutions: tuple[str, ...], silent: tuple[str, ...], lagging: int = 0, stopped: tuple[str, ...] = ()
) -> SyncFigures:
    return SyncFigures(
        NOW - timedelta(minutes=7), lagging, 5, silent, stopped, institutions, NOW + timedelta(seconds=2)
    )


def _report(directory: SiteDirectory, breaker: MemoryBreaker | None = None) -> Report:
    return Report(directory, FixedClock(), timedelta(minutes=30), breaker or MemoryBreaker(CircuitRules()))


@pytest.mark.parametrize(
    ("institutions", "silent", "emias"),
    [
        ((), (), "unknown"),
        (("a", "b"), (), "up"),
        (("a", "b"), ("b",), "partial"),
        (("a", "b"), ("a", "b"), "down"),
    ],
)
async def test_emias_is_as_well_as_its_institutions(
    institutions: tuple[str, ...], silent: tuple[str, ...], emias: str
) -> None:
    """All answering is up, some is partial, none is down, and no institution is unknown."""
    directory = SiteDirectory(report=_figures(institutions, silent))
    status = await _report(directory).status(1)
    assert status.emias == emias
    assert status.is_well == (emias == "up")


@pytest.mark.parametrize(
    ("tripped", "stopped", "of_a", "of_all"),
    [
        ((), (), "up", "up"),
        ((Lane.BOOKINGS,), (), "partial", "partial"),
        ((Lane.READS,), (), "partial", "partial"),
        (tuple(Lane), (), "down", "partial"),
        ((), ("a",), "stopped", "partial"),
        (tuple(Lane), ("a", "b"), "stopped", "down"),
    ],
)
async def test_the_breaker_and_the_operators_are_heard_at_once(
    tripped: tuple[Lane, ...], stopped: tuple[str, ...], of_a: str, of_all: str
) -> None:
    """An institution whose calls are kept back, or stopped, is not told as up, however fresh its last answer is."""
    breaker = MemoryBreaker(CircuitRules(failures=1))
    for lane in tripped:
        await breaker.failed(Circuit("a", lane), "call", None)
    directory = SiteDirectory(report=_figures(("a", "b"), (), stopped=stopped))
    status = await _report(directory, breaker).status(1)
    assert (status.institutions[0].lpu_code, status.institutions[0].emias) == ("a", of_a)
    assert status.emias == of_all


async def test_the_figures_and_the_clock_are_told() -> None:
    """The oldest read, the laggards and the clocks' difference are reported; a laggard makes it not well."""
    directory = SiteDirectory(report=_figures(("a",), (), lagging=2))
    status = await _report(directory).status(1)
    assert (status.oldest_as_of, status.lagging, status.doctors) == (NOW - timedelta(minutes=7), 2, 5)
    assert (status.clock, status.clock_skew) == (NOW, timedelta(seconds=2))
    assert not status.is_well
