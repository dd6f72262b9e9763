"""The loop that carries out wishes: woken by news, bearing trouble, ending cleanly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from gateway.domain.wish import Ending, Wish
from gateway.services.wishes.carry_out import Hand
from sync.signs import Signs
from sync.wishes import CarryOutWishes, watch_wishes
from tests.unit.sync.fake_wishes import SAID, FakeChanges, FakeWishes, a_wish

LONG = 3600.0


class Rig:
    """The loop over stand-ins; it looks by itself only every `turn` seconds."""

    def __init__(self, hand: Hand | None = None, *, places: int = 4, turn: float = LONG) -> None:
        self.wishes = FakeWishes()
        self.changes = FakeChanges()
        self.registry = CollectorRegistry()
        self.signs = Signs(self.registry)
        self.loop = CarryOutWishes(self.wishes.service(hand), self.changes, places, self.signs, turn)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Event]:
        """Run the loop until it hears news, and stop it in the end."""
        stop = asyncio.Event()
        task = asyncio.create_task(self.loop.run(stop))
        try:
            await self.changes.heard.wait()
            yield stop
        finally:
            stop.set()
            await task

    async def until_ended(self, count: int) -> None:
        """Wait until so many wishes have ended."""
        while len(self.wishes.ended) < count:
            await self.wishes.changed.wait()
            self.wishes.changed.clear()

    def carried(self, ending: str) -> float | None:
        """Count the tries that ended so."""
        labels = {"kind": "refresh_doctor", "ending": ending}
        return self.registry.get_sample_value("emias_sync_wishes_total", labels)


async def test_news_of_a_wish_wake_the_loop() -> None:
    """A wish made after the loop has looked is carried out as soon as its news is heard."""
    rig = Rig()
    async with rig.running():
        rig.wishes.open.append(a_wish())
        rig.changes.news.put_nowait(("slots", "7"))
        rig.changes.news.put_nowait(("wishes", ""))
        await rig.until_ended(1)
    assert rig.carried("done") == 1


async def test_missed_news_are_made_up_for() -> None:
    """When news may have been lost the loop looks at once."""
    rig = Rig()
    async with rig.running():
        rig.wishes.open.append(a_wish())
        rig.changes.news.put_nowait(("lost", ""))
        await rig.until_ended(1)


async def test_without_news_the_loop_looks_by_itself() -> None:
    """Leases that have run out are nobody's news."""
    rig = Rig(turn=0.01)
    async with rig.running():
        rig.wishes.open.append(a_wish())
        await rig.until_ended(1)


async def test_more_wishes_than_places_are_all_carried_out() -> None:
    """A place that becomes free takes the next wish."""
    rig = Rig(places=2)
    rig.wishes.open = [a_wish(number) for number in range(1, 6)]
    async with rig.running():
        await rig.until_ended(5)
    assert rig.carried("done") == 5


async def test_a_table_that_is_away_stops_nothing() -> None:
    """The loop waits a little and goes on; so does its listening."""
    rig = Rig(turn=0.01)
    rig.wishes.troubles = 2
    rig.wishes.open = [a_wish()]
    with capture_logs() as logs:
        async with rig.running():
            await rig.until_ended(1)
    assert {entry["event"] for entry in logs} >= {"wishes_unreadable"}


async def test_a_wish_under_way_is_waited_for_at_the_end() -> None:
    """Told to stop, the loop takes no new wish and lets the present one end."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_wish: Wish) -> Ending:
        begun.set()
        await go_on.wait()
        return Ending.done(SAID)

    rig = Rig(slow)
    rig.wishes.open = [a_wish()]
    async with rig.running() as stop:
        await begun.wait()
        stop.set()
        go_on.set()
    assert list(rig.wishes.ended) == [1]


async def test_a_result_that_cannot_be_written_is_counted() -> None:
    """The lease's end will bring the wish back; the loop goes on."""

    class Unwritable(FakeWishes):
        async def end(self, wish: Wish, ending: Ending) -> bool:
            await super().end(wish, ending)
            raise ConnectionError

    rig = Rig()
    rig.wishes = Unwritable()
    rig.loop = CarryOutWishes(rig.wishes.service(), rig.changes, 4, rig.signs, LONG)
    rig.wishes.open = [a_wish()]
    with capture_logs() as logs:
        async with rig.running():
            await rig.until_ended(1)
    assert rig.carried("broken") == 1
    assert [entry["event"] for entry in logs] == ["wish_not_ended"]


async def test_the_oldest_wish_is_shown() -> None:
    """The gauge is nought when nobody waits."""
    rig = Rig()
    assert await watch_wishes(rig.wishes, rig.signs) == 0
    assert rig.registry.get_sample_value("emias_gateway_oldest_wish_seconds") == 0
