"""Probes of the admin's own port; they need no login and tell nothing but yes or no."""

from __future__ import annotations

import asyncio
from typing import Final

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.store.engine import Database

__all__ = ["health_routes"]

_PATIENCE_SECONDS: Final = 2.0


def health_routes(database: Database) -> list[Route]:
    """Return `/health/live` (the process answers) and `/health/ready` (the database does too)."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await database.pool.fetchval("SELECT 1")
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return JSONResponse({"status": "unavailable", "database": "unreachable"}, status_code=503)
        return JSONResponse({"status": "ok"})

    return [Route("/health/live", live), Route("/health/ready", ready)]
