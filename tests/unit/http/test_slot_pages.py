"""The pages that are kept ready: when they are served, and when they must not be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from gateway.domain.directory import DoctorSlots
from gateway.domain.errors import NotFound
from gateway.http.slot_pages import LONGEST_KEPT, PageKey, SlotPages
from gateway.ports import Clock
from tests.fakes import NOW, SOURCE, FakeClock, World

PATH = "/v1/doctors/57/slots"
STALE_AFTER = timedelta(minutes=30)


async def test_a_page_is_made_once(client: httpx.AsyncClient, world: World) -> None:
    """A second caller gets the page from memory."""
    first, second = await client.get(PATH), await client.get(PATH)

    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert world.directory.reads == 1


@pytest.mark.parametrize("news", [("slots", str(SOURCE)), ("directory", ""), ("lost", "")])
async def test_news_of_it_make_a_page_anew(client: httpx.AsyncClient, world: World, news: tuple[str, str]) -> None:
    """A page is forgotten on news of its doctor, of the directory, and when news were lost."""
    await client.get(PATH)
    world.hold_slot()

    await world.changes.tell(*news)
    body = (await client.get(PATH)).json()

    assert world.directory.reads == 2
    assert len(body["days"][0]["slots"]) == 2


@pytest.mark.parametrize("news", [("slots", "999"), ("slots", "garbled"), ("keys", "k9"), ("wishes", "")])
async def test_news_of_others_leave_a_page(client: httpx.AsyncClient, world: World, news: tuple[str, str]) -> None:
    """News of another doctor, of a key or of a wish leave the page; what cannot be understood does not."""
    await client.get(PATH)

    await world.changes.tell(*news)
    await client.get(PATH)

    assert world.directory.reads == (2 if news[1] == "garbled" else 1)


@pytest.mark.parametrize(
    "after", [timedelta(seconds=10), LONGEST_KEPT], ids=["a hold that ends", "the longest that anything is kept"]
)
async def test_time_makes_a_page_anew(client: httpx.AsyncClient, world: World, after: timedelta) -> None:
    """A page is made anew when its content changes by time alone, and after half a minute in any case."""
    world.directory.changes_at = NOW + timedelta(seconds=10)
    await client.get(PATH)

    world.clock.move(after - timedelta(seconds=1))
    await client.get(PATH)
    reads_before = world.directory.reads
    world.clock.move(timedelta(seconds=1))
    await client.get(PATH)

    assert world.directory.reads == reads_before + 1


async def test_a_page_turns_stale_in_time(client: httpx.AsyncClient, world: World) -> None:
    """A kept page is not served past the instant at which it turns stale."""
    world.directory.as_of = NOW - STALE_AFTER + timedelta(seconds=5)
    assert not (await client.get(PATH)).json()["stale"]

    world.clock.move(timedelta(seconds=6))

    assert (await client.get(PATH)).json()["stale"]


async def test_a_page_ends_with_its_day(client: httpx.AsyncClient, world: World) -> None:
    """At midnight in Moscow a page without a first day begins with the new day."""
    world.clock.instant = NOW.replace(hour=23, minute=59, second=55)
    world.directory.as_of = world.clock.instant
    await client.get(PATH)

    world.clock.move(timedelta(seconds=6))
    days = (await client.get(PATH)).json()["days"]

    assert world.directory.reads == 2
    assert [day["date"] for day in days] == ["2026-11-24"]


async def test_nothing_is_kept_while_no_news_are_heard(client: httpx.AsyncClient, world: World) -> None:
    """When the listening ends, every page is made anew until it is back."""
    await client.get(PATH)

    await world.changes.end()
    await client.get(PATH)
    await client.get(PATH)

    assert world.directory.reads == 3


async def test_callers_at_once_share_one_read(world: World) -> None:
    """Callers who ask for the same page at the same time cost one read, even when nothing may be kept."""
    pages = SlotPages(world.clock, STALE_AFTER)
    going = asyncio.Event()
    asking = [asyncio.create_task(pages.make((1, "57", b""), _reading(world, going))) for _ in range(20)]
    await asyncio.sleep(0)

    going.set()
    replies = await asyncio.gather(*asking)

    assert len({id(reply) for reply in replies}) == 1
    assert world.directory.reads == 1


async def test_a_page_overtaken_by_news_is_not_kept(client: httpx.AsyncClient, world: World) -> None:
    """A page whose read began before news of its doctor is given to its callers, then forgotten."""
    world.directory.pause = asyncio.Event()
    early = asyncio.create_task(client.get(PATH))
    await world.directory.reading.wait()
    world.directory.reading.clear()
    await world.changes.tell("slots", str(SOURCE))
    late = asyncio.create_task(client.get(PATH))
    await world.directory.reading.wait()

    world.directory.pause.set()
    await asyncio.gather(early, late)
    await client.get(PATH)

    assert world.directory.reads == 2


async def test_a_caller_that_leaves_takes_no_page_from_others(world: World) -> None:
    """A caller that is cancelled does not stop the read that others wait for."""
    pages = SlotPages(world.clock, STALE_AFTER)
    going = asyncio.Event()
    key: PageKey = (1, "57", b"")
    first = asyncio.create_task(pages.make(key, _reading(world, going)))
    second = asyncio.create_task(pages.make(key, _reading(world, going)))
    await asyncio.sleep(0)

    first.cancel()
    going.set()

    assert (await second).status == 200
    assert world.directory.reads == 1


def _reading(world: World, going: asyncio.Event) -> Callable[[], Awaitable[DoctorSlots]]:
    async def read() -> DoctorSlots:
        await going.wait()
        return await world.directory.doctor_slots(1, "57", NOW.date(), NOW.date())

    return read


async def test_errors_are_not_kept(world: World) -> None:
    """A read that fails is tried again by the next caller."""
    pages = _hearing(world.clock)
    key: PageKey = (1, "99", b"")

    async def read() -> DoctorSlots:
        return await world.directory.doctor_slots(1, "99", NOW.date(), NOW.date())

    for _ in range(2):
        with pytest.raises(NotFound):
            await pages.make(key, read)

    assert world.directory.reads == 2


async def test_the_least_used_pages_go_first(world: World) -> None:
    """The number of pages is bounded."""
    pages = _hearing(world.clock, most=2)
    going = asyncio.Event()
    going.set()
    keys: list[PageKey] = [(1, "57", query) for query in (b"a", b"b", b"c")]
    for key in keys[:2]:
        await pages.make(key, _reading(world, going))
    assert pages.get(keys[0]) is not None

    await pages.make(keys[2], _reading(world, going))

    assert [pages.get(key) is not None for key in keys] == [True, False, True]


async def test_a_page_under_a_long_query_is_not_kept(world: World) -> None:
    """A query longer than any honest one takes no room."""
    pages = _hearing(world.clock)
    going = asyncio.Event()
    going.set()
    key: PageKey = (1, "57", b"x" * 200)

    await pages.make(key, _reading(world, going))

    assert pages.get(key) is None


def _hearing(clock: Clock | FakeClock, most: int = 10) -> SlotPages:
    pages = SlotPages(clock, STALE_AFTER, most)
    pages.begin_hearing()
    return pages
