"""Bookings in doubt, as the looks beside a refusal need them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from gateway.domain.doubt import Doubt
from tests.fakes.nouns import NOW

if TYPE_CHECKING:
    from tests.fakes.world import World

__all__ = ["FakeDoubts"]


@dataclass
class FakeDoubts:
    """Leases whatever is `standing` beside any booking; notes what was postponed."""

    world: World
    standing: list[UUID] = field(default_factory=list)
    postponed: list[UUID] = field(default_factory=list)
    broken: bool = False

    async def recover_abandoned(self, older_than: timedelta) -> int:
        """Find nothing left behind."""
        assert older_than
        return 0

    async def claim(
        self, limit: int, lease: timedelta, *, at_once: int, running: Mapping[str, int] | None = None
    ) -> list[Doubt]:
        """Have nothing due: a door asks only for what stands beside a refusal."""
        assert limit >= at_once
        assert lease
        assert running is not None
        return []

    async def claim_one(self, booking_id: UUID, lease: timedelta) -> Doubt | None:
        """Lease a booking that stands."""
        assert lease
        booking = self.world.bookings.rows[booking_id]
        return Doubt(booking, self.world.bookings.patients.get(booking_id), 0, NOW, timedelta(seconds=3))

    async def beside(self, booking_id: UUID) -> list[UUID]:
        """List what the test put there."""
        assert booking_id not in self.standing
        if self.broken:
            raise ConnectionError
        return self.standing

    async def postpone(self, booking_id: UUID, token: int, after: timedelta | None, *, looked: bool) -> bool:
        """Note it: a look beside is never a planned one."""
        assert token
        assert after is None
        assert not looked
        self.postponed.append(booking_id)
        return True

    async def rest(self, booking_id: UUID, token: int) -> bool:
        """Never asked for by a door: what it looks into is in doubt."""
        raise AssertionError(booking_id, token)
