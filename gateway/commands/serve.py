"""`emias-gateway serve`: the API for Bitrix, and beside it the internal listener for probes and metrics."""

from __future__ import annotations

from gateway.http.app import create_app
from gateway.http.internal import create_internal_app
from gateway.serving import Listener, serve, stop_on_signals
from gateway.settings import Settings
from gateway.wiring import open_house

__all__ = ["serve_gateway"]


async def serve_gateway(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; bookings under way are finished first."""
    stop = stop_on_signals()
    async with open_house(settings) as house:
        await serve(
            [
                Listener(create_app(house), settings.gateway_host, settings.gateway_port, "GATEWAY_PORT"),
                Listener(create_internal_app(house), settings.internal_host, settings.internal_port, "INTERNAL_PORT"),
            ],
            stop,
        )
    return 0
