"""What the site's pages read."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from gateway.domain.errors import FieldError, NotFound
from gateway.domain.moscow import MOSCOW, moscow_day
from gateway.domain.outcomes import Refusal, Rejected
from gateway.domain.settlement import settle_create
from gateway.ports import DoctorFilter
from gateway.store.bookings import BookingLedger
from gateway.store.directory import Directory
from gateway.store.engine import Database
from tests.integration.builders import MadeDoctor, MadeSite, Maker, intent_for, tomorrow_noon

_DAY = moscow_day(tomorrow_noon())
_ALL = DoctorFilter()


async def test_free_slots_of_a_doctor(
    maker: Maker, directory: Directory, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """Free slots are listed in order with Moscow instants; busy and closed ones and those of other days are not."""
    first, busy, closed, last = await maker.slots(doctor, 4)
    await maker.slots(doctor, first=tomorrow_noon() + timedelta(days=1))
    await database.pool.execute(
        "UPDATE local_emias_slots SET is_free = false, state = CASE WHEN id = $1 THEN 'busy' ELSE 'closed' END"
        " WHERE id IN ($1, $2)",
        busy.id,
        closed.id,
    )
    found = await directory.doctor_slots(site.id, doctor.element_id, _DAY, _DAY)
    assert found.slots == (first, last)
    assert all(slot.starts_at.tzinfo is MOSCOW for slot in found.slots)
    assert found.as_of is not None
    assert (found.source_ids, found.changes_at) == ((doctor.emias_row,), first.starts_at)


async def test_held_slots_are_left_out_until_the_hold_ends(
    maker: Maker, directory: Directory, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A held slot is not listed, the answer changes when its hold ends, and then the slot is back."""
    slot, other = await maker.slots(doctor, 2)
    hold = await maker.hold(slot, site.holder())
    found = await directory.doctor_slots(site.id, doctor.element_id, _DAY, _DAY)
    assert (found.slots, found.changes_at) == ((other,), hold.expires_at)
    await maker.expire(hold.id)
    assert len((await directory.doctor_slots(site.id, doctor.element_id, _DAY, _DAY)).slots) == 2


async def test_live_booked_slots_are_left_out(
    maker: Maker, directory: Directory, bookings: BookingLedger, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A slot with a live booking is not listed though its hold has ended; a refused one is back."""
    (slot,) = await maker.slots(doctor)
    visitor = site.holder()
    hold = await maker.hold(slot, visitor)
    booking, _ = await bookings.open(intent_for(visitor, hold.id))
    await maker.expire(hold.id)
    assert (await directory.doctor_slots(site.id, doctor.element_id, _DAY, _DAY)).slots == ()
    await bookings.settle(booking.id, booking.token, settle_create(Rejected(Refusal.NOT_ATTACHED, "1")), actor="test")
    assert (await directory.doctor_slots(site.id, doctor.element_id, _DAY, _DAY)).slots == (slot,)


async def test_begun_slots_are_left_out(
    maker: Maker, directory: Directory, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A slot whose time has come is not listed."""
    now: datetime = await database.pool.fetchval("SELECT now()")
    await maker.slots(doctor, first=now - timedelta(minutes=1))
    found = await directory.doctor_slots(site.id, doctor.element_id, moscow_day(now), moscow_day(now))
    assert found.slots == ()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("UPDATE doctors SET is_blocked = true", "blocked"),
        ("DELETE FROM doctor_mappings", "unmapped"),
        ("UPDATE doctor_mappings SET emias_doctor_id = ''", "unmapped"),
        ("UPDATE doctor_mappings SET lpu_code = 'nowhere'", "lpu_unknown"),
        ("UPDATE institutions SET is_open = false", "institution_closed"),
        ("UPDATE emias_doctors SET as_of = NULL", "never_synced"),
    ],
)
async def test_doctor_who_is_not_bookable(
    maker: Maker, directory: Directory, database: Database, site: MadeSite, doctor: MadeDoctor, spoil: str, reason: str
) -> None:
    """A doctor who cannot be booked is listed with the reason, counts for no specialty, and offers no slots."""
    (slot,) = await maker.slots(doctor)
    await database.pool.execute(spoil)
    ((listed,), _) = await directory.doctors(site.id, _ALL)
    assert (listed.bookable, listed.reason) == (False, reason)
    assert await directory.specialties(site.id) == []
    if reason != "never_synced":
        assert (await directory.doctor_slots(site.id, doctor.element_id, _DAY, _DAY)).slots == ()
        assert await directory.sight(site.id, slot.id, None) is None


