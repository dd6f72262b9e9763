"""What the figures are taken to mean."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from admin.dashboard.judging import Actor, Level, Processes, actor_of, certificate_days, judge, level_of_lag
from tests.unit.admin.dashboard.pieces import NOW, beat, doubt, figures, institution

_LIVING = (beat("gateway"), beat("sync"))


@pytest.mark.parametrize(
    ("changes", "level", "key"),
    [
        ({}, Level.GOOD, "bookable"),
        ({"is_open": False}, Level.BAD, "closed"),
        ({"calls_stopped": True}, Level.BAD, "calls_stopped"),
        ({"sent": 2, "lost": 2}, Level.BAD, "bookings_lost"),
        ({"sent": 9, "lost": 2}, Level.WARN, "some_lost"),
        ({"sent": 9, "lost": 1}, Level.GOOD, "bookable"),
        ({"doctors": 0}, Level.BAD, "no_doctors"),
        ({"read": 0}, Level.BAD, "never_read"),
        ({"free_slots": 0}, Level.BAD, "no_slots"),
        ({"lagging": 1}, Level.WARN, "lagging"),
        ({"last_ok_at": None, "last_error_at": NOW}, Level.WARN, "emias_errors"),
        ({"last_ok_at": NOW - timedelta(minutes=1), "last_error_at": NOW}, Level.GOOD, "bookable"),
        ({"last_ok_at": NOW - timedelta(minutes=9), "last_error_at": NOW}, Level.WARN, "emias_errors"),
    ],
)
def test_the_first_reason_against_booking_is_told(changes: dict[str, Any], level: Level, key: str) -> None:
    """An institution is judged by the gravest thing that stands against it."""
    said = judge(institution(**changes), figures())
    assert (said.level, said.key) == (level, key)


@pytest.mark.parametrize(
    ("beats", "key"),
    [
        ((beat("sync"),), "gateway_silent"),
        ((beat("gateway", is_alive=False), beat("sync")), "gateway_silent"),
        ((beat("gateway"),), "worker_silent"),
        ((*_LIVING, beat("sync", "silent_loops", 1, note="doubts")), "worker_silent"),
        ((*_LIVING, beat("gateway", "breaker_bookings", 3, lpu_code="0101")), "breaker_open"),
        ((*_LIVING, beat("gateway", "breaker_bookings", 2, lpu_code="0101")), "breaker_probe"),
        (
            (*_LIVING, *(beat("sync", f"breaker_{lane}", 2, lpu_code="0101") for lane in ("bookings", "reads"))),
            "breaker_open",
        ),
        ((*_LIVING, beat("gateway", "breaker_bookings", 1, lpu_code="0101")), "bookable"),
        ((*_LIVING, beat("gateway", "breaker_bookings", 3, lpu_code="0202")), "bookable"),
        ((*_LIVING, beat("gateway", "breaker_reads", 2, lpu_code="0101")), "reads_kept_back"),
        ((*_LIVING, beat("gateway", "certificate_ends", NOW.timestamp() - 1)), "certificate_over"),
    ],
)
def test_silent_processes_and_open_breakers_are_told(beats: tuple[dict[str, Any], ...], key: str) -> None:
    """What the processes say, or no longer say, decides whether patients can book."""
    assert judge(institution(), figures(*beats)).key == key


def test_the_newest_word_on_a_breaker_counts() -> None:
    """A breaker that one process saw open and another later closed is closed."""
    seen_open = beat("gateway", "breaker_bookings", 3, lpu_code="0101", at=NOW - timedelta(minutes=1))
    seen_closed = beat("sync", "breaker_bookings", 0, lpu_code="0101")
    assert judge(institution(), figures(*_LIVING, seen_closed, seen_open)).key == "bookable"


def test_a_word_of_a_dead_process_does_not_count() -> None:
    """A breaker that only a vanished process saw open is not told as open."""
    dead = beat("gateway", "breaker_bookings", 3, lpu_code="0101", is_alive=False)
    assert judge(institution(), figures(*_LIVING, dead)).key == "bookable"


@pytest.mark.parametrize(
    ("changes", "actor"),
    [
        ({}, Actor.NEXT_LOOK),
        ({"state": "manual", "next": None}, Actor.OPERATOR),
        ({"state": "manual", "asked_by": "anna"}, Actor.WORKER),
        ({"is_looked_at": True}, Actor.LOOKING),
        ({"next": timedelta(minutes=-2)}, Actor.LATE),
        ({"calls_stopped": True}, Actor.STOPPED),
        ({"state": "submitting", "next": None}, Actor.RECOVERY),
    ],
)
def test_somebody_acts_next_on_each_doubt(changes: dict[str, Any], actor: Actor) -> None:
    """Each booking in doubt has one who acts next."""
    assert actor_of(doubt(**changes), Processes.of(_LIVING)) is actor


@pytest.mark.parametrize("state", ["in_doubt", "cancelling"])
def test_without_a_worker_every_look_is_late(state: str) -> None:
    """A look that was planned is not promised while nobody lives who would do it."""
    assert actor_of(doubt(state=state), Processes.of([beat("gateway")])) is Actor.LATE


def test_the_certificate_that_ends_first_is_told() -> None:
    """Of two processes the one whose certificate ends earlier decides."""
    ends = [beat("gateway", "certificate_ends", NOW.timestamp() + days * 86_400) for days in (40, 7)]
    assert certificate_days(figures(*_LIVING, *ends)) == pytest.approx(7)
    assert certificate_days(figures()) is None


@pytest.mark.parametrize(
    ("age", "level"), [(None, Level.NONE), (300.0, Level.GOOD), (600.0, Level.WARN), (1000.0, Level.BAD)]
)
def test_a_schedule_is_as_fresh_as_its_interval_says(age: float | None, level: Level) -> None:
    """A schedule read every five minutes lags after ten and is far behind after fifteen."""
    assert level_of_lag(age, 300) is level
