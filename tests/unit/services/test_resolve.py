"""Looking into unknown outcomes: what is settled, what is looked at again, and that nothing is ever sent twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from gateway.domain.booking import Booking, BookingState
from gateway.domain.doubt import LookPlan
from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Capabilities, Cause
from gateway.services.resolve import Resolve
from tests.unit.services.fakes import Bookings, Emias, Pause
from tests.unit.services.fakes_of_doubts import Doubts, a_resolve, an_appointment
from tests.unit.services.samples import SLOT, a_window, remote

S = BookingState
PLAN = LookPlan()
NO_LOOK_UP = Capabilities(lookup=False, cancel=True, returns_appointment_id=True, lists_busy_slots=True)


@dataclass
class Rig:
    """The service among its stand-ins, with one booking in doubt."""

    state: BookingState = S.IN_DOUBT

    def __post_init__(self) -> None:
        self.table = Bookings()
        self.emias = Emias()
        self.doubts = Doubts(self.table)
        self.booking = self.doubts.put(self.state)
        self.service: Resolve = a_resolve(self.doubts, self.table, self.emias)

    def at_last(self) -> None:
        """Let the next look be the last of the plan."""
        self.doubts.looks, self.doubts.age = len(PLAN.after) - 1, PLAN.after[-1]

    async def look(self) -> str:
        """Lease the booking and look."""
        return await self.service.look(self.doubts.doubt(self.booking))

    @property
    def row(self) -> Booking:
        """The booking as the table has it."""
        return self.table.rows[self.booking.id]


async def test_our_appointment_is_credited_to_the_booking() -> None:
    """The first look that finds it books it, with EMIAS's id and ticket, and creates nothing."""
    rig = Rig()
    rig.emias.listed = [(an_appointment(rig.booking),)]
    assert await rig.look() == "booked"
    assert (rig.row.state, rig.row.emias_appointment_id, rig.row.ticket) == (S.BOOKED, "A1", "T1")
    assert rig.emias.searches == [(SLOT.starts_at.date(), SLOT.starts_at.date())]
    assert (rig.emias.requests, rig.emias.journal) == ([], [])


async def test_a_look_that_finds_nothing_is_followed_by_another() -> None:
    """EMIAS may commit late: the look is counted and the next is planned."""
    rig = Rig()
    assert await rig.look() == "waiting"
    assert rig.doubts.postponed == [(rig.booking.id, PLAN.wait(1), True)]
    assert rig.row.state is S.IN_DOUBT


async def test_the_last_look_proves_absence() -> None:
    """Nothing found by the last look is `failed`."""
    rig = Rig()
    rig.at_last()
    assert await rig.look() == "failed"
    assert rig.table.settlements[0].cause == "proved_absent"


@pytest.mark.parametrize(
    "failure", [EmiasFailure(Cause.TIMEOUT), EmiasFailure(Cause.BREAKER), EmiasFailure(Cause.REFUSED)], ids=repr
)
async def test_a_look_that_could_not_be_made_is_none(failure: EmiasFailure) -> None:
    """While EMIAS does not answer nothing is proved, even when the last look is due."""
    rig = Rig()
    rig.at_last()
    rig.emias.listed = [failure]
    assert await rig.look() == "blind"
    assert rig.doubts.postponed == [(rig.booking.id, PLAN.blind, False)]


async def test_a_look_that_breaks_is_none() -> None:
    """A fault of ours is logged without its words and tried again."""
    rig = Rig()
    rig.emias.listed = [RuntimeError("Ёлкина 112-233-445 95")]
    with capture_logs() as logs:
        assert await rig.look() == "blind"
    assert [entry["event"] for entry in logs] == ["look_broke"]


async def test_a_look_ends_before_its_lease() -> None:
    """A look that hangs is given up while the lease still keeps others away."""
    rig = Rig()
    rig.emias.pause = Pause()
    rig.service = a_resolve(rig.doubts, rig.table, rig.emias, lease=timedelta(milliseconds=20))
    assert await rig.look() == "blind"


async def test_after_a_day_the_operator_decides() -> None:
    """A doubt that EMIAS has not answered for a day becomes `manual`, with what was seen last."""
    rig = Rig()
    rig.doubts.age = PLAN.give_up
    rig.emias.listed = [EmiasFailure(Cause.CONNECT)]
    assert await rig.look() == "manual"
    (settled,) = rig.table.settlements
    assert settled.evidence is not None
    assert "unanswered_connect" in repr(settled.evidence)


async def test_without_its_patient_a_doubt_is_the_operator_s() -> None:
    """When nobody can be looked up any more, nothing is asked."""
    rig = Rig()
    rig.doubts.patient = None
    assert await rig.look() == "manual"
    assert not rig.emias.searches


@pytest.mark.parametrize(
    ("free", "last", "end"),
    [(True, False, "waiting"), (False, False, "waiting"), (True, True, "failed"), (False, True, "manual")],
)
async def test_without_a_look_up_only_a_free_slot_proves(*, free: bool, last: bool, end: str) -> None:
    """A slot that is still free at the last look is proof of absence; a busy one is the operator's to judge."""
    rig = Rig()
    rig.emias.can = NO_LOOK_UP
    rig.emias.schedules = [a_window(remote(24, free=free))]
    if last:
        rig.at_last()
    assert await rig.look() == end
    assert rig.emias.reads == [(SLOT.doctor, SLOT.starts_at.date(), SLOT.starts_at.date(), None)]


