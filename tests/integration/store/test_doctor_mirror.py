"""The mirror of a site's doctors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gateway.domain.directory import FeedDoctor, FeedMapping
from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorSnapshot, MirrorSummary
from gateway.store.doctor_mirror import DoctorMirror
from gateway.store.engine import Database
from gateway.store.institutions import Institutions
from tests.integration.builders import MadeSite


@pytest.fixture
def mirror(database: Database) -> DoctorMirror:
    """Give the mirror."""
    return DoctorMirror(database)


def _doctor(number: int, *places: tuple[str, str]) -> FeedDoctor:
    mappings = tuple(FeedMapping(*place) for place in places or ((("LPU", f"E{number}")),))
    return FeedDoctor(
        str(number),
        None,
        f"Врач {number}",
        active=True,
        specialty_id="1",
        specialty_name="Терапевт",
        mappings=mappings,
        sort=500,
        hash="site's",
    )


async def _apply(mirror: DoctorMirror, site_id: int, snapshot: DoctorSnapshot) -> MirrorSummary:
    return await mirror.apply(site_id, snapshot, await mirror.now())


def _staff(count: int) -> list[FeedDoctor]:
    return [_doctor(number) for number in range(count)]


def _snapshot(doctors: Sequence[FeedDoctor], *illegible: str) -> DoctorSnapshot:
    return DoctorSnapshot(tuple(doctors), frozenset(illegible))


async def _mappings(database: Database) -> list[tuple[object, ...]]:
    rows = await database.pool.fetch(
        "SELECT d.element_id, m.lpu_code, m.emias_doctor_id, m.origin, m.status FROM doctor_mappings m"
        " JOIN doctors d ON d.id = m.doctor_id ORDER BY d.element_id, m.lpu_code, m.emias_doctor_id"
    )
    return [tuple(row) for row in rows]


async def _versions(database: Database) -> Sequence[object]:
    rows: Sequence[object] = await database.pool.fetch(
        "SELECT 'd', id, xmin::text FROM doctors UNION ALL"
        " SELECT 'm', id, xmin::text FROM doctor_mappings ORDER BY 1, 2"
    )
    return rows


async def test_first_snapshot_adds_everybody(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """A first snapshot adds its doctors; mappings join EMIAS doctors of known institutions."""
    await Institutions(database).ensure("LPU")
    summary = await _apply(mirror, site.id, _snapshot([_doctor(1), _doctor(2, ("FAR", "X")), _doctor(3, ("LPU", " "))]))
    assert summary == MirrorSummary(added=3, unmapped=2)
    assert await _mappings(database) == [
        ("1", "LPU", "E1", "bitrix", "mapped"),
        ("2", "FAR", "X", "bitrix", "unmapped"),
        ("3", "LPU", "", "bitrix", "unmapped"),
    ]
    assert await database.pool.fetchval("SELECT mirrored_at FROM sites")


async def test_institution_made_known_later_joins(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """Mappings that waited for their institution join when it is registered."""
    await _apply(mirror, site.id, _snapshot([_doctor(1)]))
    await Institutions(database).ensure("LPU", "Поликлиника")
    assert await _mappings(database) == [("1", "LPU", "E1", "bitrix", "mapped")]
    assert await database.pool.fetchval("SELECT count(*) FROM emias_doctors") == 1


async def test_same_snapshot_writes_nothing(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """The same snapshot again writes no doctor, no mapping and no log."""
    await Institutions(database).ensure("LPU")
    staff = [*_staff(3), _doctor(9, ("LPU", "E1"))]
    await _apply(mirror, site.id, _snapshot(staff))
    before = await _versions(database)
    assert await _apply(mirror, site.id, _snapshot(staff)) == MirrorSummary(unmapped=1)
    assert await _versions(database) == before
    assert await database.pool.fetchval("SELECT count(*) FROM sync_log") == 1


async def test_change_is_seen_whatever_the_site_s_hash(
    mirror: DoctorMirror, database: Database, site: MadeSite
) -> None:
    """A changed field is written though the site's own hash stayed, and only that doctor's row is."""
    await _apply(mirror, site.id, _snapshot(_staff(3)))
    summary = await _apply(
        mirror, site.id, _snapshot([*_staff(2), replace(_doctor(2), name="Новое имя\0", active=False)])
    )
    assert (summary.changed, summary.added) == (1, 0)
    assert await database.pool.fetchval("SELECT name FROM doctors WHERE NOT is_active") == "Новое имя"


async def test_moved_mapping_is_replaced_and_admin_s_stays(
    mirror: DoctorMirror, database: Database, site: MadeSite
) -> None:
    """A mapping that the site changed is replaced; an administrator's is never touched."""
    await Institutions(database).ensure("LPU")
    await _apply(mirror, site.id, _snapshot([_doctor(1)]))
    await database.pool.execute(
        "INSERT INTO doctor_mappings (doctor_id, lpu_code, emias_doctor_id) SELECT id, 'LPU', 'by-hand' FROM doctors"
    )
    await _apply(mirror, site.id, _snapshot([_doctor(1, ("LPU", "moved"), ("LPU", "by-hand"))]))
    assert await _mappings(database) == [
        ("1", "LPU", "by-hand", "admin", "mapped"),
        ("1", "LPU", "moved", "bitrix", "mapped"),
    ]


