"""The other panels of the dashboard, each as what its piece of the page shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup

from admin.bookings import BookingBoard
from admin.dashboard.charts import columns, strip
from admin.dashboard.judging import Actor, Level, Processes, actor_of, level_of_lag
from admin.dashboard.links import Links
from admin.dashboard.reading import Figures
from admin.dashboard.words import Speech
from gateway.domain.moscow import as_moscow
from gateway.store.tables import Hold

__all__ = ["DoubtLine", "Freshness", "FunnelStep", "doubts_of", "freshness_of", "funnel_of", "outcomes_chart"]

_MOST_CELLS: Final = 200
_WORST_SHOWN: Final = 5
_OUTCOMES: Final = (
    ("booked", ("booked", "cancelling", "cancelled", "cancel_in_doubt"), "good", "booked"),
    ("taken", (), "warn", "rejected"),
    ("refused", ("rejected",), "calm", "rejected"),
    ("in_doubt", ("in_doubt", "manual"), "bad", "in_doubt"),
    ("failed", ("failed",), "bad faint", "failed"),
    ("under_way", ("submitting",), "none", "submitting"),
)


@dataclass(frozen=True, slots=True)
class DoubtLine:
    """A booking in doubt: how old, of whom, who acts."""

    link: str
    what: str
    age: str
    doctor: str
    starts: str
    actor: Actor
    action: str


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """A step from the hold to the booking; `width` is 0 to 100 of the widest."""

    key: str
    name: str
    count: int
    share: str
    width: float
    colour: str
    link: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """The heat strip, its sum, and the doctors that are the furthest behind."""

    strip: Markup
    counts: Mapping[str, int]
    worst: Sequence[Mapping[str, str]]


def doubts_of(figures: Figures, speech: Speech, links: Links) -> list[DoubtLine]:
    """Describe the bookings in doubt, those of the operator first."""
    processes = Processes.of(figures.beats)
    return [_doubt(row, actor_of(row, processes), speech, links) for row in figures.doubts]


def _doubt(row: Mapping[str, Any], actor: Actor, speech: Speech, links: Links) -> DoubtLine:
    seconds = row["next"].total_seconds() if row["next"] is not None else 0.0
    soon = speech.say("in_time", time=speech.span(seconds)) if seconds > 0 else speech.say("now")
    return DoubtLine(
        links.act("booking", row["id"], speech.language),
        speech.say(f"state_{row['state']}"),
        speech.span(row["age"]),
        f"{row['doctor']} · {row['lpu_code']}",
        f"{as_moscow(row['starts_at']):%d.%m %H:%M}",
        actor,
        speech.say(f"actor_{actor}", next=soon, who=row["asked_by"]),
    )


def freshness_of(figures: Figures, speech: Speech, links: Links) -> Freshness:
    """Lay the doctors out from the furthest behind to the freshest."""
    rows = figures.doctors
    levels = [level_of_lag(row["age"], row["interval_s"]) for row in rows]
    at_once = max(1, -(-len(rows) // _MOST_CELLS))
    cells = [
        _cell(rows[first : first + at_once], levels[first], speech, links) for first in range(0, len(rows), at_once)
    ]
    worst = [
        {
            "name": row["name"],
            "lpu_code": row["lpu_code"],
            "link": links.act("doctor", row["id"], speech.language),
            "level": level,
            "age": _age(row, speech),
            "error": speech.say(f"cause_{row['last_error']}") if row["last_error"] else "",
        }
        for row, level in zip(rows[:_WORST_SHOWN], levels, strict=False)
        if level is not Level.GOOD
    ]
    counts = Counter(str(level) for level in levels)
    return Freshness(
        strip(cells, speech.say("lag_label")),
        {"all": len(rows)} | {str(level): counts[str(level)] for level in Level},
        worst,
    )


def _cell(rows: Sequence[Mapping[str, Any]], level: Level, speech: Speech, links: Links) -> tuple[str, str, str]:
    row = rows[0]
    words = {"name": row["name"], "lpu_code": row["lpu_code"], "age": _age(row, speech)}
    key = "lag_cell" if len(rows) == 1 else "lag_cells"
    return str(level), speech.say(key, count=len(rows), **words), links.act("doctor", row["id"], speech.language)


def _age(row: Mapping[str, Any], speech: Speech) -> str:
    return speech.say("never") if row["age"] is None else speech.say("ago", time=speech.span(row["age"]))


def _outcome_of(row: Mapping[str, Any]) -> str:
    if row["is_taken"]:
        return "taken"
    return next(key for key, states, _, _ in _OUTCOMES if row["state"] in states)


def funnel_of(figures: Figures, speech: Speech, links: Links) -> list[FunnelStep]:
    """Count the way from hold to booking, and what became of the rest."""
    holds = {row["state"]: row["count"] for row in figures.holds}
    outcomes: Counter[str] = Counter()
    for row in figures.bookings:
        outcomes[_outcome_of(row)] += row["count"]
    since = figures.now - figures.window.span
    held, submitted = sum(holds.values()), outcomes.total()
    steps = list(_steps(holds, outcomes, since, links))
    widest = max(1, held, submitted)
    return [
        FunnelStep(
            key,
            speech.say(key),
            count,
            speech.percent(count, held if key in {"held", "submitted", "expired"} else submitted),
            round(100 * count / widest, 2),
            colour,
            link,
        )
        for key, count, colour, link in steps
    ]


def _steps(
    holds: Mapping[str, int], outcomes: Mapping[str, int], since: datetime, links: Links
) -> Iterator[tuple[str, int, str, str]]:
    yield "held", sum(holds.values()), "calm", links.since(Hold, "created_at", since)
    yield "expired", holds.get("expired", 0), "none", links.since(Hold, "created_at", since, state="expired")
    yield "submitted", sum(outcomes.values()), "calm", links.since(BookingBoard, "created_at", since)
    for key, _, colour, state in _OUTCOMES:
        if outcomes.get(key) or key != "under_way":
            chosen = {"refusal": "slot_"} if key == "taken" else {}
            yield (
                key,
                outcomes.get(key, 0),
                colour,
                links.since(BookingBoard, "created_at", since, state=state, **chosen),
            )


def outcomes_chart(figures: Figures, speech: Speech) -> Markup:
    """Draw the bookings of each step by what became of them."""
    steps: dict[int, Counter[str]] = {}
    for row in figures.bookings:
        steps.setdefault(row["step"], Counter())[_outcome_of(row)] += row["count"]
    places = [steps.get(step, Counter[str]()) for step in figures.window.steps(figures.now)]
    stacks = [[(colour, place[key]) for key, _, colour, _ in _OUTCOMES] for place in places]
    titles = [
        f"{_begins(figures, step):%d.%m %H:%M} · "
        + (", ".join(f"{speech.say(key)}: {place[key]}" for key, *_ in _OUTCOMES if place[key]) or speech.say("none"))
        for step, place in zip(figures.window.steps(figures.now), places, strict=True)
    ]
    return columns(stacks, titles, speech.say("funnel_label"))


def _begins(figures: Figures, step: int) -> datetime:
    return as_moscow(datetime.fromtimestamp(step * figures.window.step, figures.now.tzinfo))