async def test_a_cancel_is_looked_for_and_never_sent_again() -> None:
    """Found cancelled is cancelled; still active after the last look is booked, so that it can be cancelled again."""
    gone, kept = Rig(S.CANCEL_IN_DOUBT), Rig(S.CANCEL_IN_DOUBT)
    gone.emias.listed = [(an_appointment(gone.booking, active=False),)]
    kept.emias.listed = [(an_appointment(kept.booking),)]
    kept.at_last()
    assert (await gone.look(), await kept.look()) == ("cancelled", "booked")
    assert kept.table.settlements[0].cause == "cancel_absent"
    assert gone.emias.journal + kept.emias.journal == []


async def test_a_nameless_booking_gets_its_appointment_s_id() -> None:
    """What EMIAS booked without naming is looked for like a doubt, and keeps its state."""
    rig = Rig(S.BOOKED)
    rig.emias.listed = [(), (an_appointment(rig.booking),)]
    assert await rig.look() == "waiting"
    rig.booking = rig.row
    assert await rig.look() == "named"
    assert (rig.row.state, rig.row.emias_appointment_id, rig.row.ticket) == (S.BOOKED, "A1", "T1")


async def test_a_booking_that_stays_nameless_stands_all_the_same() -> None:
    """After a day, without its patient or without a look-up nobody asks any more; nothing is handed over."""
    for reason in ("age", "patient", "contract"):
        rig = Rig(S.BOOKED)
        rig.doubts.age = PLAN.give_up if reason == "age" else rig.doubts.age
        rig.doubts.patient = None if reason == "patient" else rig.doubts.patient
        rig.emias.can = NO_LOOK_UP if reason == "contract" else rig.emias.can
        assert await rig.look() == "nameless"
        assert rig.doubts.rested == [rig.booking.id]
        assert (rig.row.state, rig.emias.searches, rig.emias.reads) == (S.BOOKED, [], [])


async def test_a_late_look_changes_nothing() -> None:
    """When another token is the row's by now, neither a settlement nor a postponement is written."""
    for listed, state in (((), S.IN_DOUBT), (None, S.IN_DOUBT), (None, S.BOOKED)):
        rig = Rig(state)
        rig.table.token_lost = True
        rig.emias.listed = [(an_appointment(rig.booking),) if listed is None else listed]
        assert await rig.look() == "overtaken"
        assert (rig.row.state, rig.row.emias_appointment_id) == (state, None)


async def test_due_doubts_and_abandoned_calls_come_from_the_ledger() -> None:
    """What is due is claimed under the lease, what was left behind is counted and told."""
    rig = Rig()
    rig.doubts.abandoned, rig.doubts.due = 3, [rig.booking]
    assert [doubt.booking.id for doubt in await rig.service.due(5, at_once=1, running={})] == [rig.booking.id]
    assert rig.doubts.claims == [(5, 1, {})]
    with capture_logs() as logs:
        assert await rig.service.recover(timedelta(minutes=2)) == 3
    assert logs[0]["bookings"] == 3


class TestBeside:
    """The same patient's other bookings, when EMIAS says that the patient is booked already."""

    async def ask(self, rig: Rig) -> Booking | None:
        """Look beside a refused booking."""
        refused = replace(rig.booking, id=SLOT.id)
        rig.doubts.siblings = [rig.booking.id]
        return await rig.service.beside(1, refused)

    async def test_found_by_a_look_of_its_own(self) -> None:
        """A sibling in doubt is looked into first, and is booked when it is told."""
        rig = Rig()
        rig.emias.listed = [(an_appointment(rig.booking),)]
        told = await self.ask(rig)
        assert told is not None
        assert (told.id, told.state) == (rig.booking.id, S.BOOKED)

    async def test_still_in_doubt(self) -> None:
        """A look that finds nothing leaves the plan as it was, uncounted, and the sibling is told as it stands."""
        rig = Rig()
        rig.at_last()
        rig.doubts.looks -= 1
        told = await self.ask(rig)
        assert told is not None
        assert told.state is S.IN_DOUBT
        assert rig.doubts.postponed == [(rig.booking.id, None, False)]

    async def test_blind_or_looked_at_by_another(self) -> None:
        """EMIAS's silence, another's look or a broken table leave the sibling as it is."""
        for trouble in ("blind", "taken", "broken"):
            rig = Rig()
            rig.doubts.taken = trouble == "taken"
            rig.doubts.error = ConnectionError() if trouble == "broken" else None
            rig.emias.listed = [EmiasFailure(Cause.TIMEOUT)]
            told = await self.ask(rig)
            assert told is not None
            assert told.state is S.IN_DOUBT

    async def test_nobody(self) -> None:
        """Without siblings, or with one that turns out to have failed, there is nothing to tell."""
        rig = Rig()
        assert await rig.service.beside(1, rig.booking) is None
        rig.doubts.looks, rig.doubts.age = len(PLAN.after), PLAN.after[-1]
        assert await self.ask(rig) is None

    async def test_a_slow_look_is_not_waited_for(self) -> None:
        """When the patience is over the sibling is told as it stands, and the look goes on by itself."""
        rig = Rig()
        pause = rig.emias.pause = Pause()
        rig.emias.listed = [(an_appointment(rig.booking),)]
        rig.service = replace(rig.service, patience=timedelta())
        told = await self.ask(rig)
        assert told is not None
        assert told.state is S.IN_DOUBT
        pause.over.set()
        await rig.service.under_way.drain()
        assert rig.row.state is S.BOOKED


async def test_of_two_looks_the_later_claim_wins() -> None:
    """A look whose lease ran out, and whose booking another has claimed since, changes nothing."""
    rig = Rig()
    pause = rig.emias.pause = Pause()
    rig.emias.listed = [(an_appointment(rig.booking),), (an_appointment(rig.booking),)]
    first = asyncio.create_task(rig.look())
    await pause.reached.wait()
    second = asyncio.create_task(rig.service.look(rig.doubts.doubt(rig.row)))
    pause.over.set()
    assert sorted(await asyncio.gather(first, second)) == ["booked", "overtaken"]
