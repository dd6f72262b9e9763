"""The count of calls within one process, by a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from gateway.holds.memory import MemoryPurse
from gateway.holds.ration import Later, Ration

_LPU = "0101"
_LEASE = timedelta(seconds=60)


@dataclass(slots=True)
class HandClock:
    """Seconds that pass when the test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


async def calls_at_once(purse: MemoryPurse, name: str, *, for_booking: bool) -> int:
    """Take and give back until refused, at most a hundred times."""
    for count in range(100):
        if await purse.take(_LPU, f"{name}{count}", for_booking=for_booking):
            return count
        await purse.give_back(_LPU, f"{name}{count}")
    return 100


@pytest.mark.parametrize(
    ("ration", "sync"),
    [
        (Ration(2.0, 4, 2, 0.5), (1.0, 2.0, 2.0, 1)),
        (Ration(1.0, 1, 1, 0.5), (0.5, 1.0, 0.0, 1)),
        (Ration(10.0, 10, 10, 0.0), (10.0, 10.0, 0.0, 10)),
        (Ration(10.0, 3, 3, 0.9), (1.0, 1.0, 2.0, 1)),
    ],
)
def test_sync_gets_what_the_booking_share_leaves(ration: Ration, sync: tuple[float, float, float, int]) -> None:
    """The share is kept from sync in rate, burst and concurrency, but one call at a time is always left to it."""
    told = (ration.sync_rate, ration.sync_burst, ration.reserve, ration.sync_concurrency)
    assert told == pytest.approx(sync)


async def test_bookings_have_the_whole_burst_and_then_the_rate() -> None:
    """After a quiet time the burst is granted at once, then calls come at the rate."""
    clock = HandClock()
    purse = MemoryPurse(Ration(2.0, 4, 10, 0.5), _LEASE, clock)
    assert await calls_at_once(purse, "a", for_booking=True) == 4
    later = await purse.take(_LPU, "b", for_booking=True)
    assert later is not None
    assert later.seconds == pytest.approx(0.5)
    clock.now += 0.5
    assert await calls_at_once(purse, "c", for_booking=True) == 1
    clock.now += 3600
    assert await calls_at_once(purse, "d", for_booking=True) == 4


async def test_sync_leaves_a_part_of_the_burst_to_bookings() -> None:
    """Sync stops while bookings can still call at once."""
    purse = MemoryPurse(Ration(2.0, 4, 10, 0.5), _LEASE, HandClock())
    assert await calls_at_once(purse, "s", for_booking=False) == 2
    assert await calls_at_once(purse, "b", for_booking=True) == 2


async def test_sync_leaves_a_part_of_the_rate_to_bookings() -> None:
    """In the long run sync makes its share of the calls, though bookings are quiet."""
    clock = HandClock()
    purse = MemoryPurse(Ration(2.0, 4, 10, 0.5), _LEASE, clock)
    await calls_at_once(purse, "warm", for_booking=False)
    granted = 0
    for tick in range(400):
        clock.now += 0.25
        granted += await calls_at_once(purse, f"{tick}-", for_booking=False)
    assert granted == pytest.approx(100, abs=1)


async def test_the_wait_that_is_told_is_enough() -> None:
    """Whoever comes again after the told time is granted, bookings and sync alike."""
    clock = HandClock()
    purse = MemoryPurse(Ration(0.7, 3, 10, 0.3), _LEASE, clock)
    for round_ in range(50):
        for for_booking in (True, False):
            member = f"{round_}{for_booking}"
            later = await purse.take(_LPU, member, for_booking=for_booking)
            if later is not None:
                assert later.seconds is not None
                clock.now += later.seconds + 1e-6
                assert await purse.take(_LPU, member, for_booking=for_booking) is None
            await purse.give_back(_LPU, member)


async def test_calls_under_way_are_bounded_and_sync_leaves_places() -> None:
    """Sync takes no place beyond its own, bookings take the rest, then somebody must end first."""
    purse = MemoryPurse(Ration(1000.0, 1000, 4, 0.5), _LEASE, HandClock())
    assert [await purse.take(_LPU, f"s{n}", for_booking=False) for n in range(3)] == [None, None, Later(None)]
    assert [await purse.take(_LPU, f"b{n}", for_booking=True) for n in range(3)] == [None, None, Later(None)]
    await purse.give_back(_LPU, "s0")
    assert await purse.take(_LPU, "s9", for_booking=False) == Later(None)
    assert await purse.take(_LPU, "b9", for_booking=True) is None


async def test_a_call_that_never_ends_gives_its_place_up() -> None:
    """After the lease the place of a lost call is free again."""
    clock = HandClock()
    purse = MemoryPurse(Ration(1000.0, 1000, 1, 0.0), _LEASE, clock)
    assert await purse.take(_LPU, "lost", for_booking=True) is None
    assert await purse.take(_LPU, "next", for_booking=True) == Later(None)
    clock.now += _LEASE.total_seconds()
    assert await purse.take(_LPU, "next", for_booking=True) is None


async def test_institutions_have_purses_of_their_own() -> None:
    """One institution's calls do not count for another."""
    purse = MemoryPurse(Ration(0.1, 1, 1, 0.0), _LEASE, HandClock())
    assert await purse.take("0101", "a", for_booking=True) is None
    assert await purse.take("0202", "b", for_booking=True) is None


async def test_giving_back_what_was_never_taken_is_nothing() -> None:
    """A second giving back changes nothing."""
    purse = MemoryPurse(Ration(1000.0, 1000, 1, 0.0), _LEASE, HandClock())
    assert await purse.take(_LPU, "a", for_booking=True) is None
    await purse.give_back(_LPU, "b")
    assert await purse.take(_LPU, "c", for_booking=True) == Later(None)
