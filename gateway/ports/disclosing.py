"""Personal data shown to a person."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Disclosures"]


class Disclosures(Protocol):
    """What is asked for by the admin, answered by the worker; several workers may do so at once."""

    async def tell_key(self) -> int:
        """Say to which key searches are to be sealed; 1 when that was news."""

    async def answer(self) -> int:
        """Answer what is asked, blank what is over, and count the answers."""