async def test_place_changes_hands_in_one_snapshot(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """When two doctors change places, both are mapped in the end, whichever comes first."""
    await Institutions(database).ensure("LPU")
    await _apply(mirror, site.id, _snapshot([_doctor(1, ("LPU", "A")), _doctor(2, ("LPU", "B"))]))
    await _apply(mirror, site.id, _snapshot([_doctor(1, ("LPU", "B")), _doctor(2, ("LPU", "A"))]))
    assert await _mappings(database) == [("1", "LPU", "B", "bitrix", "mapped"), ("2", "LPU", "A", "bitrix", "mapped")]


async def test_missing_twice_is_hidden_and_comes_back(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """A doctor missing once stays, missing twice is hidden, and comes back with the next snapshot that has them."""
    staff = _staff(3)
    await _apply(mirror, site.id, _snapshot(staff))
    first = await _apply(mirror, site.id, _snapshot(staff[:2]))
    assert (first.missing, first.removed) == (1, 0)
    assert await database.pool.fetchval("SELECT count(*) FROM doctors WHERE is_active") == 3
    second = await _apply(mirror, site.id, _snapshot(staff[:2]))
    assert (second.missing, second.removed) == (1, 1)
    assert await database.pool.fetchval("SELECT element_id FROM doctors WHERE NOT is_active") == "2"
    third = await _apply(mirror, site.id, _snapshot(staff[:2]))
    assert (third.missing, third.removed) == (0, 0)
    await _apply(mirror, site.id, _snapshot(staff))
    row = await database.pool.fetchrow("SELECT is_active, missed, missing_since FROM doctors WHERE element_id = '2'")
    assert tuple(row) == (True, 0, None)


async def test_snapshot_that_lost_too_many_is_refused(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """A snapshot that lacks more than a fifth of the doctors changes nothing; its noted refusal a good one clears."""
    staff = _staff(40)
    await _apply(mirror, site.id, _snapshot(staff))
    before = await _versions(database)
    with pytest.raises(MirrorRefused, match="too_many_missing"):
        await _apply(mirror, site.id, _snapshot([*staff[:31], _doctor(99)]))
    assert await _versions(database) == before
    await mirror.refused(site.id, "too_many_missing")
    assert await database.pool.fetchval("SELECT mirror_error FROM sites") == "too_many_missing"
    assert await database.pool.fetchval("SELECT count(*) FROM sync_log WHERE outcome = 'mirror_refused'") == 1
    assert (await _apply(mirror, site.id, _snapshot(staff[:32]))).missing == 8
    assert await database.pool.fetchval("SELECT mirror_error FROM sites") is None


async def test_small_site_may_lose_five(mirror: DoctorMirror, site: MadeSite) -> None:
    """Five missing doctors are believed whatever their share, six of six are not."""
    staff = _staff(6)
    await _apply(mirror, site.id, _snapshot(staff))
    assert (await _apply(mirror, site.id, _snapshot(staff[:1]))).missing == 5
    with pytest.raises(MirrorRefused):
        await _apply(mirror, site.id, _snapshot([]))


async def test_illegible_element_changes_nothing(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """A doctor whose element cannot be read stays as they were, and does not count as missing."""
    staff = _staff(3)
    await _apply(mirror, site.id, _snapshot(staff))
    before = await _versions(database)
    assert (await _apply(mirror, site.id, _snapshot(staff[:2], "2", "77"))).missing == 0
    assert await _versions(database) == before


async def test_doctor_listed_twice_is_refused(mirror: DoctorMirror, site: MadeSite) -> None:
    """A snapshot that lists a doctor twice is not believed."""
    with pytest.raises(MirrorRefused, match="duplicate_doctor"):
        await _apply(mirror, site.id, _snapshot([_doctor(1), _doctor(1)]))


async def test_editor_s_nonsense_is_survived(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """Codes of absurd length, doubled or with stray spaces do not stop the mirror."""
    await Institutions(database).ensure("LPU")
    await _apply(mirror, site.id, _snapshot([_doctor(1, ("L" * 5000, "x" * 5000), (" LPU ", "E1\t"), ("LPU", "E1"))]))
    assert [row[4] for row in await _mappings(database)] == ["unmapped", "mapped"]


async def test_other_site_is_untouched(
    mirror: DoctorMirror, database: Database, site: MadeSite, make_site: object
) -> None:
    """A site's snapshot changes no other site's doctors."""
    assert callable(make_site)
    other: MadeSite = await make_site()
    await _apply(mirror, other.id, _snapshot([_doctor(1)]))
    await _apply(mirror, site.id, _snapshot([_doctor(2)]))
    counts = await database.pool.fetch("SELECT count(*) FROM doctors WHERE missed = 0 GROUP BY site_id")
    assert [row["count"] for row in counts] == [1, 1]
