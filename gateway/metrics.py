"""What this process counts for Prometheus; the door and the wiring share one `Metrics`."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

__all__ = ["METRICS_TYPE", "Metrics"]

METRICS_TYPE: Final = CONTENT_TYPE_LATEST
_REQUEST_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0, 15.0)
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

    def emias_called(self, operation: str, outcome: str, seconds: float) -> None:
        """Count a call to EMIAS; `outcome` is a kind of refusal, a cause, or what was done."""
        self._emias.labels(operation, outcome).observe(seconds)

    def exposition(self) -> bytes:
        """Return everything counted, in the text format that Prometheus reads."""
        return generate_latest(self.registry)
