"""What the resolving of doubt needs of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from gateway.domain.doubt import Doubt

__all__ = ["DoubtLedger"]


class DoubtLedger(Protocol):
    """The bookings in doubt, and those booked ones whose appointment EMIAS has not named yet.

    Whoever claims one gets a new token, so that anyone before is fenced off.
    """

    async def recover_abandoned(self, older_than: timedelta) -> int:
        """Put in doubt what a vanished process left `submitting` or `cancelling` so long ago, and count it."""

    async def claim(
        self, limit: int, lease: timedelta, *, at_once: int, running: Mapping[str, int] | None = None
    ) -> list[Doubt]:
        """Lease the doubts that are due, oldest first, skipping those that another looks at.

        Together with those of `running`, by LPU code, no institution gets more than `at_once`.
        """

    async def claim_one(self, booking_id: UUID, lease: timedelta) -> Doubt | None:
        """Lease this doubt, due or not; None when another looks at it, or it is no longer one."""

    async def beside(self, booking_id: UUID) -> list[UUID]:
        """List the site's bookings in doubt, or under way, of the same patient and institution.

        Those with the same doctor on the same day, or at the same time, are meant: EMIAS's refusal of this booking may
        speak of them.
        """

    async def postpone(self, booking_id: UUID, token: int, after: timedelta | None, *, looked: bool) -> bool:
        """End the lease, the next look due no sooner than `after` (None: as planned before); count this one if made.

        False when the token is no longer the row's.
        """

    async def rest(self, booking_id: UUID, token: int) -> bool:
        """End the lease and plan no further look; False when the token is no longer the row's."""
