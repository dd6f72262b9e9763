"""The page itself: what each panel shows, put into the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from admin.dashboard.calls import calls_of
from admin.dashboard.judging import Breakers, Level, Processes, certificate_days, judge
from admin.dashboard.links import Links
from admin.dashboard.panels import doubts_of, freshness_of, funnel_of, outcomes_chart
from admin.dashboard.reading import Figures, Window
from admin.dashboard.retention import retention_of
from admin.dashboard.watch import open_alerts_of, watch_lines
from admin.dashboard.words import Speech
from admin.frame.page import environment
from admin.frame.speech import LANGUAGES
from gateway.domain.circuit import Lane
from gateway.domain.moscow import as_moscow
from gateway.store.tables import (
    Beat,
    Booking,
    Doctor,
    DoctorMapping,
    EmiasDoctor,
    ErrorGroup,
    Institution,
    Site,
)

__all__ = ["Page"]

_SOON_DAYS, _LATE_DAYS = 30, 7
_GOOD_TAKEN: Final = 0.05
_MOST_LINES: Final = 8
_MOST_DAYS: Final = 3_650
_WORST_FIRST: Final = (Level.BAD, Level.WARN, Level.NONE, Level.GOOD)
_STANDS: Final = {0: Level.GOOD, 1: Level.WARN, 2: Level.WARN, 3: Level.BAD}


class Page:
    """The template, read once, and where its figures lead."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._template = environment("admin.dashboard").get_template("dashboard.html")

    def render(self, figures: Figures, speech: Speech) -> str:
        """Write the page in one language."""
        links = self._links
        institutions = [self._institution(row, figures, speech) for row in figures.institutions]
        circuits = [self._circuits(row, figures, speech) for row in figures.institutions]
        return self._template.render(
            say=speech.say,
            lang=speech.language,
            window=figures.window.code,
            tabs=_tabs(figures, speech),
            languages=_languages(figures, speech),
            clock=f"{as_moscow(figures.now):%H:%M:%S}",
            axis=_axis(figures),
            institutions=sorted(institutions, key=lambda each: _WORST_FIRST.index(each["level"])),
            verdict=_verdict(institutions, speech),
            doubts=doubts_of(figures, speech, links),
            doubts_total=figures.doubts[0]["total"] if figures.doubts else 0,
            doubts_manual=figures.doubts[0]["manual"] if figures.doubts else 0,
            doubts_link=links.rows(Booking),
            calls=calls_of(figures, speech, links),
            circuits=sorted(circuits, key=lambda each: each["is_well"])[:_MOST_LINES],
            circuits_more=len(circuits) - _MOST_LINES,
            institutions_link=links.rows(Institution),
            stopped_bookings=figures.rest["stopped_bookings"],
            alerts=open_alerts_of(figures.watch, speech),
            processes=[*self._processes(figures, speech), *watch_lines(figures.watch, speech)],
            freshness=freshness_of(figures, speech, links),
            doctors_link=links.rows(EmiasDoctor),
            errors=[self._error(row, figures, speech) for row in figures.errors],
            errors_total=figures.errors[0]["total"] if figures.errors else 0,
            errors_link=links.rows(ErrorGroup),
            funnel=funnel_of(figures, speech, links),
            taken=_taken(figures, speech),
            outcomes=outcomes_chart(figures, speech),
            mappings=self._mappings(figures, speech),
            retention=retention_of(figures, speech, links),
        )

    def _institution(self, row: Mapping[str, Any], figures: Figures, speech: Speech) -> dict[str, Any]:
        said = judge(row, figures)
        words = dict(said.words)
        words["last_error"] = speech.say(f"cause_{row['last_error']}") if row["last_error"] else ""
        words["free_slots"] = speech.number(row["free_slots"])
        return {
            "name": row["name"] or row["lpu_code"],
            "code": row["lpu_code"],
            "level": said.level,
            "reason": speech.say(said.key, **words),
            "slots": speech.say("free_slots", **words),
            "note": row["switch_reason"] if said.key in {"closed", "calls_stopped"} else "",
            "link": self._links.act("institution", row["lpu_code"], speech.language),
            "doctors_link": self._links.rows(EmiasDoctor, lpu_code=row["lpu_code"]),
        }

    def _circuits(self, row: Mapping[str, Any], figures: Figures, speech: Speech) -> dict[str, Any]:
        breakers = Breakers.of(figures.beats)
        lanes = []
        for lane in Lane:
            stands = breakers.stands(row["lpu_code"], lane)
            key = "none" if stands is None else int(stands)
            lanes.append((Level.NONE if stands is None else _STANDS[int(stands)], speech.say(f"stands_{key}")))
        stopped = {
            "stopped_sale": not row["is_open"],
            "stopped_calls": row["calls_stopped"],
            "stopped_retries": row["retries_stopped"],
        }
        return {
            "code": row["lpu_code"],
            "lanes": lanes,
            "is_well": not any(stopped.values()) and all(level is Level.GOOD for level, _ in lanes),
            "link": self._links.rows(Beat, lpu_code=row["lpu_code"]),
            "switch_link": self._links.act("institution", row["lpu_code"], speech.language),
            "stopped": [speech.say(key) for key, is_so in stopped.items() if is_so],
            "reason": row["switch_reason"] if any(stopped.values()) else "",
        }

    def _processes(self, figures: Figures, speech: Speech) -> list[dict[str, Any]]:
        told, days = Processes.of(figures.beats), certificate_days(figures)
        lines = [
            _process("gateway_process", told.gateways, "", self._links.rows(Beat, process="gateway"), speech),
            _process("sync_process", told.workers, told.silent_loops, self._links.rows(Beat, process="sync"), speech),
        ]
        level = Level.NONE if days is None else Level.GOOD
        if days is not None and days < _SOON_DAYS:
            level = Level.BAD if days < _LATE_DAYS else Level.WARN
        said = "no_certificate" if days is None else "days_left" if days < _MOST_DAYS else "years_left"
        return [
            *lines,
            {
                "name": speech.say("certificate"),
                "level": level,
                "told": speech.say(said, days=speech.number(int(days or 0))),
                "link": self._links.rows(Beat, what="certificate_ends"),
            },
        ]

    def _error(self, row: Mapping[str, Any], figures: Figures, speech: Speech) -> dict[str, Any]:
        return {
            "link": self._links.row(ErrorGroup, row["id"]),
            "cause": speech.say(f"cause_{row['cause']}"),
            "where": f"{speech.say('operation_' + row['operation'])} · {row['lpu_code']}"
            f" · {speech.say('ending_' + row['ending'])}",
            "times": speech.number(row["times"]),
            "first": _when(row["first_at"], figures.now),
            "last": _when(row["last_at"], figures.now),
            "doctors": speech.number(row["doctors"]) if row["doctors"] else "—",
            "state": row["state"],
            "mark": speech.say(f"mark_{row['state']}"),
        }

    def _mappings(self, figures: Figures, speech: Speech) -> list[tuple[str, str, str]]:
        links, rest = self._links, figures.rest
        found = [
            (
                speech.say(row["reason"]),
                row["count"],
                links.rows(DoctorMapping, status=row["status"], reason=row["reason"]),
            )
            for row in figures.mappings
        ]
        found += [
            (speech.say("without_mapping"), rest["without_mapping"], links.rows(Doctor)),
            (speech.say("refused_lists"), rest["refused_lists"], f"/lists?lang={speech.language}"),
            (speech.say("mirror_errors"), rest["mirror_errors"], links.rows(Site)),
        ]
        return [(name, speech.number(count), link) for name, count, link in found if count]


