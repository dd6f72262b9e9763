"""What the SOAP adapter asks before each request, and what it tells afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gateway.domain.circuit import Admitted, Circuit, CircuitRules, CircuitState, Lane
from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Booked, Cause, NotSent, Refusal, Rejected, Unknown
from gateway.emias.guard import Guard
from gateway.holds.memory_breaker import MemoryBreaker
from simulator.running import Simulator
from tests.contract.stands import DOCTOR, VERA, free_slots, horizon, request, simulator_stand, today

BOOKINGS, READS = Circuit("0101", Lane.BOOKINGS), Circuit("0101", Lane.READS)


@dataclass
class Switch:
    """An operator's switch."""

    stopped: bool = False

    async def calls_stopped(self, lpu_code: str) -> bool:
        """Tell how it stands."""
        assert lpu_code == "0101"
        return self.stopped


@dataclass
class Notes:
    """What was noted of the institution's answers."""

    noted: list[Cause | None] = field(default_factory=list)

    def note(self, lpu_code: str, cause: Cause | None) -> None:
        """Keep it."""
        assert lpu_code == "0101"
        self.noted.append(cause)


class Rig:
    """A guard whose breaker opens at the second failure, by a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.breaker = MemoryBreaker(CircuitRules(failures=2), lambda: self.now, lambda: 1.0)
        self.switch, self.health = Switch(), Notes()
        self.guard = Guard(None, self.breaker, self.switch, self.health)

    async def states(self) -> tuple[CircuitState, CircuitState]:
        """Tell how bookings and reads stand."""
        return await self.breaker.state(BOOKINGS), await self.breaker.state(READS)


@pytest.fixture
def rig() -> Rig:
    """Make a rig."""
    return Rig()


def _calls(simulator: Simulator) -> int:
    return sum(simulator.installation.journal.calls.values())


async def test_answers_and_refusals_keep_it_closed(rig: Rig, simulator: Simulator) -> None:
    """However often EMIAS refuses in its own words, it answers."""
    async with simulator_stand(simulator, "seed-soap", guard=rig.guard) as stand:
        slot = (await free_slots(stand))[0]
        for _ in range(4):
            stand.refuse("create_appointment", Refusal.SLOT_TAKEN)
            assert isinstance(await stand.emias.create_appointment(request(stand, slot)), Rejected)
    assert await rig.states() == (CircuitState.CLOSED, CircuitState.CLOSED)
    assert set(rig.health.noted) == {None}


async def test_answers_that_cannot_be_believed_open_their_own_lane(rig: Rig, simulator: Simulator) -> None:
    """Two unknown outcomes keep the next booking from being sent, while schedules are still read."""
    async with simulator_stand(simulator, "seed-soap", guard=rig.guard) as stand:
        slots = await free_slots(stand)
        for kind in ("html_200", "html_200"):
            stand.spoil("create_appointment", kind)
            assert isinstance(await stand.emias.create_appointment(request(stand, slots[0])), Unknown)
        before = _calls(simulator)
        assert await stand.emias.create_appointment(request(stand, slots[0])) == NotSent(Cause.BREAKER, 2.0)
        assert await stand.emias.cancel_appointment("0101", "A-1", VERA, "reason") == NotSent(Cause.BREAKER, 2.0)
        with pytest.raises(EmiasFailure, match="breaker"):
            await stand.emias.find_appointments("0101", VERA, *horizon(stand))
        assert _calls(simulator) == before
        assert await free_slots(stand)
    assert await rig.states() == (CircuitState.OPEN, CircuitState.CLOSED)
    assert rig.health.noted.count(Cause.NOT_XML) == 2


async def test_an_emias_that_cannot_be_reached_opens_both_lanes_and_a_probe_brings_it_back(
    rig: Rig, simulator: Simulator
) -> None:
    """Refused connections of bookings keep reads back too; when it is back the first call is the probe."""
    async with simulator_stand(simulator, "seed-soap", guard=rig.guard) as stand:
        slot = (await free_slots(stand))[0]
        await simulator.stop()
        for _ in range(2):
            assert await stand.emias.create_appointment(request(stand, slot)) == NotSent(Cause.CONNECT)
        assert await rig.states() == (CircuitState.OPEN, CircuitState.OPEN)
        with pytest.raises(EmiasFailure) as kept:
            await stand.emias.get_schedule(DOCTOR, today(), today())
        assert (kept.value.cause, kept.value.retry_after) == (Cause.BREAKER, 2.0)
        await simulator.start()
        rig.now = 2.0
        assert isinstance(await stand.emias.create_appointment(request(stand, slot)), Booked)
    assert await rig.states() == (CircuitState.EASING, CircuitState.HALF_OPEN)


async def test_a_limiter_is_obeyed_at_its_first_word(rig: Rig, simulator: Simulator) -> None:
    """One 429 with a time to wait keeps every call back for so long."""
    async with simulator_stand(simulator, "seed-soap", guard=rig.guard) as stand:
        slot = (await free_slots(stand))[0]
        stand.spoil("create_appointment", "status", status=429, retry_after="7")
        assert await stand.emias.create_appointment(request(stand, slot)) == NotSent(Cause.RATE_LIMITED, 7.0)
        before = _calls(simulator)
        rig.now = 6.0
        assert await stand.emias.create_appointment(request(stand, slot)) == NotSent(Cause.BREAKER, 1.0)
        with pytest.raises(EmiasFailure, match="breaker"):
            await stand.emias.get_schedule(DOCTOR, today(), today())
        assert _calls(simulator) == before


async def test_a_stopped_institution_is_not_called(rig: Rig, simulator: Simulator) -> None:
    """While the operator's switch is off nothing is sent, and nothing is said about EMIAS."""
    async with simulator_stand(simulator, "seed-soap", guard=rig.guard) as stand:
        slot = (await free_slots(stand))[0]
        rig.switch.stopped, before, noted = True, _calls(simulator), list(rig.health.noted)
        for _ in range(4):
            assert await stand.emias.create_appointment(request(stand, slot)) == NotSent(Cause.STOPPED, 60.0)
        assert (_calls(simulator), rig.health.noted) == (before, noted)
        rig.switch.stopped = False
        assert isinstance(await stand.emias.create_appointment(request(stand, slot)), Booked)


async def test_a_call_that_is_cut_off_gives_the_probe_back(rig: Rig) -> None:
    """Whoever is cancelled, or ends for a reason of ours, leaves the probe to the next."""
    for end in (KeyboardInterrupt, EmiasFailure):
        for _ in range(2):
            await rig.breaker.failed(BOOKINGS, "x", None)
        rig.now += 60
        with pytest.raises(end):
            async with rig.guard.one_call("0101", for_booking=True, deadline=1):
                raise end(Cause.BUDGET)
        assert await rig.breaker.ask(BOOKINGS) == Admitted(CircuitState.HALF_OPEN)
