"""Figures by hand: an institution that can be booked, unless a test says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from admin.dashboard.reading import Figures, Window
from gateway.store.alert_desk import WatchStanding

__all__ = ["NOW", "WATCHED", "beat", "doubt", "figures", "institution"]

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

WATCHED = WatchStanding(NOW, NOW, "sync host:1", 0, 0, 0, None, 0, "")


def beat(process: str, what: str = "alive", value: float = 1, **changes: Any) -> dict[str, Any]:
    """Make a word of a living process."""
    told = {"process": process, "instance": "host:1", "what": what, "lpu_code": "", "value": value, "note": ""}
    return told | {"at": NOW, "is_alive": True} | changes


def institution(**changes: Any) -> dict[str, Any]:
    """Make an institution with two doctors and ten free slots."""
    told = {"lpu_code": "0101", "name": "Поликлиника", "is_open": True, "calls_stopped": False, "switch_reason": ""}
    told |= {
        "retries_stopped": False,
        "last_ok_at": NOW,
        "last_error_at": None,
        "last_error": None,
        "switched_at": None,
    }
    return (
        told
        | {"doctors": 2, "read": 2, "with_slots": 2, "free_slots": 10, "lagging": 0, "sent": 0, "lost": 0}
        | changes
    )


def doubt(**changes: Any) -> dict[str, Any]:
    """Make a booking in doubt that is looked at in 20 seconds."""
    told = {"state": "in_doubt", "is_looked_at": False, "next": timedelta(seconds=20), "calls_stopped": False}
    return told | {"asked_by": None} | changes


def figures(*beats: dict[str, Any], **changes: Any) -> Figures:
    """Make figures with these words of the processes; both live unless others are given."""
    told: dict[str, Any] = {
        name: [] for name in ("doubts", "calls", "doctors", "errors", "holds", "bookings", "mappings", "retention")
    }
    told |= {"institutions": [institution()], "rest": {}, "window": Window.HOUR, "now": NOW, "watch": WATCHED} | changes
    return Figures(beats=beats or (beat("gateway"), beat("sync")), **told)
