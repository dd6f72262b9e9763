"""What the admin counts for Prometheus, served on a port of its own that no browser reaches."""

from __future__ import annotations

import time
from typing import Final

from prometheus_client import CollectorRegistry, GCCollector, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["AdminMetrics"]

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0)
_AREAS: Final = frozenset({"api", "assets", "dashboard", "health", "public"})


class AdminMetrics:
    """Counts requests by the area of the admin that they were for; never by an address."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._requests = Histogram(
            "emias_admin_request_seconds",
            "Requests to the admin, by area and status.",
            ("area", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def counted(self, app: ASGIApp) -> ASGIApp:
        """Put the count around an app."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            began, status = time.perf_counter(), 500

            async def watched(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await app(scope, receive, watched)
            finally:
                first = scope["path"].split("/")[1]
                area = first if first in _AREAS else "pages"
                self._requests.labels(area, str(status)).observe(time.perf_counter() - began)

        return serve

    def app(self) -> Starlette:
        """Build the app of `/metrics`; it must not be reachable from outside."""

        async def metrics(_request: Request) -> Response:
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

        return Starlette(routes=[Route("/metrics", metrics)])
