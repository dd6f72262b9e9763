"""Submitting a booking form as a site does."""

from __future__ import annotations

from typing import Any, Final

import httpx

__all__ = ["PATH", "submit"]

PATH: Final = "/v1/bookings"


async def submit(client: httpx.AsyncClient, form: dict[str, Any], key: str = "key-1") -> httpx.Response:
    """Submit a form under a key."""
    return await client.post(PATH, json=form, headers={"Idempotency-Key": key})
