"""Deadlines of personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from gateway.domain.retention import Kind, Standing

__all__ = ["Retention"]


class Retention(Protocol):
    """What has outlived its deadline goes; several workers may see to it at the same time."""

    async def run(self) -> Mapping[Kind, int]:
        """Erase all that is past its deadline and count the rows of each kind."""

    async def standings(self) -> Sequence[Standing]:
        """Tell how every kind stands."""
