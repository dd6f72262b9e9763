"""Proof that whoever exchanges a code is who asked for it (PKCE)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal, TypeAlias

from simulator.esia import gost

__all__ = ["METHODS", "Challenge", "PkceMode", "unpadded"]

PkceMode: TypeAlias = Literal["off", "S256", "GOST3411"]
METHODS = frozenset({"S256", "GOST3411"})


@dataclass(frozen=True, slots=True)
class Challenge:
    """Hold what the first request has promised: `value` is the url-safe base64 of the verifier's hash."""

    value: str
    method: str

    async def fits(self, verifier: str) -> bool:
        """Tell whether this is the verifier that was promised."""
        text = verifier.encode()
        digest = await gost.streebog(text) if self.method == "GOST3411" else hashlib.sha256(text).digest()
        return hmac.compare_digest(unpadded(digest).encode(), self.value.encode())


def unpadded(content: bytes) -> str:
    """Write url-safe base64 without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
