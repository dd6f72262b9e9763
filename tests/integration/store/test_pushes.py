"""Pushes: lost, repeated and out of order they come to the same as the site's list."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from gateway.bitrix.memory import MemorySource
from gateway.domain.directory import FeedDoctor, FeedMapping
from gateway.ports import PushedChange
from gateway.services.mirror import MirrorDoctors
from gateway.services.reread import RereadPushed, RereadResult
from gateway.store.doctor_mirror import DoctorMirror
from gateway.store.engine import Database
from gateway.store.housekeeping import Housekeeping
from gateway.store.institutions import Institutions
from gateway.store.pushes import PushBook
from tests.integration.builders import MadeSite
from tests.integration.store.site_list import apply, doctor, mappings, snapshot, staff, versions

_LEASE = timedelta(minutes=1)


class Site:
    """A site in memory whose mirror follows both its list and its pushes."""

    def __init__(self, database: Database, site: MadeSite) -> None:
        self.database = database
        self.id = site.id
        self.source = MemorySource()
        self.mirror = DoctorMirror(database)
        self.pushes = PushBook(database)
        self.whole = MirrorDoctors(self.source, self.mirror, site.id)
        self.reread = RereadPushed(self.source, self.mirror, self.pushes, site.id, _LEASE)

    async def push(self, *numbers: int, deleted: bool = False) -> None:
        """Send an event for each of the doctors."""
        await self.pushes.note(self.id, [_event(number, deleted=deleted) for number in numbers])

    async def drain(self) -> list[RereadResult]:
        """Read anew until nothing is due."""
        results = []
        while (result := await self.reread.next()) is not None:
            results.append(result)
        return results

    async def shown(self) -> dict[str, str]:
        """Tell the names of the shown doctors by element."""
        rows = await self.database.pool.fetch("SELECT element_id, name FROM doctors WHERE is_active")
        return {row["element_id"]: row["name"] for row in rows}


def _event(number: int, *, deleted: bool = False, uuid: UUID | None = None) -> PushedChange:
    return PushedChange(uuid or uuid4(), str(number), deleted)


@pytest.fixture
async def clinic(database: Database, site: MadeSite) -> Site:
    """Make a site of thirty mirrored doctors."""
    await Institutions(database).ensure("LPU")
    made = Site(database, site)
    made.source.put(staff(30))
    await made.whole.run()
    return made


async def test_an_event_counts_once(clinic: Site, database: Database) -> None:
    """The same uuid marks once, in one batch or in many at a time; another site's is another event."""
    event = _event(1)
    assert await clinic.pushes.note(clinic.id, [event, event, _event(1), _event(2)]) == 3
    counts = await asyncio.gather(*(clinic.pushes.note(clinic.id, [event, _event(3)]) for _ in range(8)))
    assert sum(counts) == 8
    assert await database.pool.fetchval("SELECT count(*) FROM doctor_rereads") == 3
    assert len(await clinic.drain()) == 3


async def test_a_property_only_edit_arrives(clinic: Site, database: Database) -> None:
    """A mapping that a script changed, with nothing else of the element, is there after the push."""
    clinic.source.put([doctor(1, ("LPU", "moved")), *staff(30)[1:]])
    await clinic.push(1)
    assert await clinic.drain() == [RereadResult.WRITTEN]
    assert (await mappings(database))[0] == ("1", "moved", "bitrix", "mapped", "")


async def test_a_property_only_edit_without_its_push_arrives_too(clinic: Site, database: Database) -> None:
    """The next reading of the list finds by its digest what no event told, whatever the site's own hash says."""
    listed = staff(30)
    clinic.source.put([replace(listed[0], mappings=(FeedMapping("LPU", "moved"),)), *listed[1:]])
    summary = await clinic.whole.run()
    assert (summary.changed, summary.added) == (1, 0)
    assert (await mappings(database))[0][1] == "moved"


async def test_a_repeated_push_writes_nothing(clinic: Site, database: Database) -> None:
    """Reading an unchanged doctor anew leaves every row as it is."""
    before = await versions(database)
    await clinic.push(1, 2, 3)
    assert await clinic.drain() == [RereadResult.UNCHANGED] * 3
    assert await versions(database) == before


async def test_lost_repeated_and_shuffled_pushes_converge(clinic: Site) -> None:
    """Whatever becomes of the pushes of a hundred edits, the doctors are the list's after its next readings."""
    chance = random.Random(7)  # noqa: S311 - a reproducible disorder
    listed: dict[int, FeedDoctor] = {number: doctor(number) for number in range(1, 31)}
    events: list[PushedChange] = []
    for step in range(100):
        number = chance.randrange(1, 36)
        if number in listed and chance.random() < 0.04:
            del listed[number]
            events.append(_event(number, deleted=True))
        else:
            listed[number] = doctor(number, name=f"Врач {number}, правка {step}")
            events.append(_event(number))
        clinic.source.put(list(listed.values()))
        if chance.random() < 0.3:
            sent = [event for event in events[-12:] if chance.random() < 0.6] * chance.randrange(1, 3)
            chance.shuffle(sent)
            await clinic.pushes.note(clinic.id, sent)
            await clinic.reread.next()
    await clinic.drain()
    for _ in range(2):
        await clinic.whole.run()
    assert await clinic.shown() == {str(number): one.name for number, one in listed.items()}


