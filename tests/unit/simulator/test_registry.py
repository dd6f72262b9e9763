"""The rules of booking in the EMIAS stand-in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.emias.refusals import RefusalError
from tests.unit.simulator.pieces import NOW, PETR, TODAY, TOMORROW, VERA, free_slots, make_registry


def test_a_booking_takes_its_slot_and_stands_in_the_ledger() -> None:
    """A booked slot is busy and the ledger holds one active row with the caller's reference."""
    registry = make_registry()
    slot = free_slots(registry)[0]

    row = registry.book(slot, VERA, client_ref="ref-1")

    assert registry.world.slot(slot.doctor, slot.id).is_free is False
    assert [(one.id, one.client_ref, one.state) for one in registry.ledger] == [(row.id, "ref-1", "Active")]
    assert row.patient.snils == "11223344595"


def test_a_slot_is_not_booked_twice() -> None:
    """A second patient is refused the same slot."""
    registry = make_registry()
    slot = free_slots(registry)[0]
    registry.book(slot, VERA)

    with pytest.raises(RefusalError, match="SLOT_TAKEN"):
        registry.book(registry.world.slot(slot.doctor, slot.id), PETR)


def test_double_booking_can_be_allowed() -> None:
    """With the switch on the ledger holds two active rows for one slot."""
    registry = make_registry(allow_double_booking=True)
    slot = free_slots(registry)[0]
    registry.book(slot, VERA)
    registry.book(registry.world.slot(slot.doctor, slot.id), PETR)

    assert [row.starts_at for row in registry.ledger if row.is_active] == [slot.starts_at, slot.starts_at]


def test_a_patient_sees_one_doctor_once_a_day() -> None:
    """The same patient is refused another time of the same doctor and day, and accepted when repeats are allowed."""
    registry = make_registry()
    first, second, *_ = free_slots(registry)
    registry.book(first, VERA)

    with pytest.raises(RefusalError, match="PATIENT_ALREADY_BOOKED"):
        registry.book(second, VERA)
    registry.settings.allow_repeat_patient = True
    assert registry.book(second, VERA).is_active


def test_a_patient_is_in_one_place_at_a_time() -> None:
    """The same instant with another doctor is refused."""
    registry = make_registry()
    mine, others = free_slots(registry), free_slots(registry, 52001)
    instant = next(slot.starts_at for slot in mine if slot.starts_at in {other.starts_at for other in others})
    registry.book(next(slot for slot in mine if slot.starts_at == instant), VERA)

    with pytest.raises(RefusalError, match="PATIENT_BUSY"):
        registry.book(next(slot for slot in others if slot.starts_at == instant), VERA)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"snils": "112-233-445 96"}, "VALIDATION", "snils"),
        ({"snils": "000-000-000 00"}, "VALIDATION", "snils"),
        ({"oms": "7756410885000128"}, "POLICY_INVALID", "oms"),
        ({"birth_date": "1985-03-14"}, "VALIDATION", "birthDate"),
        ({"birth_date": "31.02.1985"}, "VALIDATION", "birthDate"),
        ({"last_name": " "}, "VALIDATION", "lastName"),
    ],
)
def test_wrong_patient_data_is_refused_by_field(change: dict[str, str], code: str, field: str) -> None:
    """Each wrong field is refused with its name and leaves no row."""
    registry = make_registry()

    with pytest.raises(RefusalError) as refused:
        registry.book(free_slots(registry)[0], replace(VERA, **change))

    assert (refused.value.code, refused.value.field) == (code, field)
    assert len(registry.ledger) == 0


def test_a_cancelled_appointment_opens_its_slot_and_stays_in_the_ledger() -> None:
    """Cancelling frees the time, keeps the row and is refused a second time."""
    registry = make_registry()
    slot = free_slots(registry)[0]
    row = registry.book(slot, VERA)

    registry.cancel("0101", row.id, VERA.snils, "patient")

    assert registry.world.slot(slot.doctor, slot.id).is_free
    assert [one.state for one in registry.find("0101", VERA.snils, TODAY, TOMORROW)] == ["Cancelled"]
    with pytest.raises(RefusalError, match="ALREADY_CANCELLED"):
        registry.cancel("0101", row.id, VERA.snils, "patient")


def test_only_the_patient_cancels() -> None:
    """Another SNILS does not find the appointment."""
    registry = make_registry()
    row = registry.book(free_slots(registry)[0], VERA)

    with pytest.raises(RefusalError, match="APPOINTMENT_NOT_FOUND"):
        registry.cancel("0101", row.id, PETR.snils, "patient")


def test_a_removed_slot_does_not_hinder_cancelling() -> None:
    """An appointment whose slot has left the schedule is cancelled all the same."""
    registry = make_registry()
    slot = free_slots(registry)[0]
    row = registry.book(slot, VERA)
    registry.world.remove(slot)

    registry.cancel("0101", row.id, VERA.snils, "patient")

    assert [one.state for one in registry.ledger] == ["Cancelled"]


def test_the_schedule_can_leave_busy_slots_out() -> None:
    """With absent_busy only free slots are listed, otherwise all forty of a day."""
    registry = make_registry()
    assert len(registry.schedule("0101", 41001, TOMORROW, TOMORROW)) == 40

    registry.settings.absent_busy = True
    assert all(slot.is_free for slot in registry.schedule("0101", 41001, TOMORROW, TOMORROW))


def test_a_renumbered_slot_is_found_by_its_new_id_only() -> None:
    """After renumbering the old id is refused and the time still stands."""
    registry = make_registry()
    old = free_slots(registry)[0]
    registry.world.renumber(old)

    with pytest.raises(RefusalError, match="SLOT_NOT_FOUND"):
        registry.world.slot(old.doctor, old.id)
    new = registry.world.slot_at(old.doctor, old.starts_at)
    assert new.id != old.id
    assert registry.world.slot(new.doctor, new.id) == new


@pytest.mark.parametrize("slot_id", ["", "x", "41001-zz-0", "52001-1c3a07c-0", "41001-1c3a07c-9", "1-2-3-4"])
def test_a_foreign_slot_id_is_refused(slot_id: str) -> None:
    """Ids of no slot and of another doctor's slot are not found."""
    registry = make_registry()
    with pytest.raises(RefusalError, match="SLOT_NOT_FOUND"):
        registry.world.slot(registry.world.doctors[41001], slot_id)


def test_the_same_seed_makes_the_same_world() -> None:
    """Two worlds of one seed agree on every slot; slots that began before now are not free."""
    first, second = make_registry(), make_registry()
    assert first.schedule("0202", 52001, TODAY, TOMORROW) == second.schedule("0202", 52001, TODAY, TOMORROW)
    assert all(slot.starts_at > NOW for slot in free_slots(first, day=TODAY))
