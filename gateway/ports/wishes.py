"""What the carrying out of wishes needs of the tables."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol
from uuid import UUID

from gateway.domain.doubt import Doubt
from gateway.domain.hold import Holder
from gateway.domain.identity import IdentitySource, PolicyMark
from gateway.domain.schedule import EmiasDoctorRef
from gateway.domain.wish import Ending, Later, Wish, WishKind
from gateway.domain.wish_rules import Standing

__all__ = ["Bulk", "Case", "CaseBook", "SwitchTurner", "WishBook"]


class WishBook(Protocol):
    """The wishes; whoever leases one gets a new token, so that anyone before is fenced off."""

    async def claim(self, kinds: Collection[WishKind], limit: int, lease: timedelta) -> list[Wish]:
        """Lease open wishes of these kinds, oldest first, skipping paused ones and those that another carries out."""

    async def end(self, wish: Wish, ending: Ending) -> bool:
        """Write the result; False when the token is no longer the row's."""

    async def put_back(self, wish: Wish, later: Later) -> bool:
        """Let the wish go on after a while; False when the token is no longer the row's."""

    async def add_retry(self, bulk: Wish, booking_id: UUID) -> bool:
        """Wish the retry of one booking as a part of a bulk wish; False when one of it is open already."""

    async def bulk(self, bulk: Wish) -> Bulk:
        """Sum up the parts of a bulk wish."""

    async def pause(self, lpu_code: str, *, paused: bool) -> bool:
        """Pause the institution's bulk wish or let it go on; False when there is none open."""

    async def oldest_open(self) -> timedelta | None:
        """Return how long the oldest open wish has waited, bulk ones and paused ones left out."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """The parts of a bulk wish by how they stand; `failed_in_a_row` at the end of those that ended."""

    open: int
    done: int
    refused: int
    failed: int
    failed_in_a_row: int


@dataclass(frozen=True, slots=True)
class Case:
    """A booking that somebody wants something done about, with whose it is; `doubt` holds the patient."""

    standing: Standing
    doubt: Doubt
    site_id: int
    api_key_id: str
    contact: str | None = field(repr=False)
    source: IdentitySource
    policy_mark: PolicyMark


class CaseBook(Protocol):
    """What wishes are about."""

    async def look(self, booking_id: UUID) -> Case | None:
        """Read a booking; None when there is no such one."""

    async def take(self, booking_id: UUID, lease: timedelta) -> Case | None:
        """Take a booking in doubt over under a new token; None when it is looked at now, or in no doubt."""

    async def give_back(self, booking_id: UUID, token: int) -> None:
        """End the lease that `take` began, if the token is still the row's."""

    async def is_known(self, lpu_code: str, appointment_id: str, besides: UUID) -> bool:
        """Tell whether another booking of ours has this appointment."""

    async def next_to_retry(self, bulk: Wish, within: timedelta) -> UUID | None:
        """Find the oldest booking of the institution, failed within the time before the wish, that no part is about."""

    async def left_hold(self, holder: Holder) -> UUID | None:
        """Find a living hold of this very visitor."""

    async def doctor(self, row_id: int) -> EmiasDoctorRef | None:
        """Return the EMIAS doctor of this row."""

    async def mapping(self, row_id: int) -> EmiasDoctorRef | None:
        """Return where a mapping leads, or would lead; None when it names no doctor."""


class SwitchTurner(Protocol):
    """The operators' switches, turned by wish."""

    async def institution(
        self, lpu_code: str, switch: Literal["sale", "calls", "retries"], *, on: bool, reason: str, actor: str
    ) -> bool:
        """Turn a switch of an institution; False when there is no such institution."""
