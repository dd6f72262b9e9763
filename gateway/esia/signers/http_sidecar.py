"""A sidecar that signs: it holds the key, and is sent a message only."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from gateway.esia.errors import SigningFailed

__all__ = ["SidecarSigner"]

_CMS: Final = "CMS"
_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class SidecarSigner:
    """A `Signer` by `POST /sign` with `alg` and `message_b64`, answered with `signature_b64`.

    `alg` is the raw algorithm's name, or `CMS` for the old endpoints; raw bytes come back in ESIA's order.
    """

    client: httpx.AsyncClient = field(repr=False)
    url: str
    algorithm: str
    token_file: Path | None = None

    async def sign_raw(self, message: bytes) -> bytes:
        """Return the raw signature that the sidecar brings."""
        return await self._sign(self.algorithm, message)

    async def sign_cms(self, message: bytes) -> bytes:
        """Return the CMS that the sidecar brings."""
        return await self._sign(_CMS, message)

    async def _sign(self, algorithm: str, message: bytes) -> bytes:
        asked = {"alg": algorithm, "message_b64": base64.b64encode(message).decode()}
        try:
            async with asyncio.timeout(_SECONDS):
                headers = await self._headers()
                reply = await self.client.post(f"{self.url.rstrip('/')}/sign", json=asked, headers=headers)
            told = reply.json() if reply.status_code == httpx.codes.OK else None
        except (httpx.HTTPError, OSError, ValueError) as fault:
            raise SigningFailed(f"the signing sidecar: {type(fault).__name__}") from None
        return _signature(told, reply.status_code)

    async def _headers(self) -> dict[str, str]:
        if self.token_file is None:
            return {}
        token = await asyncio.to_thread(self.token_file.read_text, encoding="utf-8")
        return {"Authorization": f"Bearer {token.strip()}"}


def _signature(told: object, status: int) -> bytes:
    signature = told.get("signature_b64") if isinstance(told, dict) else None
    try:
        content = base64.b64decode(signature, validate=True) if isinstance(signature, str) else b""
    except ValueError:
        content = b""
    if not content:
        raise SigningFailed(f"the signing sidecar answered {status} without a signature")
    return content
