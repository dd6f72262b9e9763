"""What EMIAS says of a doctor: the last word after a pin and the site, and shown where they differ."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.domain.diff import SlotDiff
from gateway.domain.directory import FeedDoctor
from gateway.domain.moscow import moscow_day
from gateway.domain.schedule import DoctorHint, EmiasDoctorRef, ScheduleWindow
from gateway.ports import DoctorFilter
from gateway.store.changes import Changes
from gateway.store.directory import Directory
from gateway.store.doctor_mirror import DoctorMirror
from gateway.store.engine import Database
from gateway.store.institutions import Institutions
from gateway.store.sync_book import SyncBook
from tests.integration.builders import MadeSite, Maker, tomorrow_noon
from tests.integration.store.site_list import apply, doctor


@pytest.fixture
async def mirror(database: Database) -> DoctorMirror:
    """Give the mirror of a gateway that knows one institution."""
    await Institutions(database).ensure("LPU")
    return DoctorMirror(database)


def _bare(number: int) -> FeedDoctor:
    """Make a doctor to whom the site gives no specialty."""
    return replace(doctor(number), specialty_id="-", specialty_name="Без специальности")


async def _hint(sync: SyncBook, number: int, name: str | None, specialty: str | None, digest: str = "d1") -> None:
    """Read a schedule that says this of its doctor."""
    due = await sync.claim(EmiasDoctorRef("LPU", f"E{number}"), timedelta(minutes=1))
    assert due
    day = moscow_day(tomorrow_noon())
    window = ScheduleWindow(due.ref, (), day, day, digest, DoctorHint.of(name, specialty))
    assert await sync.write(due, window, SlotDiff((), (), (), 0), timedelta(minutes=5))


async def _specialties(database: Database, site: MadeSite) -> list[tuple[str, str]]:
    doctors, _ = await Directory(database).doctors(site.id, DoctorFilter(limit=50))
    return [(one.specialty_id, one.specialty_name) for one in doctors]


async def _drifts(database: Database) -> Sequence[tuple[object, ...]]:
    rows = await database.pool.fetch(
        "SELECT emias_doctor_id, field, shown, hint, is_pinned FROM hint_drifts ORDER BY id"
    )
    return [tuple(row) for row in rows]


async def test_a_hint_fills_what_the_site_leaves_open(
    mirror: DoctorMirror, sync: SyncBook, database: Database, site: MadeSite
) -> None:
    """A doctor without a specialty gets EMIAS's, under the site's own id where the site has such a one."""
    doctors = [doctor(1), _bare(2), _bare(3), _bare(4)]
    await apply(mirror, site.id, doctors)
    await _hint(sync, 2, None, "Врач-терапевт")
    await _hint(sync, 3, None, "Аллерголог")
    shown = await _specialties(database, site)
    assert shown[0] == shown[1] == ("1", "Терапевт")
    assert shown[2][1] == "Аллерголог"
    assert shown[2][0].startswith("emias-")
    assert shown[3] == ("-", "Без специальности")
    directory = Directory(database)
    listed = {one.name: one.doctors for one in await directory.specialties(site.id)}
    assert listed == {"Терапевт": 1, "Аллерголог": 1}  # doctors 1 and 4 have not been read yet
    found, _ = await directory.doctors(site.id, DoctorFilter(specialty=shown[2][0], limit=50))
    assert [one.id for one in found] == ["3"]


async def test_pin_and_site_go_before_a_hint(
    mirror: DoctorMirror, sync: SyncBook, database: Database, site: MadeSite
) -> None:
    """The site's word, once it has one, and an administrator's pin each hide what EMIAS says."""
    bare = [_bare(1), _bare(2)]
    await apply(mirror, site.id, bare)
    for number in (1, 2):
        await _hint(sync, number, None, "Хирург")
    await database.pool.execute(
        "INSERT INTO doctor_pins (doctor_id, field, value, reason)"
        " SELECT id, 'specialty_name', 'Онколог', 'так решили' FROM doctors WHERE element_id = '1'"
    )
    assert (await _specialties(database, site))[0] == ("-", "Онколог")
    assert (await _specialties(database, site))[1][1] == "Хирург"
    await apply(mirror, site.id, [bare[0], doctor(2)])
    assert (await _specialties(database, site))[1] == ("1", "Терапевт")
    assert ("E2", "specialty_name", "Терапевт", "Хирург", False) in await _drifts(database)


async def test_what_differs_is_shown(mirror: DoctorMirror, sync: SyncBook, database: Database, site: MadeSite) -> None:
    """Another name or specialty is a difference; capitals, ё, initials and «врач-» before a specialty are none."""
    names = ["Семёнова Анна Львовна", "Орлов Пётр Ильич", "Жук Вера Павловна"]
    await apply(mirror, site.id, [doctor(place, name=name) for place, name in enumerate(names, 1)])
    await _hint(sync, 1, "СЕМЕНОВА А. Л.", "врач-терапевт")
    await _hint(sync, 2, "Орлова Пелагея Ильинична", "Терапевт")
    await _hint(sync, 3, None, "Хирург")
    assert await _drifts(database) == [
        ("E2", "name", "Орлов Пётр Ильич", "Орлова Пелагея Ильинична", False),
        ("E3", "specialty_name", "Терапевт", "Хирург", False),
    ]
    await database.pool.execute(
        "INSERT INTO doctor_pins (doctor_id, field, value, reason)"
        " SELECT id, 'name', 'Орлов П. И.', 'так подписан кабинет' FROM doctors WHERE element_id = '2'"
    )
    assert ("E2", "name", "Орлов П. И.", "Орлова Пелагея Ильинична", True) in await _drifts(database)


async def test_a_hint_lasts_until_the_next_one(
    mirror: DoctorMirror, sync: SyncBook, database: Database, site: MadeSite
) -> None:
    """A reply that says nothing of the doctor leaves the last hint, and its time, as they are."""
    await apply(mirror, site.id, [doctor(1)])
    await _hint(sync, 1, "Жук Вера Павловна", "Терапевт")
    kept = "SELECT hint_name, hint_specialty, hinted_at FROM emias_doctors"
    before = await database.pool.fetchrow(kept)
    await _hint(sync, 1, " ", "х" * 301, digest="d2")
    assert await database.pool.fetchrow(kept) == before


async def test_site_and_emias_stay_apart(maker: Maker, database: Database, site: MadeSite) -> None:
    """A doctor of whom EMIAS says nothing differs in nothing."""
    await maker.doctor(site)
    assert await _drifts(database) == []


async def test_many_hints_are_read_at_once(
    mirror: DoctorMirror, database: Database, directory: Directory, site: MadeSite
) -> None:
    """Of 2,000 doctors half get their specialty from EMIAS, and the lists still come within a statement's time."""
    await apply(mirror, site.id, [doctor(number) if number % 2 else _bare(number) for number in range(2000)])
    await database.pool.execute("UPDATE emias_doctors SET as_of = now(), hint_specialty = 'терапевт'")
    assert [(one.name, one.doctors) for one in await directory.specialties(site.id)] == [("Терапевт", 2000)]
    found, _ = await directory.doctors(site.id, DoctorFilter(specialty="1", limit=200))
    assert len(found) == 200
    assert await _drifts(database) == []


async def test_a_new_hint_is_told(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """The directory's readers hear of a hint that is new, and not of the same one again."""
    await apply(mirror, site.id, [_bare(1), doctor(2)])
    async with Changes(database).listen() as news:
        for specialty in ("Хирург", "Хирург", "Онколог"):
            await database.pool.execute("UPDATE emias_doctors SET hint_specialty = $1", specialty)
        await database.pool.execute("UPDATE emias_doctors SET as_of = as_of WHERE emias_doctor_id = 'E2'")
        told = [await asyncio.wait_for(anext(news), 10) for _ in range(3)]
    assert [kind for kind, _ in told] == ["directory", "directory", "slots"]