async def test_second_doctor_in_one_place_is_a_conflict(
    maker: Maker, directory: Directory, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """Of two of a site's doctors with one EMIAS doctor the second is in conflict; another site's is not."""
    second = await maker.doctor(site)
    elsewhere = await maker.doctor(await maker.site())
    await database.pool.execute(
        "UPDATE doctor_mappings SET lpu_code = $1, emias_doctor_id = $2 WHERE doctor_id IN ($3, $4)",
        *doctor.ref,
        second.id,
        elsewhere.id,
    )
    listed, _ = await directory.doctors(site.id, _ALL)
    assert [(one.id, one.reason) for one in listed] == [(doctor.element_id, None), (second.element_id, "conflict")]
    ((foreign,), _) = await directory.doctors(elsewhere.site.id, _ALL)
    assert foreign.bookable


async def test_hidden_and_foreign_doctors_are_not_found(
    maker: Maker, directory: Directory, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A hidden doctor is neither listed nor found, and another site's is not found."""
    foreign = await maker.doctor(await maker.site())
    await database.pool.execute("UPDATE doctors SET is_active = false WHERE id = $1", doctor.id)
    assert await directory.doctors(site.id, _ALL) == ([], None)
    for element_id in (doctor.element_id, foreign.element_id):
        with pytest.raises(NotFound):
            await directory.doctor_slots(site.id, element_id, _DAY, _DAY)


async def test_doctors_page_by_page(maker: Maker, directory: Directory, site: MadeSite) -> None:
    """Pages follow the site's order, then the name, and miss and repeat nobody."""
    made = [
        await maker.doctor(site, sort=sort, name=name)
        for sort, name in ((2, "Б"), (1, "Я"), (2, "А"), (2, "Б"), (3, "А"))
    ]
    seen, cursor = [], None
    for _ in range(3):
        page, cursor = await directory.doctors(site.id, DoctorFilter(limit=2, cursor=cursor))
        seen += [one.id for one in page]
    assert cursor is None
    assert seen == [made[place].element_id for place in (1, 2, 0, 3, 4)]


@pytest.mark.parametrize(
    "cursor", ["x", "W10=", "WzEsMiwzXQ==", "WzEsICJcdTAwMDAiLCAzXQ==", "WzEwMDAwMDAwMDAwMDAsICJhIiwgM10="]
)
async def test_foreign_cursor_is_refused(directory: Directory, site: MadeSite, cursor: str) -> None:
    """A cursor that we did not make is a wrong field."""
    with pytest.raises(FieldError, match="cursor_format"):
        await directory.doctors(site.id, DoctorFilter(cursor=cursor))


async def test_doctors_are_filtered(maker: Maker, directory: Directory, site: MadeSite) -> None:
    """Doctors are found by specialty, institution and part of the name in any case, taken literally."""
    one = await maker.doctor(site, name="Ёлкина Мария", specialty="eyes")
    await maker.doctor(site, name="Петров Пётр")
    for wanted in (DoctorFilter(specialty="eyes"), DoctorFilter(lpu=one.ref.lpu_code), DoctorFilter(q="ёлк")):
        found, _ = await directory.doctors(site.id, wanted)
        assert [doctor.id for doctor in found] == [one.element_id]
    assert await directory.doctors(site.id, DoctorFilter(q="%")) == ([], None)


async def test_doctor_s_next_free_slot(maker: Maker, directory: Directory, site: MadeSite, doctor: MadeDoctor) -> None:
    """A doctor's next free slot passes over a held one; the row tells institution and age."""
    held, free = await maker.slots(doctor, 2)
    await maker.hold(held, site.holder())
    ((listed,), _) = await directory.doctors(site.id, _ALL)
    assert (listed.next_free, listed.lpu_codes) == (free.starts_at, (doctor.ref.lpu_code,))
    assert listed.as_of is not None


async def test_specialties_count_bookable_doctors(maker: Maker, directory: Directory, site: MadeSite) -> None:
    """Specialties are listed by name with the number of bookable doctors."""
    for specialty in ("b", "a", "b"):
        await maker.doctor(site, specialty=specialty)
    await maker.doctor(site, specialty="c", synced=False)
    assert [(one.id, one.doctors) for one in await directory.specialties(site.id)] == [("a", 1), ("b", 2)]


async def test_slot_is_sighted(
    maker: Maker, directory: Directory, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """A slot is found by its id for the doctor that is named, and says whether it is for sale."""
    (slot,) = await maker.slots(doctor)
    sighting = await directory.sight(site.id, slot.id, doctor.element_id)
    assert sighting
    assert (sighting.slot, sighting.is_free) == (slot, True)
    assert await directory.sight(site.id, slot.id, "other") is None
    assert await directory.sight(site.id, uuid4(), None) is None
    await database.pool.execute("UPDATE local_emias_slots SET is_free = false, state = 'closed'")
    gone = await directory.sight(site.id, slot.id, None)
    assert gone
    assert not gone.is_free


async def test_nearest_slots_by_kinship(maker: Maker, directory: Directory, site: MadeSite, doctor: MadeDoctor) -> None:
    """Alternatives come from the same doctor first, then the same institution, then elsewhere; never a held one."""
    around, near, held = await maker.slots(doctor, 3)
    await maker.hold(held, site.holder())
    colleague = await maker.doctor(site, lpu_code=doctor.ref.lpu_code)
    elsewhere = await maker.doctor(site)
    stranger = await maker.doctor(site, specialty="other")
    (inside,) = await maker.slots(colleague, first=tomorrow_noon() + timedelta(hours=5))
    (outside,) = await maker.slots(elsewhere)
    await maker.slots(stranger)
    found = await directory.nearest(site.id, around, 6)
    assert [(one.slot, one.same_doctor) for one in found] == [(near, True), (inside, False), (outside, False)]
    assert len(await directory.nearest(site.id, around, 2)) == 2


async def test_nearest_slots_look_both_ways(
    maker: Maker, directory: Directory, site: MadeSite, doctor: MadeDoctor
) -> None:
    """Of one doctor's slots the nearest in time come first, earlier or later."""
    slots = await maker.slots(doctor, 7)
    found = await directory.nearest(site.id, slots[3], 4)
    assert {one.slot.id for one in found} == {slots[place].id for place in (1, 2, 4, 5)}


async def test_figures_tell_age_and_silence(
    maker: Maker, directory: Directory, database: Database, site: MadeSite, doctor: MadeDoctor
) -> None:
    """Figures tell the oldest read, how many lag, and which institutions fail and do not answer."""
    lagging = await maker.doctor(site)
    await database.pool.execute(
        "UPDATE emias_doctors SET as_of = now() - interval '1 hour' WHERE id = $1", lagging.emias_row
    )
    await database.pool.execute(
        "UPDATE institutions SET last_error_at = now() WHERE lpu_code = $1", lagging.ref.lpu_code
    )
    await database.pool.execute(
        "UPDATE institutions SET last_error_at = now(), last_ok_at = now() WHERE lpu_code = $1", doctor.ref.lpu_code
    )
    figures = await directory.figures(site.id, timedelta(minutes=20))
    assert (figures.doctors, figures.lagging) == (2, 1)
    assert figures.oldest_as_of
    assert figures.database_now - figures.oldest_as_of > timedelta(minutes=59)
    assert figures.silent_institutions == (lagging.ref.lpu_code,)
    assert set(figures.institutions) == {doctor.ref.lpu_code, lagging.ref.lpu_code}
