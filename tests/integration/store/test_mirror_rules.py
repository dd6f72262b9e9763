"""What the mirror owes an administrator: approval, pins, corrections, conflicts that end by themselves."""

from __future__ import annotations

import asyncpg
import pytest

from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorFilter
from gateway.store.directory import Directory
from gateway.store.doctor_mirror import DoctorMirror
from gateway.store.engine import Database
from gateway.store.institutions import Institutions
from gateway.store.mirror_refusals import MirrorRefusals
from tests.integration.builders import MadeSite
from tests.integration.store.site_list import apply, doctor, mappings, staff, versions


@pytest.fixture
async def mirror(database: Database) -> DoctorMirror:
    """Give the mirror of a gateway that knows one institution."""
    await Institutions(database).ensure("LPU")
    return DoctorMirror(database)


async def _shown(database: Database) -> int:
    return int(await database.pool.fetchval("SELECT count(*) FROM doctors WHERE is_active"))


async def test_two_thousand_doctors_mirrored_again_are_not_written(
    mirror: DoctorMirror, database: Database, site: MadeSite
) -> None:
    """A feed of 2,000 doctors in which nothing changed writes no doctor, no mapping and no log."""
    doctors = staff(2000)
    assert (await apply(mirror, site.id, doctors)).added == 2000
    before = await versions(database)
    assert len(before) == 6001
    for _ in range(2):
        summary = await apply(mirror, site.id, doctors)
        assert (summary.added, summary.changed, summary.missing, summary.removed) == (0, 0, 0, 0)
    assert await versions(database) == before


