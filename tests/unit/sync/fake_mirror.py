"""Both sides of a mirror pass, by hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gateway.domain.errors import MirrorRefused
from gateway.domain.moscow import MOSCOW
from gateway.ports import DoctorSnapshot, MarkedDoctor, MirrorSummary, Reread
from gateway.services.mirror import MirrorDoctors

__all__ = ["FakeMirror"]

_NOW: Final = datetime(2026, 11, 23, 10, 0, tzinfo=MOSCOW)


@dataclass
class FakeMirror:
    """Both sides of a mirror pass; `passed` is set after each."""

    refusal: str | None = None
    fault: Exception | None = None
    passes: int = 0
    refused_for: list[str] = field(default_factory=list)
    passed: asyncio.Event = field(default_factory=asyncio.Event)

    async def snapshot(self) -> DoctorSnapshot:
        """Tell of nobody, or fail as the test wants."""
        self.passes += 1
        self.passed.set()
        if self.fault is not None:
            raise self.fault
        if self.refusal is not None:
            raise MirrorRefused(self.refusal)
        return DoctorSnapshot(())

    async def now(self) -> datetime:
        """Tell the time."""
        return _NOW

    async def apply(self, _site_id: int, _snapshot: DoctorSnapshot, _since: datetime) -> MirrorSummary:
        """Say what a pass brought."""
        return MirrorSummary(added=2, changed=1, unmapped=1)

    async def one(self, _element_id: str) -> DoctorSnapshot:
        """Tell of nobody, or fail as the test wants."""
        return await self.snapshot()

    async def apply_one(self, _site_id: int, _marked: MarkedDoctor, _found: DoctorSnapshot) -> Reread:
        """Say that something was written."""
        return Reread(written=True)

    async def refused(self, _site_id: int, reason: str) -> None:
        """Note the reason."""
        self.refused_for.append(reason)

    def service(self) -> MirrorDoctors:
        """Join the two sides."""
        return MirrorDoctors(source=self, mirror=self, site_id=1)
