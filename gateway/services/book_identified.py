"""Book for a person whom Gosuslugi vouches for: their ticket stands in the place of their data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from gateway.domain.booking import LIVE_STATES, Booking
from gateway.domain.errors import FieldError, IdentityUnavailable, TicketExpired, TicketMismatch
from gateway.domain.identity import SELF, Binding, IdentitySource, IdentityTicket, PolicyMark, Typed
from gateway.domain.patient import Patient
from gateway.ports import Clock, Intent, Tickets
from gateway.services.book import Book

__all__ = ["BookIdentified", "Claim"]

_log = structlog.stdlib.get_logger("gateway.book")
IntentOf = Callable[[Patient, IdentitySource, PolicyMark], Intent]


@dataclass(frozen=True, slots=True)
class Claim:
    """A ticket as a booking form brings it, for one of its subjects."""

    text: str = field(repr=False)
    binding: Binding
    subject: str = SELF
    typed: Typed = field(default_factory=Typed, repr=False)


@dataclass(frozen=True, slots=True)
class BookIdentified:
    """Nobody else can use a ticket while a booking has it in its hand; only a living booking spends it."""

    book: Book
    tickets: Tickets
    clock: Clock

    async def submit(self, claim: Claim, intent_of: IntentOf) -> Booking:
        """Book for the ticket's subject; the ticket is given back unless the booking lives.

        Raises what `Book.submit` does, and `TicketExpired`, `TicketMismatch`, `InvalidInput` (the subject is not among
        the ticket's, something is missing or told twice) or `IdentityUnavailable`.
        """
        ticket = await self._take(claim)
        is_spent = False
        try:
            patient, mark = _patient(claim, ticket)
            booking = await self.book.submit(intent_of(patient, ticket.source, mark))
            is_spent = booking.state in LIVE_STATES
        finally:
            if not is_spent:
                await self._give_back(claim.text, ticket)
        return booking

    async def revoke(self, text: str, api_key_id: str) -> None:
        """Forget a ticket, if it is the key's; whether there was one is not told."""
        ticket = await self.tickets.take(text)
        if ticket is not None and ticket.binding.api_key_id != api_key_id:
            await self._give_back(text, ticket)

    async def _take(self, claim: Claim) -> IdentityTicket:
        ticket = await self.tickets.take(claim.text)
        if ticket is None or self._left(ticket) <= timedelta(0):
            raise TicketExpired
        if not ticket.binding.is_same(claim.binding):
            await self._give_back(claim.text, ticket)
            raise TicketMismatch
        return ticket

    async def _give_back(self, text: str, ticket: IdentityTicket) -> None:
        """Keep a ticket for the rest of its time; when that cannot be, its visitor logs in again."""
        if (left := self._left(ticket)) > timedelta(0):
            try:
                await self.tickets.keep(text, ticket, left)
            except IdentityUnavailable:
                _log.warning("identity_not_given_back")

    def _left(self, ticket: IdentityTicket) -> timedelta:
        return ticket.expires_at - self.clock.now()


def _patient(claim: Claim, ticket: IdentityTicket) -> tuple[Patient, PolicyMark]:
    person = ticket.subjects.get(claim.subject)
    if person is None:
        raise FieldError("subject", "not_one_of")
    return person.as_patient(claim.typed)
