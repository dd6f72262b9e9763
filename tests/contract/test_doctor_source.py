"""One behaviour of the doctor source, in the process, over the site's feed or through its REST."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from gateway.bitrix.feed import FeedLimits, open_feed
from gateway.bitrix.memory import MemorySource
from gateway.bitrix.webhook import WebhookMethod, WebhookTable, open_webhook
from gateway.bitrix.webhook_calls import Pacing
from gateway.bitrix.webhook_reading import PropertyNames
from gateway.domain.directory import FeedDoctor, FeedMapping
from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorSource
from simulator.site.directory import SiteDirectory
from simulator.site.feed import FEED_PATH, Feed
from simulator.site.keys import SecretSource
from simulator.site.webhook import IBLOCK_ID, IBLOCK_PROPERTIES, LIST_PROPERTIES, WEBHOOK_PATH, Webhook

_KEY = "feed-key"


@dataclass(frozen=True, slots=True)
class Site:
    """A source, the means to say what the site lists behind it, and what of a doctor it can tell."""

    source: DoctorSource
    put: Callable[[list[FeedDoctor]], None]
    break_off: Callable[[], None]
    told: Callable[[FeedDoctor], FeedDoctor] = field(default=lambda doctor: doctor)


@pytest_asyncio.fixture(params=["memory", "feed", "iblock.Element.list", "lists.element.get"])
async def site(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    """Give each adapter in turn, its site without any doctor."""
    if request.param == "memory":
        memory = MemorySource()
        yield Site(memory, memory.put, lambda: memory.refuse("auth_failed"))
        return
    keys = tmp_path / "keys"
    _write_key(keys, _KEY)
    directory = SiteDirectory((), lambda: datetime.now(UTC))
    _list(directory, [])
    async with _served(directory, keys) as url, _open(request.param, url) as source:
        yield Site(
            source,
            lambda doctors: _list(directory, doctors),
            lambda: _write_key(keys, "another"),
            (lambda doctor: doctor)
            if request.param == "feed"
            else (lambda doctor: replace(doctor, xml_id=None, sort=500)),
        )


@asynccontextmanager
async def _served(directory: SiteDirectory, keys: Path) -> AsyncIterator[str]:
    app = web.Application()
    secrets = SecretSource(keys, "UNUSED")
    app.router.add_get(FEED_PATH, Feed(directory, secrets).answer)
    app.router.add_post(WEBHOOK_PATH, Webhook(directory, secrets, page=2).answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _open(kind: str, url: str) -> AbstractAsyncContextManager[DoctorSource]:
    if kind == "feed":
        return open_feed(f"{url}{FEED_PATH}", _KEY, FeedLimits(page=2))
    method: WebhookMethod = "lists.element.get" if kind == "lists.element.get" else "iblock.Element.list"
    called = LIST_PROPERTIES if method == "lists.element.get" else IBLOCK_PROPERTIES
    names = PropertyNames(
        called["lpu"], called["emias"], called["specialty"], called["shown"], specialties={"10": "Терапевт"}
    )
    return open_webhook(f"{url}/rest/1/{_KEY}/", WebhookTable(IBLOCK_ID, method, names=names), Pacing(per_second=1000))


def _list(directory: SiteDirectory, doctors: list[FeedDoctor]) -> None:
    for element in directory.after(0):
        directory.change({"id": element["id"], "remove": True})
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
    told = _without_hash((await site.source.snapshot()).doctors)
    assert told == _without_hash(tuple(map(site.told, doctors)))


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


async def test_one_doctor_is_read_as_the_snapshot_tells_him(site: Site) -> None:
    """A single reading brings the very doctor that the whole list brings, and no other."""
    site.put([_doctor(1), _doctor(2, FeedMapping("0101", "502"), FeedMapping("0202", "77")), _doctor(3)])
    [alone] = (await site.source.one("2")).doctors
    assert alone in (await site.source.snapshot()).doctors
    assert alone.element_id == "2"


async def test_one_that_is_not_there_is_nothing(site: Site) -> None:
    """The site's own word that there is no such element is an empty answer, not a failure."""
    site.put([_doctor(1)])
    found = await site.source.one("2")
    assert found.doctors == ()
    assert not found.illegible


async def test_one_that_cannot_be_asked_for_is_refused(site: Site) -> None:
    """A source that is not let in never says that a doctor is gone."""
    site.put([_doctor(1)])
    site.break_off()
    with pytest.raises(MirrorRefused, match="auth_failed"):
        await site.source.one("1")
