"""The booking promise: a row before the call, a row after, and nobody is told a guess."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from gateway.domain.booking import Booking, BookingState
from gateway.domain.errors import BookingRefused, EmiasUnavailable, HoldExpired, NotFound, SlotTaken
from gateway.domain.outcomes import Booked, Cause, CreateOutcome, NotSent, Refusal, Rejected, Unknown
from gateway.domain.retry import RetryRules
from gateway.domain.settlement import HoldFate, settle_create
from gateway.ports import Intent, SlotSighting
from gateway.services.book import Book
from gateway.services.offer import Offer
from gateway.services.resend import Resend
from gateway.services.under_way import UnderWay
from tests.unit.services.fakes import Bookings, Emias, Gate, Pause, SiteDirectory
from tests.unit.services.fakes_of_doubts import Doubts, a_resolve, an_appointment
from tests.unit.services.samples import ALTERNATIVE, NOW, PATIENT, SLOT, an_intent

OUTCOMES: list[CreateOutcome] = [
    Booked("A1", "T1"),
    Booked(None),
    *(Rejected(kind, "E1") for kind in Refusal),
    *(NotSent(cause) for cause in (Cause.DNS, Cause.BREAKER)),
    *(Unknown(cause) for cause in (Cause.TIMEOUT, Cause.GARBLED)),
]


@dataclass
class Rig:
    """The service among its stand-ins, with a held slot behind its gate."""

    outcome: CreateOutcome | None = None
    intent: Intent = field(default_factory=an_intent)

    def __post_init__(self) -> None:
        journal: list[str] = []
        self.journal = journal
        self.ledger = Bookings(journal)
        self.emias = Emias(journal, created=self.outcome)
        self.gate = Gate({SLOT.id: self.intent.hold_id})
        self.under_way = UnderWay()
        directory = SiteDirectory({SLOT.id: SlotSighting(SLOT, is_free=True, as_of=NOW)}, alternatives=[ALTERNATIVE])
        self.doubts = Doubts(self.ledger)
        self.service = Book(
            self.ledger,
            self.emias,
            self.gate,
            Offer(directory),
            self.under_way,
            Resend(self.ledger, RetryRules(locked=0), lambda: 0.0),
            a_resolve(self.doubts, self.ledger, self.emias),
        )

    async def submit(self) -> Booking | Exception:
        """Book, and give back whatever the caller gets."""
        try:
            return await self.service.submit(self.intent)
        except Exception as told:  # noqa: BLE001 - it is the caller's answer
            return told

    @property
    def row(self) -> Booking:
        """The booking as the table has it."""
        return self.ledger.rows[self.intent.booking_id]


async def test_the_intent_is_a_row_before_emias_is_asked() -> None:
    """First the intent, then the one call, then the outcome."""
    rig = Rig(Booked("A1", "T1"))
    booking = await rig.service.submit(rig.intent)
    assert rig.journal == ["intent", "create", "booked"]
    assert (booking.state, booking.emias_appointment_id, booking.ticket) == (BookingState.BOOKED, "A1", "T1")


async def test_emias_is_asked_for_the_held_slot() -> None:
    """The request names the slot, the patient and our booking, nothing else."""
    rig = Rig(Booked("A1"))
    await rig.submit()
    (request,) = rig.emias.requests
    assert (request.doctor, request.emias_slot_id, request.starts_at) == (
        SLOT.doctor,
        SLOT.emias_slot_id,
        SLOT.starts_at,
    )
    assert (request.patient, request.referral) == (rig.intent.patient, rig.intent.referral)
    assert request.client_ref == str(rig.intent.booking_id)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=repr)
async def test_every_outcome_is_recorded_and_told(outcome: CreateOutcome) -> None:
    """The row takes the state of the outcome, and the caller is told the same."""
    rig = Rig(outcome)
    told = await rig.submit()
    settlement = settle_create(outcome)
    assert rig.row.state is settlement.state
    match outcome:
        case Booked() | Unknown():
            assert told == rig.row
        case Rejected() if settlement.slot_gone:
            assert isinstance(told, SlotTaken)
            assert told.alternatives == (ALTERNATIVE,)
        case Rejected():
            assert isinstance(told, BookingRefused)
            assert told.outcome == outcome
        case NotSent():
            assert isinstance(told, EmiasUnavailable)
            assert told.cause is outcome.cause


@pytest.mark.parametrize("outcome", OUTCOMES, ids=repr)
async def test_the_gate_is_left_only_when_the_hold_is_over(outcome: CreateOutcome) -> None:
    """A kept hold keeps its gate, so that the visitor alone can try again."""
    rig = Rig(outcome)
    await rig.submit()
    assert bool(rig.gate.owners) == (settle_create(outcome).hold is HoldFate.KEPT)


@pytest.mark.parametrize(("wanted", "told"), [(None, 30), (0.0, 1), (0.2, 1), (7.2, 8), (120, 120)])
async def test_the_wait_is_told_in_whole_seconds(wanted: float | None, told: int) -> None:
    """What EMIAS asks for is rounded up, and without a wish there is a default."""
    answer = await Rig(NotSent(Cause.RATE_LIMITED, wanted)).submit()
    assert isinstance(answer, EmiasUnavailable)
    assert answer.retry_after == told


@pytest.mark.parametrize("error", [NotFound("hold"), HoldExpired()])
async def test_without_an_intent_emias_is_not_asked(error: Exception) -> None:
    """A hold that is no more ends the matter before the call."""
    rig = Rig(Booked("A1"))
    rig.ledger.open_error = error
    assert await rig.submit() is error
    assert rig.journal == []
    assert rig.gate.owners


@pytest.mark.parametrize(("slot_id", "offered"), [(SLOT.id, (ALTERNATIVE,)), (None, ())])
async def test_a_slot_lost_before_the_call_comes_with_alternatives(
    slot_id: UUID | None, offered: tuple[object, ...]
) -> None:
    """When the table says that the slot is gone, others are offered if it is known which it was."""
    rig = Rig(Booked("A1"))
    rig.ledger.open_error = SlotTaken(slot_id=slot_id)
    told = await rig.submit()
    assert isinstance(told, SlotTaken)
    assert told.alternatives == offered
    assert rig.journal == []


async def test_an_adapter_that_breaks_leaves_a_doubt() -> None:
    """An exception out of the adapter proves nothing about EMIAS: the booking is in doubt."""
    rig = Rig()
    rig.emias.error = RuntimeError("bug")
    told = await rig.submit()
    assert isinstance(told, Booking)
    assert told.state is rig.row.state is BookingState.IN_DOUBT


@pytest.mark.parametrize("outcome", OUTCOMES, ids=repr)
async def test_an_outcome_that_is_not_recorded_is_told_as_doubt(outcome: CreateOutcome) -> None:
    """When the table cannot take the outcome, nobody is told that the booking failed, and the gate stays shut."""
    rig = Rig(outcome)
    rig.ledger.settle_error = ConnectionError()
    told = await rig.submit()
    assert isinstance(told, Booking)
    assert told.state is BookingState.IN_DOUBT
    assert rig.row.state is BookingState.SUBMITTING
    assert rig.gate.owners


@pytest.mark.parametrize("outcome", OUTCOMES, ids=repr)
async def test_a_lost_token_overrides_nothing(outcome: CreateOutcome) -> None:
    """When another has taken the booking over, this outcome decides neither the row, nor the answer, nor the gate."""
    rig = Rig(outcome)
    rig.ledger.token_lost = True
    told = await rig.submit()
    assert isinstance(told, Booking)
    assert told.state is BookingState.IN_DOUBT
    assert rig.ledger.settlements == []
    assert rig.gate.owners


@pytest.mark.parametrize("where", ["intent", "call"])
async def test_a_caller_who_hangs_up_stops_nothing(where: str) -> None:
    """Cancelled while the intent is committed or EMIAS is at work, the booking still comes to its end, once."""
    rig, pause = Rig(Booked("A1")), Pause()
    if where == "intent":
        rig.ledger.open_pause = pause
    else:
        rig.emias.pause = pause
    caller = asyncio.create_task(rig.service.submit(rig.intent))
    await pause.reached.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    pause.over.set()
    await rig.under_way.drain()
    assert rig.journal == ["intent", "create", "booked"]
    assert rig.gate.owners == {}


@pytest.mark.parametrize("outcome", [*OUTCOMES, None], ids=repr)
async def test_logs_tell_nothing_personal(outcome: CreateOutcome | None) -> None:
    """No event about a booking, a broken one neither, holds a part of the patient."""
    rig = Rig(outcome)
    if outcome is None:
        rig.emias.error = ValueError(f"bad {PATIENT.last_name} {PATIENT.snils.digits}")
        rig.ledger.settle_error = ValueError(PATIENT.oms.number)
    with capture_logs() as events:
        await rig.submit()
    told = json.dumps(events, ensure_ascii=False)
    assert events
    for secret in (PATIENT.last_name, PATIENT.first_name, PATIENT.snils.digits, PATIENT.oms.number, "1985"):
        assert secret not in told


async def test_state_and_look_up_ask_the_table() -> None:
    """The booking's state, and the one that a guest finds, are the row's."""
    rig = Rig(Booked("A1", "T1"))
    await rig.submit()
    assert await rig.service.state(1, rig.intent.booking_id) == rig.row
    assert await rig.service.look_up(1, "T1", PATIENT.birth_date) == rig.row


@pytest.mark.parametrize("kind", [Refusal.PATIENT_ALREADY_BOOKED, Refusal.PATIENT_BUSY])
async def test_a_refusal_that_may_mean_our_own_booking_is_looked_into(kind: Refusal) -> None:
    """When EMIAS says that the patient is booked, a booking of ours in doubt is looked into and named."""
    rig = Rig(Rejected(kind, "E1"))
    doubted = rig.doubts.put()
    rig.doubts.siblings = [doubted.id]
    rig.emias.listed = [(an_appointment(doubted),)]
    told = await rig.submit()
    assert isinstance(told, BookingRefused)
    assert told.standing is not None
    assert (told.standing.id, told.standing.state) == (doubted.id, BookingState.BOOKED)


async def test_a_refusal_is_told_even_when_nobody_can_look() -> None:
    """A table that cannot be asked takes nothing from the refusal, which is true without it."""
    rig = Rig(Rejected(Refusal.PATIENT_BUSY, "E1"))
    rig.doubts.search_error = ConnectionError()
    told = await rig.submit()
    assert isinstance(told, BookingRefused)
    assert told.standing is None


async def test_a_refusal_of_the_patient_s_data_asks_nobody() -> None:
    """Only a refusal that may speak of another booking of the patient is looked into."""
    rig = Rig(Rejected(Refusal.POLICY_INVALID, "E1"))
    rig.doubts.siblings = [rig.doubts.put().id]
    await rig.submit()
    assert not rig.emias.searches
