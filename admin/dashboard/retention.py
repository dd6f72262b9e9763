"""The retention clock: what is kept of patients, for how long, what goes next, and whether the worker sees to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from admin.dashboard.judging import Level
from admin.dashboard.links import Links
from admin.dashboard.reading import Figures
from admin.dashboard.words import Speech
from gateway.domain.retention import OF_PATIENTS, Kind, Standing
from gateway.store.tables import Booking, Hold, SyncEntry

__all__ = ["RetentionClock", "RetentionLine", "retention_of"]

_PASS_IS_LATE: Final = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class RetentionLine:
    """A kind of row that there is: its deadline, its oldest row, and what comes next; `link` may be empty."""

    name: str
    kept: str
    oldest: str
    told: str
    level: Level
    link: str


@dataclass(frozen=True, slots=True)
class RetentionClock:
    """The lines, those that are overdue first, and the last pass."""

    lines: list[RetentionLine]
    last_pass: str
    level: Level


def retention_of(figures: Figures, speech: Speech, links: Links) -> RetentionClock:
    """Describe every kind of which there are rows."""
    there = sorted((one for one in figures.retention if one.oldest), key=lambda one: not one.is_overdue)
    passes = [one.passed_at for one in figures.retention if one.keep is not None and one.passed_at]
    last = min(passes, default=None)
    late = last is None or figures.now - last > _PASS_IS_LATE
    told = speech.say("pass_never") if last is None else speech.say("ago", time=speech.span(figures.now - last))
    lines = [_line(one, figures.now, speech, links) for one in there]
    return RetentionClock(lines, told, Level.WARN if late else Level.GOOD)


def _line(one: Standing, now: datetime, speech: Speech, links: Links) -> RetentionLine:
    kept = "—" if one.keep is None else speech.span(one.keep)
    if one.kind is Kind.IDEMPOTENCY:
        kept = speech.say("own_end")
    level, told = _next(one, now, speech)
    return RetentionLine(
        speech.say(f"kept_{one.kind}"), kept, speech.span(one.age(now)), told, level, _link(one.kind, links)
    )


def _next(one: Standing, now: datetime, speech: Speech) -> tuple[Level, str]:
    if one.kind is Kind.UNSETTLED:
        return Level.NONE, speech.say("until_settled")
    if one.due_at is None:
        return Level.WARN, speech.say("no_pass")
    if one.is_overdue:
        return Level.BAD, speech.say("rows_overdue", count=speech.number(one.overdue))
    if one.due_at <= now:
        return Level.GOOD, speech.say("goes_soon")
    return Level.GOOD, speech.say("in_time", time=speech.span(one.due_at - now))


def _link(kind: Kind, links: Links) -> str:
    if kind in OF_PATIENTS:
        return links.rows(Booking, retention=kind, __order="rests_since")
    if kind in {Kind.TRACES, Kind.BOOKINGS}:
        return links.rows(Booking, __order="rests_since")
    if kind is Kind.UNSETTLED:
        return links.rows(Booking)
    if kind is Kind.HOLDS:
        return links.rows(Hold, __order="ended_at")
    return links.rows(SyncEntry, __order="at") if kind is Kind.SYNC_LOG else ""
