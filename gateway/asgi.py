"""The gateway for an ASGI server of one's own: `granian --interface asgi --factory gateway.asgi:create_asgi_app`.

`emias-gateway serve` needs no such server and has the internal listener beside it; this is for several processes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import structlog
from litestar.enums import ScopeType

from gateway.http.app import create_app
from gateway.logs import configure_logs
from gateway.settings import Settings, read_settings
from gateway.wiring import House, open_house

if TYPE_CHECKING:
    from litestar.types import ASGIApp

__all__ = ["Gateway", "create_asgi_app"]

_log = structlog.stdlib.get_logger("gateway.asgi")
OpenHouse = Callable[[Settings], AbstractAsyncContextManager[House]]


class Gateway:
    """An ASGI app that opens the house when its server starts and closes it when the server ends."""

    def __init__(self, settings: Settings, opening: OpenHouse) -> None:
        self._settings = settings
        self._opening = opening
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Live through the lifespan, or pass a request on."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif self._app is not None and scope["type"] == ScopeType.HTTP:
            await self._app(scope, receive, send)

    async def _live(self, scope: Any, receive: Any, send: Any) -> None:
        """Keep the house open; a server whose house cannot be opened is told so, or it would serve without one."""
        try:
            async with self._opening(self._settings) as house:
                self._app = create_app(house)
                await self._app(scope, receive, send)
        except Exception as fault:
            if self._app is not None:
                raise
            _log.exception("house_not_opened")
            await receive()
            await send({"type": "lifespan.startup.failed", "message": type(fault).__name__})


def create_asgi_app() -> Gateway:
    """Read the settings from the environment and build the app; raises `SettingsError`."""
    settings = read_settings(Settings)
    configure_logs(settings.log_level)
    return Gateway(settings, open_house)
