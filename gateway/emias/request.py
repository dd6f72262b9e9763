"""A request on its way from a wire to the transport."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """A request ready to be sent; its body and headers hold personal data and secrets, and never print.

    `target` is joined to the channel's address.
    """

    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    method: str = "POST"
    target: str = ""
