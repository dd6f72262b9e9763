"""The five-minute hold: gate, fresh look, row."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from gateway.domain.errors import EmiasFailure, HoldExpired, NotFound, SlotHeld, SlotTaken, TooManyHolds
from gateway.domain.outcomes import Cause
from gateway.domain.pace import Pace
from gateway.ports import SlotSighting
from gateway.services.hold import HoldSlot
from gateway.services.offer import Offer
from gateway.services.refresh import Refresh
from gateway.services.under_way import UnderWay
from tests.unit.services.fakes import Emias, Gate, Holds, Pause, SiteDirectory
from tests.unit.services.fakes_of_sync import SyncBook
from tests.unit.services.fakes_of_time import FixedClock
from tests.unit.services.samples import ALTERNATIVE, HOLDER, LIMITS, NOW, SLOT, a_window, remote, slot_at

STALE = NOW - timedelta(hours=1)
FREE = SlotSighting(SLOT, is_free=True, as_of=NOW)
FREE_BUT_OLD = SlotSighting(SLOT, is_free=True, as_of=STALE)
SOLD = SlotSighting(SLOT, is_free=False, as_of=NOW)


@dataclass
class Rig:
    """The service among its stand-ins."""

    directory: SiteDirectory = field(default_factory=lambda: SiteDirectory({SLOT.id: FREE}, alternatives=[ALTERNATIVE]))
    holds: Holds = field(default_factory=Holds)
    gate: Gate = field(default_factory=Gate)
    emias: Emias = field(default_factory=Emias)
    sync: SyncBook = field(default_factory=SyncBook)
    under_way: UnderWay = field(default_factory=UnderWay)
    patience: timedelta = timedelta(seconds=30)

    def __post_init__(self) -> None:
        clock = FixedClock()
        pace = Pace(timedelta(seconds=300), timedelta(seconds=900))
        self.service = HoldSlot(
            directory=self.directory,
            ledger=self.holds,
            gate=self.gate,
            offer=Offer(self.directory),
            refresh=Refresh(self.emias, self.sync, clock, pace, timedelta(minutes=1), self.under_way),
            clock=clock,
            limits=LIMITS,
            stale_after=timedelta(minutes=10),
            patience=self.patience,
        )


def _stale_rig(patience: timedelta = timedelta(seconds=30)) -> Rig:
    return Rig(SiteDirectory({SLOT.id: FREE_BUT_OLD}, alternatives=[ALTERNATIVE]), patience=patience)


async def test_a_free_slot_is_held_behind_the_gate() -> None:
    """The winner has the row and the gate, and EMIAS is not asked about a fresh schedule."""
    rig = Rig()
    hold = await rig.service.take(HOLDER, SLOT.id, SLOT.doctor_id)
    assert rig.holds.held == {SLOT.id: hold}
    assert rig.gate.owners == {SLOT.id: hold.id}
    assert hold.verified
    assert rig.emias.reads == []


async def test_the_crowd_is_answered_by_the_gate() -> None:
    """Of many at once one wins; the losers share alternatives and never reach the table."""
    rig = Rig()
    rig.holds.pause = Pause()
    crowd = [asyncio.create_task(rig.service.take(HOLDER, SLOT.id, None)) for _ in range(200)]
    await rig.holds.pause.reached.wait()
    rig.holds.pause.over.set()
    answers = await asyncio.gather(*crowd, return_exceptions=True)
    lost = [answer for answer in answers if isinstance(answer, SlotHeld)]
    assert len(lost) == 199
    assert all(loser.alternatives == (ALTERNATIVE,) for loser in lost)
    assert rig.directory.searches == 1
    assert len(rig.gate.owners) == len(rig.holds.held) == 1


async def test_without_the_gate_the_table_decides() -> None:
    """When Redis is gone, exactly one of many still gets the slot."""
    rig = Rig(gate=Gate(absent=True))
    crowd = (rig.service.take(HOLDER, SLOT.id, None) for _ in range(50))
    answers = await asyncio.gather(*crowd, return_exceptions=True)
    assert sum(isinstance(answer, SlotHeld) for answer in answers) == 49
    assert len(rig.holds.held) == 1


@pytest.mark.parametrize(
    ("error", "alternatives"),
    [
        (SlotHeld(), (ALTERNATIVE,)),
        (SlotTaken(), (ALTERNATIVE,)),
        (TooManyHolds(60), None),
        (ConnectionError(), None),
    ],
)
async def test_a_refusal_of_the_table_opens_the_gate(error: Exception, alternatives: tuple[object, ...] | None) -> None:
    """Whatever the table says against it, the gate is open again and the error is told."""
    rig = Rig(holds=Holds(error=error))
    with pytest.raises(type(error)) as caught:
        await rig.service.take(HOLDER, SLOT.id, None)
    assert rig.gate.owners == {}
    assert getattr(caught.value, "alternatives", None) == alternatives


async def test_an_unknown_slot_opens_the_gate() -> None:
    """A slot that no doctor of the site has is not found, and its gate does not stay shut."""
    rig = Rig()
    with pytest.raises(NotFound, match="slot"):
        await rig.service.take(HOLDER, slot_at(99).id, None)
    assert rig.gate.owners == {}


async def test_a_sold_slot_is_taken() -> None:
    """A slot that EMIAS has sold is refused without asking EMIAS."""
    rig = Rig(SiteDirectory({SLOT.id: SOLD}, alternatives=[ALTERNATIVE]))
    with pytest.raises(SlotTaken) as caught:
        await rig.service.take(HOLDER, SLOT.id, None)
    assert caught.value.alternatives == (ALTERNATIVE,)
    assert rig.gate.owners == {}
    assert rig.emias.reads == []


@pytest.mark.parametrize("where", ["gate", "holds"])
async def test_a_caller_who_leaves_leaves_no_gate_shut(where: str) -> None:
    """Cancelled while the gate or the table answers, the request opens the gate behind it."""
    rig, pause = Rig(), Pause()
    if where == "gate":
        rig.gate.pause = pause
    else:
        rig.holds.pause = pause
    caller = asyncio.create_task(rig.service.take(HOLDER, SLOT.id, None))
    await pause.reached.wait()
    assert rig.gate.owners
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert rig.gate.owners == {}


async def test_a_loser_does_not_open_the_winners_gate() -> None:
    """The gate stays the winner's whatever others try."""
    rig = Rig()
    hold = await rig.service.take(HOLDER, SLOT.id, None)
    with pytest.raises(SlotHeld):
        await rig.service.take(HOLDER, SLOT.id, None)
    assert rig.gate.owners == {SLOT.id: hold.id}


