"""The internal listener's app: probes for the orchestrator, figures for Prometheus."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import msgspec
import structlog
from litestar import Litestar, get
from litestar.types import ASGIApp

from gateway.http.replies import JSON, Reply
from gateway.metrics import METRICS_TYPE
from gateway.ports import GateAnswer
from gateway.wiring import House

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

__all__ = ["Readiness", "create_internal_app"]

_PATIENCE: Final = 2.0
_BELIEVED_FOR: Final = 1.0
_TRACE: Final = timedelta(seconds=1)
_NO_STORE: Final = {"Cache-Control": "no-store"}
_log = structlog.stdlib.get_logger("gateway.internal")


class Readiness:
    """Whether the engines answer, asked at most once a second however many probe.

    Without its database the gateway is not ready. Without Redis it is: the table alone decides on holds then.
    """

    def __init__(self, house: House, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._house = house
        self._monotonic = monotonic
        self._asking = asyncio.Lock()
        self._asked_at: float | None = None
        self._answers = {"database": False, "redis": False}

    async def answers(self) -> dict[str, bool]:
        """Tell which engines answer."""
        async with self._asking:
            if self._asked_at is None or self._monotonic() - self._asked_at >= _BELIEVED_FOR:
                database, redis = await asyncio.gather(
                    self._ask("database", self._database), self._ask("redis", self._redis)
                )
                self._answers = {"database": database, "redis": redis}
                self._asked_at = self._monotonic()
            return self._answers

    async def _ask(self, name: str, probe: Callable[[], Awaitable[bool]]) -> bool:
        try:
            return await asyncio.wait_for(probe(), _PATIENCE)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the engine does not answer
            _log.warning("engine_does_not_answer", engine=name, fault=type(fault).__name__)
            return False

    async def _database(self) -> bool:
        await self._house.keys.find("0")
        return True

    async def _redis(self) -> bool:
        return await self._house.hold.gate.enter(uuid4(), uuid4(), _TRACE) is not GateAnswer.ABSENT


def create_internal_app(house: House) -> Litestar:
    """Build the app of `/health/live`, `/health/ready` and `/metrics`; it must not be reachable from outside."""
    readiness = Readiness(house)

    @get("/health/live")
    async def live() -> ASGIApp:
        return Reply(200, b'{"status":"live"}', JSON, _NO_STORE)

    @get("/health/ready")
    async def ready() -> ASGIApp:
        answers = await readiness.answers()
        told = {name: "ok" if answered else "no answer" for name, answered in answers.items()}
        status = "ready" if all(answers.values()) else "degraded" if answers["database"] else "not ready"
        body = msgspec.json.encode({"status": status, **told})
        return Reply(200 if answers["database"] else 503, body, JSON, _NO_STORE)

    @get("/metrics")
    async def metrics() -> ASGIApp:
        return Reply(200, house.metrics.exposition(), METRICS_TYPE, _NO_STORE)

    handlers: list[HTTPRouteHandler] = [live, ready, metrics]
    return Litestar(route_handlers=handlers, openapi_config=None, logging_config=None, debug=False)