def _process(name: str, alive: int, loops: str, link: str, speech: Speech) -> dict[str, Any]:
    told = speech.say("alive", count=alive) if alive else speech.say("silent")
    if loops:
        told = speech.say("loops_silent", loops=loops)
    level = Level.GOOD if alive and not loops else Level.BAD
    return {"name": speech.say(name), "level": level, "told": told, "link": link}


def _tabs(figures: Figures, speech: Speech) -> list[tuple[str, str, bool]]:
    return [
        (_address(window, speech.language), speech.say(f"window_{window.code}"), window is figures.window)
        for window in Window
    ]


def _languages(figures: Figures, speech: Speech) -> list[tuple[str, str, bool]]:
    return [(_address(figures.window, each), each.upper(), each == speech.language) for each in LANGUAGES]


def _address(window: Window, language: str) -> str:
    return "/dashboard?" + urlencode({"window": window.code, "lang": language})


def _axis(figures: Figures) -> Sequence[str]:
    form = "%H:%M" if figures.window is Window.HOUR else "%d.%m %H:%M"
    parts = [figures.now - figures.window.span, figures.now - figures.window.span / 2, figures.now]
    return [f"{as_moscow(part):{form}}" for part in parts]


def _verdict(institutions: Sequence[Mapping[str, Any]], speech: Speech) -> tuple[Level, str]:
    some = sum(each["level"] in {Level.GOOD, Level.WARN} for each in institutions)
    if not institutions:
        return Level.NONE, speech.say("no_institutions")
    if some == len(institutions):
        calm = all(each["level"] is Level.GOOD for each in institutions)
        return Level.GOOD if calm else Level.WARN, speech.say("all_can", all=some)
    if some:
        return Level.WARN, speech.say("some_can", some=some, all=len(institutions))
    return Level.BAD, speech.say("none_can")


def _taken(figures: Figures, speech: Speech) -> tuple[Level, str]:
    submitted = sum(row["count"] for row in figures.bookings)
    taken = sum(row["count"] for row in figures.bookings if row["is_taken"])
    if not submitted:
        return Level.NONE, "—"
    return Level.GOOD if taken / submitted <= _GOOD_TAKEN else Level.WARN, speech.percent(taken, submitted)


def _when(instant: datetime, now: datetime) -> str:
    recent = now - instant < timedelta(hours=20)
    return f"{as_moscow(instant):{'%H:%M:%S' if recent else '%d.%m %H:%M'}}"
