"""Mirror the site's doctors and their EMIAS mappings."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorMirror, DoctorSource, MirrorSummary

__all__ = ["MirrorDoctors"]


@dataclass(frozen=True, slots=True)
class MirrorDoctors:
    """One pass over the site's doctor list; a list that cannot be believed changes nothing."""

    source: DoctorSource
    mirror: DoctorMirror
    site_id: int

    async def run(self) -> MirrorSummary:
        """Bring the local copy up to date; raise `MirrorRefused` after writing down why."""
        try:
            since = await self.mirror.now()
            return await self.mirror.apply(self.site_id, await self.source.snapshot(), since)
        except MirrorRefused as refusal:
            await self.mirror.refused(self.site_id, refusal.reason)
            raise
