"""The one layer that sends a create or cancel again."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from gateway.domain.outcomes import Booked, Cause, CreateOutcome, NotSent, Refusal, Rejected, Unknown
from gateway.domain.retry import RetryRules
from gateway.services.resend import Resend
from tests.unit.services.fakes import Bookings
from tests.unit.services.samples import a_booking

QUICK = RetryRules(shortest=0.001, longest=0.002, locked=0.001)
LOST = NotSent(Cause.CONNECT)


class Rig:
    """A booking under way, and an EMIAS that gives these outcomes in turn."""

    def __init__(self, *outcomes: CreateOutcome) -> None:
        self.outcomes = list(outcomes)
        self.booking = a_booking(uuid4())
        self.ledger = Bookings(rows={self.booking.id: self.booking})
        self.heard: list[str] = []
        self.calls = 0

    async def call(self) -> CreateOutcome:
        """Ask EMIAS once."""
        self.calls += 1
        return self.outcomes.pop(0)

    async def run(self) -> CreateOutcome:
        """Send until it is settled."""
        return await Resend(self.ledger, QUICK, heard=self.heard.append).until_settled(self.booking, self.call)

    @property
    def attempt(self) -> int:
        """The attempt as the table has it."""
        return self.ledger.rows[self.booking.id].attempt


@pytest.mark.parametrize("outcome", [Booked("A1"), Rejected(Refusal.SLOT_TAKEN, "E"), Unknown(Cause.TIMEOUT)], ids=repr)
async def test_what_is_final_or_unknown_is_never_sent_again(outcome: CreateOutcome) -> None:
    """One call, whatever may have become of it."""
    rig = Rig(outcome, Booked("A2"))
    assert await rig.run() == outcome
    assert (rig.calls, rig.attempt) == (1, 1)


async def test_what_was_surely_not_sent_is_sent_again_and_each_attempt_is_a_row() -> None:
    """Two more attempts at most, each written down before it, and the last outcome is told."""
    rig = Rig(LOST, LOST, Booked("A1"))
    assert await rig.run() == Booked("A1")
    assert (rig.calls, rig.attempt, rig.ledger.journal) == (3, 3, ["again", "again"])
    assert rig.heard == ["connect", "connect"]
    rig = Rig(LOST, LOST, LOST, Booked("A1"))
    assert await rig.run() == LOST
    assert rig.calls == 3


async def test_an_unknown_outcome_ends_the_attempts() -> None:
    """After an attempt whose answer is not known there is no other."""
    rig = Rig(LOST, Unknown(Cause.RESET), Booked("A1"))
    assert await rig.run() == Unknown(Cause.RESET)
    assert rig.calls == 2


async def test_a_locked_slot_is_asked_for_once_more() -> None:
    """A slot that another holds for a moment may be free a second later."""
    locked = Rejected(Refusal.SLOT_LOCKED, "E")
    assert await Rig(locked, Booked("A1")).run() == Booked("A1")
    rig = Rig(locked, locked, Booked("A1"))
    assert await rig.run() == locked
    assert (rig.calls, rig.heard) == (2, ["slot_locked"])


async def test_without_a_row_there_is_no_further_attempt() -> None:
    """When another decides by now, or an operator has stopped it, the outcome stands as it is."""
    rig = Rig(LOST, Booked("A1"))
    rig.ledger.token_lost = True
    assert await rig.run() == LOST
    assert (rig.calls, rig.heard) == (1, [])


async def test_a_table_that_is_away_stops_the_attempts() -> None:
    """What cannot be written down is not sent, and the log tells nothing personal."""
    rig = Rig(LOST, Booked("A1"))

    class Away(Bookings):
        async def note_attempt(self, *_: object, **__: object) -> bool:
            raise ConnectionError("password=secret")

    rig.ledger = Away()
    with capture_logs() as events:
        assert await rig.run() == LOST
    assert rig.calls == 1
    assert "attempt_not_recorded" in json.dumps(events)
    assert "secret" not in json.dumps(events)
