"""Offer other free slots in place of a lost one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from gateway.domain.directory import Alternative
from gateway.ports import Directory

__all__ = ["MOST_ALTERNATIVES", "Offer"]

MOST_ALTERNATIVES: Final = 6


@dataclass(frozen=True, slots=True)
class Offer:
    """Alternatives, worked out once for all who lose the same slot at the same time."""

    directory: Directory
    _under_way: dict[tuple[int, UUID], asyncio.Task[list[Alternative]]] = field(default_factory=dict)

    async def instead_of(self, site_id: int, slot_id: UUID) -> list[Alternative]:
        """List the free slots nearest to the one with this public id; none when it is unknown."""
        key = (site_id, slot_id)
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._search(site_id, slot_id))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return await asyncio.shield(task)

    async def _search(self, site_id: int, slot_id: UUID) -> list[Alternative]:
        sighting = await self.directory.sight(site_id, slot_id, None)
        if sighting is None:
            return []
        return await self.directory.nearest(site_id, sighting.slot, MOST_ALTERNATIVES)
