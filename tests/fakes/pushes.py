"""The book of the site's pushes, for tests of the doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from gateway.ports import MarkedDoctor, PushedChange
from tests.fakes.nouns import SITE

__all__ = ["FakePushes"]


@dataclass
class FakePushes:
    """What was pushed, by event; nobody claims here."""

    events: dict[UUID, PushedChange] = field(default_factory=dict)
    broken: Exception | None = None

    async def note(self, site_id: int, changes: Sequence[PushedChange]) -> int:
        """Keep the new ones and count them, or fail as told."""
        assert site_id == SITE
        if self.broken is not None:
            raise self.broken
        before = len(self.events)
        self.events.update({change.uuid: change for change in changes if change.uuid not in self.events})
        return len(self.events) - before

    async def claim(self, site_id: int, lease: timedelta) -> MarkedDoctor | None:
        """Fail: this is the worker's affair."""
        raise AssertionError((site_id, lease))

    async def put_off(self, site_id: int, marked: MarkedDoctor, again_after: timedelta) -> None:
        """Fail: this is the worker's affair."""
        raise AssertionError((site_id, marked, again_after))
