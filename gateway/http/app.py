"""The ASGI app of the door: Litestar inside a frame."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

import structlog
from litestar import Litestar, Response, Router
from litestar.datastructures import State
from litestar.middleware import DefineMiddleware

from gateway.http.auth import Authentication
from gateway.http.door import DOOR, Door
from gateway.http.frame import Frame
from gateway.http.news import hear_news
from gateway.http.openapi import build_document
from gateway.http.problems import problem_bytes, tell
from gateway.http.replies import PROBLEM, page_reply, problem_headers
from gateway.http.routes import ROUTES, root
from gateway.http.routes.description import DOCUMENT
from gateway.http.sent import LARGEST_BODY, AnyRequest, language_of
from gateway.logs import REQUEST_ID
from gateway.wiring import House

if TYPE_CHECKING:
    from litestar.types import ASGIApp

__all__ = ["create_app"]

_BROKEN: Final = 500
_log = structlog.stdlib.get_logger("gateway.http")


def create_app(house: House) -> ASGIApp:
    """Build the app around an open house; its lifespan listens for news."""
    door = Door.of(house, house.metrics)
    app = Litestar(
        route_handlers=[Router(path="/v1", route_handlers=ROUTES), root],
        middleware=[DefineMiddleware(Authentication, keys=door.keys, rates=door.rates)],
        exception_handlers={Exception: answer_problem},
        lifespan=[_listening],
        request_max_body_size=LARGEST_BODY,
        state=State({DOOR: door}),
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    app.state[DOCUMENT] = page_reply(build_document(app.routes))
    return Frame(app, house.metrics)


@asynccontextmanager
async def _listening(app: Litestar) -> AsyncIterator[None]:
    door: Door = app.state[DOOR]
    listener = asyncio.create_task(hear_news(door.house.changes, door.pages, door.keys))
    try:
        yield
    finally:
        listener.cancel()
        with suppress(asyncio.CancelledError):
            await listener


def answer_problem(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Turn any error, Litestar's own too, into a problem; one that nobody foresaw is logged."""
    told, language = tell(error), language_of(request)
    if told.kind.status == _BROKEN:
        _log.error("request_failed", exc_info=error)
    door: Door = request.app.state[DOOR]
    door.metrics.problem_told(told.kind.code)
    return Response(
        problem_bytes(told, language, REQUEST_ID.get() or ""),
        status_code=told.kind.status,
        media_type=PROBLEM,
        headers=problem_headers(language, told.retry_after, told.allow, challenge=told.kind.code == "unauthorized"),
    )