async def test_a_deletion_is_believed_when_the_site_has_no_such_element(clinic: Site) -> None:
    """A pushed deletion hides at once when the reading confirms it, and not at all when it does not."""
    clinic.source.put(staff(29))
    await clinic.push(30, 29, deleted=True)
    assert sorted(await clinic.drain()) == [RereadResult.HIDDEN, RereadResult.UNCHANGED]
    assert set(await clinic.shown()) == {str(number) for number in range(1, 30)}
    clinic.source.put(staff(30))
    await clinic.push(30)
    assert await clinic.drain() == [RereadResult.WRITTEN]
    assert "30" in await clinic.shown()


async def test_a_missing_element_without_a_deletion_is_left_to_the_list(clinic: Site) -> None:
    """An edit whose element is not found hides nobody: two readings of the whole list decide."""
    clinic.source.put(staff(29))
    await clinic.push(30)
    assert await clinic.drain() == [RereadResult.UNCHANGED]
    assert "30" in await clinic.shown()


async def test_deletions_beyond_the_bound_wait_for_the_list(clinic: Site) -> None:
    """Pushes alone hide no more doctors than a list could, though the site, its iblock lost, confirms each."""
    clinic.source.put([])
    await clinic.push(*range(1, 31), deleted=True)
    results = await clinic.drain()
    assert results.count(RereadResult.HIDDEN) == 6
    assert len(await clinic.shown()) == 24


async def test_an_unreadable_doctor_is_put_off_and_read_later(clinic: Site, database: Database) -> None:
    """While the site refuses us nothing changes, and the mark stays for a later time."""
    clinic.source.refuse("auth_failed")
    await clinic.push(1)
    assert await clinic.drain() == [RereadResult.PUT_OFF]
    assert await clinic.reread.next() is None
    row = await database.pool.fetchrow(
        "SELECT failures, next_read_at > now() + interval '3 seconds' FROM doctor_rereads"
    )
    assert tuple(row) == (1, True)
    clinic.source.put([doctor(1, name="Иначе"), *staff(30)[1:]])
    await database.pool.execute("UPDATE doctor_rereads SET next_read_at = now()")
    assert await clinic.drain() == [RereadResult.WRITTEN]


async def test_a_newer_push_overtakes_a_slow_reading(clinic: Site) -> None:
    """What was read before the last push is not written: the element is read once more."""
    await clinic.push(1)
    marked = await clinic.pushes.claim(clinic.id, _LEASE)
    assert marked is not None
    await clinic.push(1)
    stale = snapshot([doctor(1, name="Старое имя")])
    assert not (await clinic.mirror.apply_one(clinic.id, marked, stale)).is_current
    clinic.source.put([doctor(1, name="Новое имя"), *staff(30)[1:]])
    assert await clinic.drain() == [RereadResult.WRITTEN]
    assert (await clinic.shown())["1"] == "Новое имя"


async def test_two_workers_never_read_one_element_together(clinic: Site, database: Database) -> None:
    """A leased element is nobody else's until the lease ends; then the first reading no longer counts."""
    await clinic.push(1)
    first = await clinic.pushes.claim(clinic.id, _LEASE)
    assert first is not None
    assert await clinic.pushes.claim(clinic.id, _LEASE) is None
    await database.pool.execute("UPDATE doctor_rereads SET next_read_at = now()")
    second = await clinic.pushes.claim(clinic.id, _LEASE)
    assert second is not None
    assert not (await clinic.mirror.apply_one(clinic.id, first, snapshot([doctor(1, name="Первый")]))).is_current
    assert (await clinic.mirror.apply_one(clinic.id, second, snapshot([doctor(1, name="Второй")]))).written


async def test_a_slow_list_does_not_undo_a_newer_reading(clinic: Site, database: Database) -> None:
    """A list whose reading began before a push leaves that doctor as the push's reading found him."""
    since = await clinic.mirror.now()
    old = staff(30)
    clinic.source.put([doctor(1, name="Новое имя"), *staff(29)[1:], doctor(31)])
    await clinic.push(1, 31)
    await clinic.push(30, deleted=True)
    await clinic.drain()
    await clinic.mirror.apply(clinic.id, snapshot(old), since)
    shown = await clinic.shown()
    assert (shown["1"], "30" in shown, "31" in shown) == ("Новое имя", False, True)
    await clinic.whole.run()
    assert await database.pool.fetchval("SELECT count(*) FROM doctor_rereads") == 0


async def test_events_and_marks_are_forgotten_after_a_week(clinic: Site, database: Database) -> None:
    """Younger ones stay."""
    await clinic.push(1, 2)
    await database.pool.execute("UPDATE bitrix_events SET received_at = now() - interval '8 days' WHERE true")
    await database.pool.execute(
        "UPDATE doctor_rereads SET marked_at = now() - interval '8 days' WHERE element_id = '1'"
    )
    assert await Housekeeping(database).forget_pushes(timedelta(days=7)) == 3
    assert await Housekeeping(database).forget_pushes(timedelta(days=7)) == 0


async def test_other_sites_are_not_touched(clinic: Site, database: Database, make_site: object) -> None:
    """An event speaks of its own site's element only."""
    assert callable(make_site)
    other: MadeSite = await make_site()
    await apply(clinic.mirror, other.id, [doctor(1, ("LPU", "far"))])
    clinic.source.put([doctor(1, name="Иначе"), *staff(30)[1:]])
    await clinic.push(1)
    await clinic.drain()
    names = await database.pool.fetch("SELECT name FROM doctors WHERE element_id = '1' ORDER BY site_id")
    assert [row["name"] for row in names] == ["Иначе", "Врач 1"]
