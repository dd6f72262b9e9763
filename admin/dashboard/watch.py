"""Whether people would be told: open alerts, messages on their way, and who watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from admin.dashboard.judging import Level
from admin.dashboard.words import Speech
from gateway.domain.moscow import as_moscow
from gateway.store.alert_desk import WatchStanding

__all__ = ["OpenAlerts", "open_alerts_of", "watch_lines"]


@dataclass(frozen=True, slots=True)
class OpenAlerts:
    """How many alerts are open, in a word."""

    level: Level
    told: str
    link: str


def open_alerts_of(standing: WatchStanding, speech: Speech) -> OpenAlerts:
    """Say what is open."""
    level = Level.BAD if standing.critical else Level.WARN if standing.open else Level.GOOD
    told = speech.say("alerts_open", open=standing.open, critical=standing.critical) if standing.open else ""
    return OpenAlerts(level, told or speech.say("alerts_none"), _address(speech))


def watch_lines(standing: WatchStanding, speech: Speech) -> list[dict[str, Any]]:
    """Say whether somebody watches and whether messages arrive."""
    return [_watch(standing, speech), _delivery(standing, speech)]


def _watch(standing: WatchStanding, speech: Speech) -> dict[str, Any]:
    at = standing.judged_at
    if at is None:
        level, told = Level.BAD, speech.say("watch_never")
    elif not standing.is_watched:
        level, told = Level.BAD, speech.say("watch_silent", time=f"{as_moscow(at):%d.%m %H:%M}")
    else:
        level, told = Level.GOOD, speech.say("ago", time=speech.span(standing.now - at))
    return {"name": speech.say("watch"), "level": level, "told": told, "link": _address(speech)}


def _delivery(standing: WatchStanding, speech: Speech) -> dict[str, Any]:
    level, told = Level.GOOD, speech.say("alerts_arrive")
    if standing.late and standing.oldest_waiting is not None:
        span = speech.span(standing.now - standing.oldest_waiting)
        why = standing.last_error or speech.say("alerts_untried")
        level, told = Level.BAD, speech.say("alerts_late", count=standing.late, time=span, why=why)
    elif standing.given_up:
        level, told = Level.WARN, speech.say("alerts_given_up", count=standing.given_up)
    return {"name": speech.say("alerts_delivery"), "level": level, "told": told, "link": _address(speech)}


def _address(speech: Speech) -> str:
    return f"/alerts?lang={speech.language}"
