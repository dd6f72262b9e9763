"""What every signer can."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Signer"]


class Signer(Protocol):
    """Signs with the key of the system's certificate; raises `SigningFailed`."""

    async def sign_raw(self, message: bytes) -> bytes:
        """Return the signature alone, its bytes in ESIA's order."""

    async def sign_cms(self, message: bytes) -> bytes:
        """Return a detached CMS (PKCS#7) signature, DER, for the old endpoints."""
