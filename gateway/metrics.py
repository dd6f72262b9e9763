"""What this process counts for Prometheus; the door and the wiring share one `Metrics`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from gateway.domain.alerts.alert import Severity
from gateway.domain.circuit import Circuit, CircuitState, Lane
from gateway.domain.retry import Again
from gateway.ports.alerting import AlertFigures

__all__ = ["METRICS_TYPE", "Metrics"]

METRICS_TYPE: Final = CONTENT_TYPE_LATEST
_REQUEST_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0, 15.0)
_WAIT_SECONDS: Final = (0.005, 0.05, 0.25, 0.5, 1.0, 2.0, 3.0, 10.0, 30.0)
_BREAKER: Final = {
    CircuitState.CLOSED: 0,
    CircuitState.EASING: 1,
    CircuitState.HALF_OPEN: 2,
    CircuitState.OPEN: 3,
}
_SIGNATURE_SECONDS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0)
_EMIAS_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0)


class Metrics:
    """Collectors in a registry of their own; labels are templates, codes and states, never a caller's text."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._requests = Histogram(
            "emias_gateway_request_seconds",
            "Requests answered, by route template and status.",
            ("method", "route", "status"),
            buckets=_REQUEST_SECONDS,
            registry=self.registry,
        )
        self._problems = Counter(
            "emias_gateway_problems", "Problems told to callers, by code.", ("code",), registry=self.registry
        )
        self._pages = Counter(
            "emias_gateway_slot_pages", "Pages of slots, from memory or not.", ("source",), registry=self.registry
        )
        self._emias = Histogram(
            "emias_gateway_emias_seconds",
            "Calls to EMIAS, by operation and outcome.",
            ("operation", "outcome"),
            buckets=_EMIAS_SECONDS,
            registry=self.registry,
        )
        self._classes = Counter(
            "emias_gateway_emias_calls",
            "Calls to EMIAS, by whether they may be sent again: safe, only_after_proof, final.",
            ("operation", "again"),
            registry=self.registry,
        )
        self._again = Counter(
            "emias_gateway_sent_again",
            "Creates and cancels sent again because they surely had done nothing, by cause.",
            ("cause",),
            registry=self.registry,
        )
        self._breaker = Gauge(
            "emias_gateway_breaker",
            "Breaker as this process last saw it: 0 closed, 1 easing, 2 half open, 3 open.",
            ("lpu_code", "lane"),
            registry=self.registry,
        )
        self._budget_waits = Histogram(
            "emias_gateway_budget_wait_seconds",
            "Waits for a place among the calls to EMIAS, by lane and whether one came free.",
            ("lane", "granted"),
            buckets=_WAIT_SECONDS,
            registry=self.registry,
        )
        self._budget_places = Gauge(
            "emias_gateway_budget_used",
            "Calls to EMIAS under way from this process.",
            ("lpu_code", "lane"),
            registry=self.registry,
        )
        self._certificate_ends = Gauge(
            "emias_gateway_certificate_expiry_timestamp_seconds",
            "When our certificate toward EMIAS expires, by the LPU codes of the channel.",
            ("channel",),
            registry=self.registry,
        )
        self._certificate_problem = Gauge(
            "emias_gateway_certificate_not_replaced",
            "1 when the files of a new certificate cannot be used, and the former one is shown still.",
            ("channel",),
            registry=self.registry,
        )
        self._alerts = Gauge(
            "emias_gateway_open_alerts", "Open alerts, by severity.", ("severity",), registry=self.registry
        )
        self._alerts_waiting = Gauge(
            "emias_gateway_alert_messages_waiting", "Messages not delivered everywhere yet.", registry=self.registry
        )
        self._alerts_oldest = Gauge(
            "emias_gateway_oldest_alert_message_seconds", "Age of the oldest of these.", registry=self.registry
        )
        self._alerts_judged = Gauge(
            "emias_gateway_alerts_judged_timestamp_seconds",
            "When any process last judged the rules of alerts.",
            registry=self.registry,
        )
        self._alerts_sent = Counter(
            "emias_gateway_alert_sends", "Messages sent to an address, by result.", ("result",), registry=self.registry
        )
        self._logins = Counter(
            "emias_gateway_logins",
            "Gosuslugi logins ended, by result and ESIA's code.",
            ("result", "code"),
            registry=self.registry,
        )
        self._signatures = Histogram(
            "emias_gateway_esia_signature_seconds",
            "Signatures of requests to ESIA.",
            buckets=_SIGNATURE_SECONDS,
            registry=self.registry,
        )
        self._esia_clock = Gauge(
            "emias_gateway_esia_clock_ahead_seconds",
            "By how many seconds the clock of Gosuslugi was ahead of ours; more than 60 either way and it refuses.",
            registry=self.registry,
        )
        self._request_children: dict[tuple[str, str, int], Histogram] = {}
        self._kept_pages = self._pages.labels("memory")
        self._made_pages = self._pages.labels("table")

    def request_answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer and its time."""
        child = self._request_children.get((method, route, status))
        if child is None:
            child = self._requests.labels(method, route, str(status))
            self._request_children[method, route, status] = child
        child.observe(seconds)

    def problem_told(self, code: str) -> None:
        """Count a problem by its stable code."""
        self._problems.labels(code).inc()

    def page_served(self, *, from_memory: bool) -> None:
        """Count a page of slots that was ready, or had to be made."""
        (self._kept_pages if from_memory else self._made_pages).inc()

    def emias_called(self, operation: str, outcome: str, again: Again, seconds: float) -> None:
        """Count a call to EMIAS; `outcome` is a kind of refusal, a cause, or what was done."""
        self._emias.labels(operation, outcome).observe(seconds)
        self._classes.labels(operation, again.value).inc()

    def sent_again(self, cause: str) -> None:
        """Count a further attempt."""
        self._again.labels(cause).inc()

    def breaker_seen(self, circuit: Circuit, state: CircuitState) -> None:
        """Show where a circuit stands."""
        self._breaker.labels(circuit.lpu_code, circuit.lane.value).set(_BREAKER[state])

    def budget_asked(self, lane: Lane, seconds: float, *, granted: bool) -> None:
        """Count a wait for a place among the calls, and whether one came free in time."""
        self._budget_waits.labels(lane.value, "yes" if granted else "no").observe(seconds)

    def budget_used(self, lpu_code: str, lane: Lane, calls: int) -> None:
        """Count a place taken (1) or given back (-1)."""
        self._budget_places.labels(lpu_code, lane.value).inc(calls)

    def certificate_shown(self, channel: str, not_after: datetime) -> None:
        """Show until when the certificate toward EMIAS is good."""
        self._certificate_ends.labels(channel).set(not_after.timestamp())
        self._certificate_problem.labels(channel).set(0)

    def certificate_not_replaced(self, channel: str) -> None:
        """Show that the files hold what cannot be used."""
        self._certificate_problem.labels(channel).set(1)

    def alerts_seen(self, figures: AlertFigures) -> None:
        """Show what is open, and what people were not told yet."""
        for severity in Severity:
            self._alerts.labels(severity.value).set(figures.open[severity])
        self._alerts_waiting.set(figures.waiting)
        self._alerts_oldest.set(figures.oldest_waiting)
        self._alerts_judged.set(figures.judged_at)

    def alert_sent(self, result: str) -> None:
        """Count a message to an address: delivered or failed."""
        self._alerts_sent.labels(result).inc()

    def login_ended(self, result: str, code: str) -> None:
        """Count a login by how it ended, and by ESIA's code where there was one."""
        self._logins.labels(result, code).inc()

    def login_signed(self, seconds: float) -> None:
        """Count a signature and its time."""
        self._signatures.observe(seconds)

    def esia_clock_seen(self, ahead: float) -> None:
        """Show how far the clock of Gosuslugi is ahead, in seconds."""
        self._esia_clock.set(round(ahead, 1))

    def exposition(self) -> bytes:
        """Return everything counted, in the text format that Prometheus reads."""
        return generate_latest(self.registry)
