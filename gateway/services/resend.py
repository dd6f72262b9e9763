"""Send a create or cancel again that surely did nothing: the one layer that does so."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from gateway.domain.booking import Booking
from gateway.domain.outcomes import CancelOutcome, CreateOutcome, NotSent, Rejected
from gateway.domain.retry import RetryRules, pause_before_again
from gateway.ports import BookingLedger

__all__ = ["Resend"]

Outcome = TypeVar("Outcome", CreateOutcome, CancelOutcome)
_log = structlog.stdlib.get_logger("gateway.resend")


@dataclass(frozen=True, slots=True)
class Resend:
    """Each further attempt is a row before it is sent.

    `chance` deals out numbers from 0 to 1, `heard` is told the cause of each further attempt.
    """

    ledger: BookingLedger
    rules: RetryRules = field(default_factory=RetryRules)
    chance: Callable[[], float] = random.random
    heard: Callable[[str], None] = lambda _cause: None

    async def until_settled(self, booking: Booking, call: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Call once, and again as long as the rules and the operator allow; return the last outcome."""
        now = asyncio.get_running_loop().time
        began, attempt = now(), 1
        while True:
            outcome = await call()
            pause = pause_before_again(outcome, attempt, now() - began, self.chance(), self.rules)
            if pause is None:
                return outcome
            await asyncio.sleep(pause)
            if not await self._note(booking, _cause(outcome)):
                return outcome
            attempt += 1

    async def _note(self, booking: Booking, cause: str) -> bool:
        """Write the next attempt down; without the row, stopped, or with the booking in other hands, there is none."""
        try:
            noted = await self.ledger.note_attempt(booking.id, booking.token, f"again_after_{cause}", actor="gateway")
        except Exception as fault:  # noqa: BLE001 - the outcome before it stands
            _log.error("attempt_not_recorded", booking=str(booking.id), fault=type(fault).__name__)
            return False
        if noted:
            self.heard(cause)
            _log.info("sent_again", booking=str(booking.id), cause=cause)
        return noted


def _cause(outcome: CreateOutcome | CancelOutcome) -> str:
    match outcome:
        case NotSent():
            return outcome.cause.value
        case Rejected():
            return outcome.kind.value
    return type(outcome).__name__.lower()