async def test_a_wrong_iblock_hides_nobody(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """However often an empty list, or somebody else's, comes in place of the doctors, all of them stay."""
    await apply(mirror, site.id, staff(50))
    for wrong in ([], [], [doctor(900)], []):
        with pytest.raises(MirrorRefused, match="too_many_missing"):
            await apply(mirror, site.id, wrong)
    assert await _shown(database) == 50
    assert not await database.pool.fetchval("SELECT count(*) FROM doctors WHERE missed > 0 OR element_id = '900'")


async def test_a_refused_list_waits_with_its_figures(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """The operator sees how many doctors a list has, how many it lacks, and who some of them are."""
    await apply(mirror, site.id, staff(40))
    refusals = MirrorRefusals(database)
    assert await refusals.waiting(site.code) is None
    for _ in range(2):
        with pytest.raises(MirrorRefused):
            await apply(mirror, site.id, staff(25))
    waiting = await refusals.waiting(site.code)
    assert waiting is not None
    assert (waiting.listed, waiting.shown, waiting.missing, waiting.is_approved) == (25, 40, 15, False)
    assert waiting.examples.startswith("Врач 26; Врач 27")
    assert len(await database.pool.fetchval("SELECT missing_ids FROM mirror_refusals")) == 15
    await apply(mirror, site.id, staff(40))
    assert await refusals.waiting(site.code) is None


async def test_an_approved_list_hides_just_those_doctors(
    mirror: DoctorMirror, database: Database, site: MadeSite
) -> None:
    """Approval lets the next list that lacks the same doctors pass, whatever else it changes, and is used up by it."""
    await apply(mirror, site.id, staff(40))
    with pytest.raises(MirrorRefused):
        await apply(mirror, site.id, staff(25))
    refusals = MirrorRefusals(database)
    waiting = await refusals.waiting(site.code)
    assert waiting is not None
    assert not await refusals.approve(site.code, "another", actor="cli:test")
    assert await refusals.approve(site.code, waiting.fingerprint, actor="cli:test", reason="уволены")
    summary = await apply(mirror, site.id, [*staff(24), doctor(25, name="Новое имя"), doctor(77)])
    assert (summary.removed, summary.added, summary.changed) == (15, 1, 1)
    assert await _shown(database) == 26
    assert await refusals.waiting(site.code) is None
    with pytest.raises(MirrorRefused):
        await apply(mirror, site.id, staff(5))


async def test_approval_is_of_no_other_doctors(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """When other doctors are missing by then, approval is void and asked for anew."""
    await apply(mirror, site.id, staff(40))
    with pytest.raises(MirrorRefused):
        await apply(mirror, site.id, staff(25))
    await database.pool.execute("UPDATE mirror_refusals SET is_approved = true")
    with pytest.raises(MirrorRefused):
        await apply(mirror, site.id, staff(10))
    waiting = await MirrorRefusals(database).waiting(site.code)
    assert waiting is not None
    assert (waiting.missing, waiting.is_approved) == (30, False)
    assert await _shown(database) == 40


async def _pin(database: Database, number: int, field: str, value: str) -> None:
    await database.pool.execute(
        "INSERT INTO doctor_pins (doctor_id, field, value, reason, author)"
        " SELECT id, $2, $3, 'сайт ошибается', 'admin' FROM doctors WHERE element_id = $1",
        str(number),
        field,
        value,
    )


async def test_a_pin_goes_before_the_site(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """A pinned field shows the pin, the site's word is kept beside it, and comes back when the pin goes."""
    await apply(mirror, site.id, [doctor(1)])
    await _pin(database, 1, "name", "Иванова А. П.")
    await _pin(database, 1, "sort", "7")
    assert tuple(await database.pool.fetchrow("SELECT name, sort FROM doctors")) == ("Иванова А. П.", 7)
    pins = "SELECT field, value, source_value, source_changed_at IS NOT NULL FROM doctor_pins ORDER BY field"
    assert [tuple(row) for row in await database.pool.fetch(pins)] == [
        ("name", "Иванова А. П.", "Врач 1", False),
        ("sort", "7", "500", False),
    ]
    await apply(mirror, site.id, [doctor(1, name="Врач Новый")])
    assert tuple(await database.pool.fetchrow("SELECT name, sort FROM doctors")) == ("Иванова А. П.", 7)
    assert [tuple(row) for row in await database.pool.fetch(pins)] == [
        ("name", "Иванова А. П.", "Врач Новый", True),
        ("sort", "7", "500", False),
    ]
    await database.pool.execute("UPDATE doctor_pins SET value = 'Петрова' WHERE field = 'name'")
    assert await database.pool.fetchval("SELECT name FROM doctors") == "Петрова"
    await database.pool.execute("DELETE FROM doctor_pins")
    assert tuple(await database.pool.fetchrow("SELECT name, sort FROM doctors")) == ("Врач Новый", 500)


async def test_a_pinned_doctor_stays_on_show(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """Inactive or gone on the site, a doctor pinned to be shown is; the list is believed and writes nothing more."""
    await apply(mirror, site.id, staff(3))
    await _pin(database, 1, "is_active", "true")
    await apply(mirror, site.id, [doctor(1, active=False), *staff(3)[1:]])
    assert await _shown(database) == 3
    for _ in range(2):
        await apply(mirror, site.id, staff(3)[1:])
    assert await _shown(database) == 3
    before = await versions(database)
    assert (await apply(mirror, site.id, staff(3)[1:])).missing == 0
    assert await versions(database) == before
    await database.pool.execute("DELETE FROM doctor_pins")
    assert await _shown(database) == 2


async def test_a_doctor_pinned_away_is_hidden(
    mirror: DoctorMirror, database: Database, directory: Directory, site: MadeSite
) -> None:
    """A pin hides a doctor whom the site shows."""
    await apply(mirror, site.id, staff(2))
    await _pin(database, 1, "is_active", "false")
    await apply(mirror, site.id, [doctor(1, name="Иначе"), doctor(2)])
    listed, _ = await directory.doctors(site.id, DoctorFilter(None, None, None, 10, None))
    assert [one.id for one in listed] == ["2"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("sort", "first"), ("is_active", "Y"), ("name", " "), ("source_hash", "x"), ("name", "x" * 301)],
)
async def test_a_pin_of_nonsense_is_refused(
    mirror: DoctorMirror, database: Database, site: MadeSite, field: str, value: str
) -> None:
    """The database takes only fields that can be pinned, and values that they can have."""
    await apply(mirror, site.id, [doctor(1)])
    with pytest.raises(asyncpg.CheckViolationError):
        await _pin(database, 1, field, value)


async def test_a_corrected_mapping_does_not_come_back(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """What an administrator put right or removed stays so when the site's record changes, until told otherwise."""
    listed = [doctor(1, ("LPU", "wrong"), ("LPU", "gone"), ("LPU", "right"))]
    await apply(mirror, site.id, listed)
    await database.pool.execute(
        "UPDATE doctor_mappings SET emias_doctor_id = 'better', origin = 'admin' WHERE emias_doctor_id = 'wrong'"
    )
    await database.pool.execute("DELETE FROM doctor_mappings WHERE emias_doctor_id = 'gone'")
    renamed = [doctor(1, ("LPU", "wrong"), ("LPU", "gone"), ("LPU", "right"), name="Иначе")]
    await apply(mirror, site.id, renamed)
    assert await mappings(database) == [
        ("1", "better", "admin", "mapped", ""),
        ("1", "right", "bitrix", "mapped", ""),
    ]
    await database.pool.execute("DELETE FROM mapping_corrections WHERE emias_doctor_id = 'gone'")
    await apply(mirror, site.id, renamed)
    assert [row[1] for row in await mappings(database)] == ["better", "gone", "right"]


async def test_what_the_site_itself_takes_away_is_no_correction(
    mirror: DoctorMirror, database: Database, site: MadeSite
) -> None:
    """A mapping that the site dropped and typed again is there again."""
    for places in ([("LPU", "A")], [("LPU", "B")], [("LPU", "A")]):
        await apply(mirror, site.id, [doctor(1, *places)])
    assert await mappings(database) == [("1", "A", "bitrix", "mapped", "")]
    assert not await database.pool.fetchval("SELECT count(*) FROM mapping_corrections")


@pytest.mark.parametrize(
    "leave",
    [
        "DELETE FROM doctor_mappings WHERE doctor_id = (SELECT id FROM doctors WHERE element_id = '1')",
        "UPDATE doctor_mappings SET emias_doctor_id = 'other' WHERE status = 'mapped'",
        "UPDATE doctors SET is_active = false WHERE element_id = '1'",
    ],
    ids=["removed", "edited", "hidden"],
)
async def test_a_conflict_ends_when_its_rival_goes(
    mirror: DoctorMirror, database: Database, site: MadeSite, leave: str
) -> None:
    """Of those who wait for a place the oldest gets it at once, whoever made it free; the others wait on."""
    await apply(mirror, site.id, [doctor(number, ("LPU", "E")) for number in (1, 2, 3)])
    assert [row[3] for row in await mappings(database)] == ["mapped", "conflict", "conflict"]
    await database.pool.execute(leave)
    waiting = {row[0]: (row[3], row[4]) for row in await mappings(database)}
    assert (waiting["2"], waiting["3"]) == (("mapped", ""), ("conflict", "emias_doctor_id_taken"))


async def test_a_rival_who_comes_back_waits(mirror: DoctorMirror, database: Database, site: MadeSite) -> None:
    """A doctor shown again does not share the EMIAS doctor that another has taken over meanwhile."""
    both = [doctor(1, ("LPU", "E")), doctor(2, ("LPU", "E"))]
    await apply(mirror, site.id, both)
    await apply(mirror, site.id, [doctor(1, ("LPU", "E"), active=False), both[1]])
    assert [row[3] for row in await mappings(database)] == ["mapped", "mapped"]
    await apply(mirror, site.id, both)
    assert [row[3] for row in await mappings(database)] == ["conflict", "mapped"]


@pytest.mark.parametrize("code", ["41 001", "41001,41002", "41001;41002", "4" * 65])
async def test_a_malformed_code_is_not_mapped(
    mirror: DoctorMirror, database: Database, site: MadeSite, code: str
) -> None:
    """Two codes in one field, or blanks inside one, lead nowhere and say why."""
    await apply(mirror, site.id, [doctor(1, ("LPU", code))])
    assert [row[3:] for row in await mappings(database)] == [("unmapped", "code_malformed")]
