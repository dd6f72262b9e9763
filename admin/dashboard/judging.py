"""What the figures mean: can patients book, who acts next, how each thing stands. Nothing here asks anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from admin.dashboard.reading import Figures

__all__ = ["Actor", "Breakers", "Level", "Processes", "Said", "actor_of", "certificate_days", "judge", "level_of_lag"]

_TRIPPED, _OPEN = 2.0, 3.0
_LOST_AT_LEAST: Final = 2
_NO_ANSWER: Final = timedelta(minutes=5)
_LATE: Final = timedelta(minutes=-1)
_SECONDS_A_DAY: Final = 86_400
_INTERVALS_GOOD, _INTERVALS_BAD = 1.5, 3.0

Row = Mapping[str, Any]


class Level(StrEnum):
    """How something stands."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    NONE = "none"


class Actor(StrEnum):
    """Who acts next on a booking in doubt."""

    OPERATOR = "operator"
    WORKER = "worker"
    LOOKING = "looking"
    NEXT_LOOK = "next_look"
    LATE = "late"
    STOPPED = "stopped"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Said:
    """A level and the word for it; `words` fill the word's gaps."""

    level: Level
    key: str
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Processes:
    """Which processes live, by what they said last."""

    gateways: int
    workers: int
    silent_loops: str

    @classmethod
    def of(cls, beats: Iterable[Row]) -> Processes:
        """Count those that spoke within the last seconds."""
        alive = [beat for beat in beats if beat["is_alive"]]
        count = {
            process: sum(beat["what"] == "alive" and beat["process"] == process for beat in alive)
            for process in ("gateway", "sync")
        }
        loops = [beat["note"] for beat in alive if beat["what"] == "silent_loops" and beat["value"]]
        return cls(count["gateway"], count["sync"], ", ".join(loops))

    @property
    def worker_is_well(self) -> bool:
        """Tell whether a worker lives and all its loops turn."""
        return self.workers > 0 and not self.silent_loops


@dataclass(frozen=True, slots=True)
class Breakers:
    """The last that a living process saw of each circuit."""

    seen: Mapping[tuple[str, str], tuple[float, datetime]]

    @classmethod
    def of(cls, beats: Iterable[Row]) -> Breakers:
        """Keep the newest word of each."""
        told = [beat for beat in beats if beat["is_alive"] and beat["what"].startswith("breaker_")]
        ordered = sorted(told, key=lambda beat: beat["at"])
        return cls({(beat["lpu_code"], beat["what"][8:]): (beat["value"], beat["at"]) for beat in ordered})

    def stands(self, lpu_code: str, lane: str) -> float | None:
        """Return 0 closed, 1 easing, 2 half open, 3 open; None when nobody has seen it."""
        found = self.seen.get((lpu_code, lane))
        return found[0] if found else None

    def is_tripped(self, lpu_code: str, lane: str) -> bool:
        """Tell whether EMIAS is not known to answer such calls again."""
        return (self.stands(lpu_code, lane) or 0.0) >= _TRIPPED

    def keeps_bookings_back(self, lpu_code: str) -> bool:
        """Tell whether a booking would be refused; while schedules are read again, the next one is let through."""
        if not self.is_tripped(lpu_code, "bookings"):
            return False
        return self.stands(lpu_code, "bookings") == _OPEN or self.is_tripped(lpu_code, "reads")


def certificate_days(figures: Figures) -> float | None:
    """Return the days that our certificate has left, the worst of the living processes; None when none told of one."""
    ends = [beat["value"] for beat in figures.beats if beat["is_alive"] and beat["what"] == "certificate_ends"]
    return (min(ends) - figures.now.timestamp()) / _SECONDS_A_DAY if ends else None


def judge(row: Row, figures: Figures) -> Said:
    """Tell whether patients can book with an institution now, with the first reason that stands against it."""
    processes, breakers, days = Processes.of(figures.beats), Breakers.of(figures.beats), certificate_days(figures)
    against = (
        (Level.BAD, "closed", not row["is_open"]),
        (Level.BAD, "calls_stopped", row["calls_stopped"]),
        (Level.BAD, "gateway_silent", not processes.gateways),
        (Level.BAD, "certificate_over", days is not None and days <= 0),
        (Level.BAD, "breaker_open", breakers.keeps_bookings_back(row["lpu_code"])),
        (Level.BAD, "bookings_lost", row["lost"] >= _LOST_AT_LEAST and row["lost"] == row["sent"]),
        (Level.BAD, "no_doctors", not row["doctors"]),
        (Level.BAD, "never_read", not row["read"]),
        (Level.BAD, "no_slots", not row["free_slots"]),
        (Level.WARN, "breaker_probe", breakers.is_tripped(row["lpu_code"], "bookings")),
        (Level.WARN, "emias_errors", _answers_with_errors(row, figures.now)),
        (Level.WARN, "some_lost", row["lost"] >= _LOST_AT_LEAST),
        (Level.WARN, "worker_silent", not processes.worker_is_well),
        (Level.WARN, "reads_kept_back", breakers.is_tripped(row["lpu_code"], "reads")),
        (Level.WARN, "lagging", row["lagging"] > 0),
        (Level.GOOD, "bookable", True),
    )
    level, key, _ = next(reason for reason in against if reason[2])
    return Said(level, key, dict(row))


def _answers_with_errors(row: Row, now: datetime) -> bool:
    failed, answered = row["last_error_at"], row["last_ok_at"]
    if failed is None:
        return False
    return (answered is None or answered < failed) and (answered is None or now - answered > _NO_ANSWER)


def actor_of(doubt: Row, processes: Processes) -> Actor:
    """Tell who acts next on a booking in doubt."""
    if doubt["asked_by"]:
        return Actor.WORKER if processes.workers else Actor.LATE
    if doubt["state"] == "manual":
        return Actor.OPERATOR
    if doubt["state"] in {"submitting", "cancelling"}:
        return Actor.RECOVERY if processes.workers else Actor.LATE
    if doubt["is_looked_at"]:
        return Actor.LOOKING
    if not processes.worker_is_well or (doubt["next"] is not None and doubt["next"] < _LATE):
        return Actor.LATE
    return Actor.STOPPED if doubt["calls_stopped"] else Actor.NEXT_LOOK


def level_of_lag(age: float | None, interval: float) -> Level:
    """Judge the age of a schedule by the interval at which it is read, both in seconds."""
    if age is None:
        return Level.NONE
    intervals = age / interval
    if intervals <= _INTERVALS_GOOD:
        return Level.GOOD
    return Level.WARN if intervals <= _INTERVALS_BAD else Level.BAD
