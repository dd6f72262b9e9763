"""One behaviour of the doctor source, in the process or over the site's feed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from gateway.bitrix.feed import FeedLimits, open_feed
from gateway.bitrix.memory import MemorySource
from gateway.domain.directory import FeedDoctor, FeedMapping
from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorSource
from simulator.site.directory import SiteDirectory
from simulator.site.feed import FEED_PATH, Feed
from simulator.site.keys import SecretSource

_KEY = "feed-key"


@dataclass(frozen=True, slots=True)
class Site:
    """A source, and the means to say what the site lists behind it."""

    source: DoctorSource
    put: Callable[[list[FeedDoctor]], None]
    break_off: Callable[[], None]


@pytest_asyncio.fixture(params=["memory", "feed"])
async def site(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    """Give each adapter in turn, its site without any doctor."""
    if request.param == "memory":
        source = MemorySource()
        yield Site(source, source.put, lambda: source.refuse("auth_failed"))
        return
    keys = tmp_path / "keys"
    _write_key(keys, _KEY)
    async with _feed_site(keys) as feed_site:
        yield feed_site


@asynccontextmanager
async def _feed_site(keys: Path) -> AsyncIterator[Site]:
    directory = SiteDirectory((), lambda: datetime.now(UTC))
    for element in directory.after(0):
        directory.change({"id": element["id"], "remove": True})
    app = web.Application()
    app.router.add_get(FEED_PATH, Feed(directory, SecretSource(keys, "UNUSED")).answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}{FEED_PATH}"
        async with open_feed(url, _KEY, FeedLimits(page=2)) as source:
            yield Site(source, lambda doctors: _list(directory, doctors), lambda: _write_key(keys, "another"))
    finally:
        await runner.cleanup()


def _list(directory: SiteDirectory, doctors: list[FeedDoctor]) -> None:
    for doctor in doctors:
        directory.change(
            {
                "id": doctor.element_id,
                "xml_id": doctor.xml_id,
                "name": doctor.name,
                "active": doctor.active,
                "specialty": {"id": doctor.specialty_id, "name": doctor.specialty_name},
                "mappings": [
                    {"lpu_code": mapping.lpu_code, "emias_doctor_id": mapping.emias_doctor_id}
                    for mapping in doctor.mappings
                ],
                "sort": doctor.sort,
            }
        )


def _write_key(keys: Path, key: str) -> None:
    keys.write_text(f"{key}\n")


def _doctor(element_id: int, *mappings: FeedMapping, active: bool = True) -> FeedDoctor:
    return FeedDoctor(
        element_id=str(element_id),
        xml_id=f"doctor-{element_id}",
        name=f"Врач № {element_id}",
        active=active,
        specialty_id="10",
        specialty_name="Терапевт",
        mappings=mappings,
        sort=element_id,
        hash="",
    )


def _without_hash(doctors: tuple[FeedDoctor, ...]) -> list[tuple[object, ...]]:
    return [
        (d.element_id, d.xml_id, d.name, d.active, d.specialty_id, d.specialty_name, d.mappings, d.sort)
        for d in doctors
    ]


async def test_a_site_without_doctors_has_an_empty_snapshot(site: Site) -> None:
    """No doctor is an answer, not a failure."""
    snapshot = await site.source.snapshot()
    assert snapshot.doctors == ()
    assert not snapshot.illegible


async def test_every_doctor_arrives_whole(site: Site) -> None:
    """Names, activity, specialties and all mappings are told, whatever the number of pages."""
    doctors = [
        _doctor(1, FeedMapping("0101", "501")),
        _doctor(2, FeedMapping("0101", "502"), FeedMapping("0202", "77")),
        _doctor(3, active=False),
        _doctor(4, FeedMapping("", "504")),
        _doctor(5),
    ]
    site.put(doctors)
    assert _without_hash((await site.source.snapshot()).doctors) == _without_hash(tuple(doctors))


async def test_a_change_shows_in_the_next_snapshot(site: Site) -> None:
    """Each reading tells the list as it is then."""
    site.put([_doctor(1)])
    before = (await site.source.snapshot()).doctors
    site.put([_doctor(1, active=False)])
    after = (await site.source.snapshot()).doctors
    assert [doctor.active for doctor in before] == [True]
    assert [doctor.active for doctor in after] == [False]


async def test_a_list_that_cannot_be_read_is_refused_with_its_reason(site: Site) -> None:
    """A source that is not let in tells so and brings no half of a list."""
    site.put([_doctor(1)])
    site.break_off()
    with pytest.raises(MirrorRefused) as refused:
        await site.source.snapshot()
    assert refused.value.reason == "auth_failed"