async def test_a_stale_schedule_is_read_anew_first() -> None:
    """On an old mirror EMIAS is asked once, and the hold is verified."""
    rig = _stale_rig()
    rig.emias.schedules = [a_window(remote(24))]
    hold = await rig.service.take(HOLDER, SLOT.id, None)
    assert hold.verified
    assert len(rig.emias.reads) == 1


async def test_a_schedule_never_read_is_read_first() -> None:
    """A slot of unknown age counts as stale."""
    rig = Rig(SiteDirectory({SLOT.id: SlotSighting(SLOT, is_free=True, as_of=None)}))
    rig.emias.schedules = [a_window(remote(24))]
    assert (await rig.service.take(HOLDER, SLOT.id, None)).verified


@pytest.mark.parametrize(("fresh", "error"), [(SOLD, SlotTaken), (None, NotFound)])
async def test_what_the_new_read_says_counts(fresh: SlotSighting | None, error: type[Exception]) -> None:
    """A slot that was sold or has vanished since the last read is not held."""
    rig = _stale_rig()
    rig.directory.later = {SLOT.id: fresh}
    rig.emias.schedules = [a_window()]
    with pytest.raises(error):
        await rig.service.take(HOLDER, SLOT.id, None)
    assert rig.gate.owners == {}
    assert rig.holds.held == {}


async def test_a_slow_emias_does_not_stop_the_hold() -> None:
    """When the read outlasts the patience the hold is made, unverified, and the read goes on to its end."""
    rig = _stale_rig(patience=timedelta())
    rig.emias.pause = Pause()
    rig.emias.schedules = [a_window(remote(24))]
    hold = await rig.service.take(HOLDER, SLOT.id, None)
    assert not hold.verified
    assert rig.sync.lines == []
    rig.emias.pause.over.set()
    await rig.under_way.drain()
    assert [line for line, _ in rig.sync.lines] == ["write new"]


async def test_a_failed_read_does_not_stop_the_hold() -> None:
    """When EMIAS fails the hold is made, unverified."""
    rig = _stale_rig()
    rig.emias.schedules = [EmiasFailure(Cause.TIMEOUT)]
    assert not (await rig.service.take(HOLDER, SLOT.id, None)).verified


async def test_a_renewal_extends_the_gate() -> None:
    """Another five minutes are for the row and for the gate."""
    rig = Rig()
    hold = await rig.service.take(HOLDER, SLOT.id, None)
    renewed = await rig.service.renew(HOLDER, hold.id)
    assert renewed.renewals_left == hold.renewals_left - 1
    assert rig.gate.extended == [SLOT.id]


async def test_a_refused_renewal_leaves_the_gate_as_it_is() -> None:
    """A hold that has run out extends nothing."""
    rig = Rig(holds=Holds(error=HoldExpired()))
    with pytest.raises(HoldExpired):
        await rig.service.renew(HOLDER, SLOT.id)
    assert rig.gate.extended == []


async def test_a_slot_sold_meanwhile_is_told_with_alternatives() -> None:
    """When EMIAS shows the held slot as taken, the next question or renewal says so and offers others."""
    for ask in ("state", "renew"):
        rig = Rig()
        hold = await rig.service.take(HOLDER, SLOT.id, None)
        assert (await rig.service.state(HOLDER, hold.id)) == hold
        rig.holds.error = SlotTaken(slot_id=SLOT.id)
        with pytest.raises(SlotTaken) as told:
            await getattr(rig.service, ask)(HOLDER, hold.id)
        assert told.value.alternatives == (ALTERNATIVE,)
        assert rig.gate.extended == []


async def test_a_slot_that_has_vanished_is_told_without_alternatives() -> None:
    """Where the slot is no longer known, nothing near it can be offered."""
    rig = Rig()
    hold = await rig.service.take(HOLDER, SLOT.id, None)
    rig.holds.error = SlotTaken()
    with pytest.raises(SlotTaken) as told:
        await rig.service.state(HOLDER, hold.id)
    assert told.value.alternatives == ()


async def test_a_release_opens_the_gate_and_may_be_repeated() -> None:
    """The slot can be held again at once; releasing twice is no error."""
    rig = Rig()
    hold = await rig.service.take(HOLDER, SLOT.id, None)
    await rig.service.release(HOLDER, hold.id)
    await rig.service.release(HOLDER, hold.id)
    assert rig.gate.owners == {}
    assert (await rig.service.take(HOLDER, SLOT.id, None)).id != hold.id
