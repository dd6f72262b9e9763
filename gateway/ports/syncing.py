"""What the worker needs of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from gateway.domain.diff import KnownSlot, SlotDiff
from gateway.domain.outcomes import Cause
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow

__all__ = [
    "DueDoctor",
    "Housekeeping",
    "SyncBook",
    "Written",
]


@dataclass(frozen=True, slots=True)
class DueDoctor:
    """An EMIAS doctor whose schedule this worker has leased to read; `token` fences the lease."""

    row_id: int
    ref: EmiasDoctorRef
    token: UUID
    digest: str | None
    as_of: datetime | None
    interval: timedelta
    failures: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Written:
    """Rows of the slot table that a read changed; `kept` ones were not written."""

    inserted: int = 0
    updated: int = 0
    closed: int = 0
    kept: int = 0


class SyncBook(Protocol):
    """The due list and the slot table that it fills."""

    async def claim_due(
        self, limit: int, lease: timedelta, *, at_once: int | None = None, running: Mapping[str, int] | None = None
    ) -> list[DueDoctor]:
        """Lease the doctors that are due, oldest first, skipping those that another worker has.

        Together with those of `running`, by LPU code, no institution gets more than `at_once`: a slow one must not take
        the places of all others.
        """

    async def claim(self, doctor: EmiasDoctorRef, lease: timedelta) -> DueDoctor | None:
        """Lease one doctor now; None when another has it or EMIAS doctors do not include it."""

    async def next_due(self) -> datetime | None:
        """Return when the next doctor falls due."""

    async def all_due_now(self) -> int:
        """Make every bookable doctor due at once and count them."""

    async def known_slots(self, due: DueDoctor, first: date, last: date) -> list[KnownSlot]:
        """Read the doctor's rows over a range of days, closed ones too."""

    async def unchanged(self, due: DueDoctor, next_after: timedelta) -> bool:
        """Note a read with nothing new; False when the lease was lost (then nothing is written)."""

    async def write(
        self, due: DueDoctor, window: ScheduleWindow, diff: SlotDiff, next_after: timedelta
    ) -> Written | None:
        """Apply a diff and the new digest in one transaction; None when the lease was lost."""

    async def quarantine(self, due: DueDoctor, window: ScheduleWindow, known_free: int, next_after: timedelta) -> None:
        """Note that a reply was not believed; the slots stay as they are."""

    async def postpone(self, due: DueDoctor, next_after: timedelta) -> None:
        """Give the lease back unused: EMIAS was not asked, which says nothing of the doctor."""

    async def failed(self, due: DueDoctor, cause: Cause, code: str | None, next_after: timedelta) -> None:
        """Note a failed read with its cause; nobody else's rows change."""


class Housekeeping(Protocol):
    """Chores of the tables that nobody waits for; several workers may do them at the same time."""

    def mirror_turn(self, site_id: int, every: timedelta) -> AbstractAsyncContextManager[bool]:
        """Keep the mirror pass of a site for one worker; False when another has it now, or had it within `every`."""

    async def make_slot_partitions(self, ahead: timedelta) -> int:
        """Make ready the months of the slot table from now on and count the new ones."""

    async def expire_holds(self) -> int:
        """Write down the holds that have run out and count them."""

    async def hand_over_stopped(self) -> int:
        """Give the doubtful bookings whose retries an operator has stopped to the operator and count them."""

    async def forget_idempotency_keys(self) -> int:
        """Remove the keys whose time is over and count them."""

    async def forget_logins(self) -> int:
        """Remove the admin's sessions that are over and failed logins that no longer count, and count them."""

    async def forget_pushes(self, older_than: timedelta) -> int:
        """Remove old events of the sites, and marks that nobody reads, and count them."""
