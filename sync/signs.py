"""What the worker shows of itself: counts for Prometheus, and which of its loops still turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from gateway.domain.retention import Standing
from gateway.ports import DueDoctor
from gateway.services.refresh import Refreshed
from gateway.store.stock import Stock

__all__ = ["Signs"]

_SILENCE_ALLOWED: Final = {"schedules": 60.0, "doubts": 30.0, "expire_holds": 30.0, "wishes": 30.0}

_STOCK: Final = {
    "bookings_in_doubt": "Bookings of unknown outcome that the worker looks into.",
    "bookings_for_operator": "Bookings that wait for an operator.",
    "oldest_doubt_seconds": "Age of the oldest booking of unknown outcome.",
    "doctors_lagging": "Bookable schedules not read for three intervals, or never.",
    "doctors_bookable": "Schedules that patients may book from.",
    "mapping_problems": "Mappings of doctors that lead nowhere.",
    "new_error_groups": "Groups of errors that nobody has acknowledged.",
}


class Signs:
    """Counts and heartbeats of one worker; the loops watched here ask the database at every turn."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._beats: dict[str, float] = {}
        self.overdue: Mapping[str, int] = {}
        self._reads = Counter(
            "emias_sync_reads", "Schedules read, by result and cause.", ("result", "cause"), registry=registry
        )
        self._slots = Counter("emias_sync_slots", "Slot rows written.", ("change",), registry=registry)
        self._last = Gauge(
            "emias_sync_last_read_timestamp_seconds", "When a schedule was last read.", registry=registry
        )
        self._looks = Counter(
            "emias_doubt_looks", "Looks at unknown outcomes, by what followed.", ("result",), registry=registry
        )
        self._wishes = Counter(
            "emias_sync_wishes",
            "Wishes of people, by kind and how a try at one ended.",
            ("kind", "ending"),
            registry=registry,
        )
        self._oldest_wish = Gauge(
            "emias_gateway_oldest_wish_seconds", "For how long the oldest open wish has waited.", registry=registry
        )
        self._mirrors = Counter("emias_sync_mirror_passes", "Mirror passes.", ("result",), registry=registry)
        self._chores = Counter("emias_sync_chore_rows", "Rows that chores touched.", ("chore",), registry=registry)
        self._stock = {
            name: Gauge(f"emias_gateway_{name}", meaning, registry=registry) for name, meaning in _STOCK.items()
        }
        self._oldest = Gauge(
            "emias_gateway_oldest_personal_row_seconds",
            "For how long the oldest row of a kind has been kept since its visit or its end.",
            ("kind",),
            registry=registry,
        )
        self._overdue = Gauge(
            "emias_gateway_retention_overdue",
            "Rows of a kind that have outlived their deadline by more than a day.",
            ("kind",),
            registry=registry,
        )
        silent = Gauge("emias_sync_silent_loops", "Loops that have not turned for too long.", registry=registry)
        silent.set_function(lambda: len(self.silent()))

    def doctor_read(self, _doctor: DueDoctor, refreshed: Refreshed) -> None:
        """Count the end of a doctor's read."""
        self._reads.labels(refreshed.result.value, refreshed.cause or "").inc()
        if refreshed.cause is None:
            self._last.set_to_current_time()
        if refreshed.written is not None:
            for change in ("inserted", "updated", "closed"):
                self._slots.labels(change).inc(getattr(refreshed.written, change))

    def doubt_looked_at(self, result: str) -> None:
        """Count a look: the state it settled, waiting, blind, overtaken or broken."""
        self._looks.labels(result).inc()

    def wish_carried(self, kind: str, ending: str) -> None:
        """Count a try at a wish: done, refused, failed, later, overtaken or broken."""
        self._wishes.labels(kind, ending).inc()

    def oldest_wish(self, seconds: float) -> None:
        """Show how long the oldest open wish has waited."""
        self._oldest_wish.set(seconds)

    def mirror_passed(self, result: str) -> None:
        """Count a mirror pass: done, refused or broken."""
        self._mirrors.labels(result).inc()

    def chore_done(self, name: str, rows: int) -> None:
        """Count a chore's rows."""
        self._chores.labels(name).inc(rows)
        self.beat(name)

    def stock_taken(self, stock: Stock) -> None:
        """Show what the tables hold."""
        figures = {
            "bookings_in_doubt": stock.in_doubt,
            "bookings_for_operator": stock.manual,
            "oldest_doubt_seconds": stock.oldest_doubt,
            "doctors_lagging": stock.lagging,
            "doctors_bookable": stock.doctors,
            "mapping_problems": stock.mapping_problems,
            "new_error_groups": stock.new_errors,
        }
        for name, figure in figures.items():
            self._stock[name].set(figure)

    def retention_seen(self, standings: Sequence[Standing]) -> None:
        """Show for how long personal data has been kept, and where too long."""
        now = datetime.now(UTC)
        for standing in standings:
            self._oldest.labels(standing.kind.value).set(standing.age(now).total_seconds())
            self._overdue.labels(standing.kind.value).set(standing.overdue)
        self.overdue = {standing.kind.value: standing.overdue for standing in standings if standing.is_overdue}

    def beat(self, loop: str) -> None:
        """Note that a loop has just turned."""
        self._beats[loop] = self._clock()

    def silent(self) -> list[str]:
        """Name the watched loops that have not turned for too long, or not yet."""
        now = self._clock()
        return [
            name for name, allowed in _SILENCE_ALLOWED.items() if now - self._beats.get(name, float("-inf")) > allowed
        ]
