"""What every adapter of the `Emias` port does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import MOSCOW
from gateway.domain.outcomes import Booked, Cancelled, Cause, Refusal, Rejected
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow, Unchanged
from tests.contract.stands import ANNA, DOCTOR, OTHER_DOCTOR, VERA, Stand, free_slots, horizon, request, today

CREATE_REFUSALS = [
    Refusal.SLOT_TAKEN,
    Refusal.SLOT_LOCKED,
    Refusal.SLOT_GONE,
    Refusal.SLOT_IN_PAST,
    Refusal.PATIENT_ALREADY_BOOKED,
    Refusal.PATIENT_BUSY,
    Refusal.PATIENT_NOT_FOUND,
    Refusal.PATIENT_DATA_MISMATCH,
    Refusal.NOT_ATTACHED,
    Refusal.POLICY_INVALID,
    Refusal.AGE_OR_SEX,
    Refusal.REFERRAL_REQUIRED,
    Refusal.LIMIT_REACHED,
    Refusal.VALIDATION,
    Refusal.ACCESS_DENIED,
]


async def test_it_names_a_version_and_its_capabilities(stand: Stand) -> None:
    """The probe brings a version; the capabilities are those of the contract."""
    can = stand.emias.capabilities("0101")

    assert await stand.emias.probe("0101")
    assert (can.lookup, can.cancel, can.returns_appointment_id, can.lists_busy_slots) == (True, True, True, True)
    assert can.horizon_days == 30


async def test_a_schedule_covers_the_range(stand: Stand) -> None:
    """Slots of every day of the range come in order, free and busy, in Moscow's zone, and of no other day."""
    first, last = horizon()
    window = await stand.emias.get_schedule(DOCTOR, first, last)

    assert isinstance(window, ScheduleWindow)
    starts = [slot.starts_at for slot in window.slots]
    assert (window.doctor, window.covered_from, window.covered_to) == (DOCTOR, first, last)
    assert {start.date() for start in starts} == {first + timedelta(days=day) for day in range(30)}
    assert starts == sorted(starts)
    assert all(start.tzinfo is MOSCOW for start in starts)
    assert {slot.is_free for slot in window.slots} == {True, False}
    assert all(slot.ends_at == slot.starts_at + timedelta(minutes=12) for slot in window.slots)


async def test_a_part_of_the_range_may_be_asked_for(stand: Stand) -> None:
    """Days in the middle are the same as in the whole."""
    first, last = today() + timedelta(days=5), today() + timedelta(days=17)
    part = await stand.emias.get_schedule(DOCTOR, first, last)
    whole = await stand.emias.get_schedule(DOCTOR, *horizon())

    assert isinstance(part, ScheduleWindow)
    assert isinstance(whole, ScheduleWindow)
    assert part.slots == tuple(slot for slot in whole.slots if first <= slot.starts_at.date() <= last)


async def test_what_is_known_is_not_told_again(stand: Stand) -> None:
    """An equal digest answers unchanged; any change, another range or another doctor brings a new digest."""
    first, last = horizon()
    window = await stand.emias.get_schedule(DOCTOR, first, last)
    assert isinstance(window, ScheduleWindow)

    again = await stand.emias.get_schedule(DOCTOR, first, last, known_digest=window.digest)
    shorter = await stand.emias.get_schedule(DOCTOR, first, last - timedelta(days=1), known_digest=window.digest)
    other = await stand.emias.get_schedule(OTHER_DOCTOR, first, last, known_digest=window.digest)
    stand.change_one_slot()
    changed = await stand.emias.get_schedule(DOCTOR, first, last, known_digest=window.digest)

    assert again == Unchanged(window.digest)
    assert isinstance(shorter, ScheduleWindow)
    assert isinstance(changed, ScheduleWindow)
    assert isinstance(other, ScheduleWindow)
    assert sum(old != new for old, new in zip(window.slots, changed.slots, strict=True)) == 1


async def test_a_booking_is_made_once_and_found(stand: Stand) -> None:
    """The appointment has an id and a ticket, takes its slot, and is found with all that we sent."""
    slot = (await free_slots(stand.emias))[0]

    booked = await stand.emias.create_appointment(request(slot))
    [found] = await stand.emias.find_appointments("0101", VERA, *horizon())

    assert isinstance(booked, Booked)
    assert booked.appointment_id
    assert booked.ticket
    assert stand.active() == 1
    assert (found.appointment_id, found.ticket, found.active) == (booked.appointment_id, booked.ticket, True)
    assert (found.emias_doctor_id, found.starts_at) == (DOCTOR.emias_doctor_id, slot.starts_at)
    assert (found.emias_slot_id, found.client_ref) == (slot.emias_slot_id, "booking-1")
    assert found.created_at is not None
    assert slot.starts_at not in {free.starts_at for free in await free_slots(stand.emias)}


async def test_a_slot_is_not_given_twice(stand: Stand) -> None:
    """The second patient is told that the slot is taken; nothing is made."""
    slot = (await free_slots(stand.emias))[0]
    await stand.emias.create_appointment(request(slot))

    second = await stand.emias.create_appointment(request(slot, ANNA))

    assert isinstance(second, Rejected)
    assert second.kind is Refusal.SLOT_TAKEN
    assert stand.active() == 1


async def test_a_patient_sees_a_doctor_once_a_day_and_one_doctor_at_a_time(stand: Stand) -> None:
    """The rules about the patient's other bookings are told as such."""
    ours = (await free_slots(stand.emias))[:2]
    same_time = next(one for one in await free_slots(stand.emias, OTHER_DOCTOR) if one.starts_at == ours[0].starts_at)
    await stand.emias.create_appointment(request(ours[0]))

    repeated = await stand.emias.create_appointment(request(ours[1]))
    elsewhere = await stand.emias.create_appointment(request(same_time, doctor=OTHER_DOCTOR))

    assert isinstance(repeated, Rejected)
    assert isinstance(elsewhere, Rejected)
    assert (repeated.kind, elsewhere.kind) == (Refusal.PATIENT_ALREADY_BOOKED, Refusal.PATIENT_BUSY)


async def test_a_slot_id_that_is_unknown_is_gone(stand: Stand) -> None:
    """An id that the registry does not have is told as a slot that is gone."""
    slot = (await free_slots(stand.emias))[0]._replace(emias_slot_id="41001-0-0")
    outcome = await stand.emias.create_appointment(request(slot))

    assert isinstance(outcome, Rejected)
    assert outcome.kind is Refusal.SLOT_GONE


@pytest.mark.parametrize("kind", CREATE_REFUSALS)
async def test_each_refusal_of_a_booking_is_told_by_its_kind(stand: Stand, kind: Refusal) -> None:
    """Nothing is made, and the next try is free to succeed."""
    slot = (await free_slots(stand.emias))[0]
    stand.refuse("create_appointment", kind)

    outcome = await stand.emias.create_appointment(request(slot))

    assert isinstance(outcome, Rejected)
    assert outcome.kind is kind
    assert stand.active() == 0
    assert isinstance(await stand.emias.create_appointment(request(slot)), Booked)


async def test_a_cancelled_appointment_stays_on_the_list(stand: Stand) -> None:
    """Cancelling frees the slot, leaves an inactive row, and may be asked for again."""
    slot = (await free_slots(stand.emias))[0]
    booked = await stand.emias.create_appointment(request(slot))
    assert isinstance(booked, Booked)
    appointment_id = str(booked.appointment_id)

    first = await stand.emias.cancel_appointment("0101", appointment_id, VERA, "patient")
    again = await stand.emias.cancel_appointment("0101", appointment_id, VERA, "patient")
    [found] = await stand.emias.find_appointments("0101", VERA, *horizon())

    assert (first, again) == (Cancelled(), Cancelled(already=True))
    assert (found.active, stand.active()) == (False, 0)
    assert slot.starts_at in {free.starts_at for free in await free_slots(stand.emias)}


async def test_another_patients_appointment_cannot_be_cancelled(stand: Stand) -> None:
    """An id alone is not enough."""
    slot = (await free_slots(stand.emias))[0]
    booked = await stand.emias.create_appointment(request(slot))
    assert isinstance(booked, Booked)

    outcome = await stand.emias.cancel_appointment("0101", str(booked.appointment_id), ANNA, "patient")

    assert isinstance(outcome, Rejected)
    assert outcome.kind is Refusal.APPOINTMENT_NOT_FOUND
    assert stand.active() == 1


@pytest.mark.parametrize("kind", [Refusal.CANCEL_TOO_LATE, Refusal.ACCESS_DENIED])
async def test_each_refusal_of_a_cancellation_is_told_by_its_kind(stand: Stand, kind: Refusal) -> None:
    """The appointment stands."""
    slot = (await free_slots(stand.emias))[0]
    booked = await stand.emias.create_appointment(request(slot))
    assert isinstance(booked, Booked)
    stand.refuse("cancel_appointment", kind)

    outcome = await stand.emias.cancel_appointment("0101", str(booked.appointment_id), VERA, "patient")

    assert isinstance(outcome, Rejected)
    assert outcome.kind is kind
    assert stand.active() == 1


async def test_a_patient_without_appointments_has_an_empty_list(stand: Stand) -> None:
    """Nothing found is an answer; other patients', institutions' and days' appointments are not listed."""
    slot = (await free_slots(stand.emias))[0]
    await stand.emias.create_appointment(request(slot))
    day = slot.starts_at.date() + timedelta(days=1)

    assert await stand.emias.find_appointments("0101", ANNA, *horizon()) == ()
    assert await stand.emias.find_appointments("0202", VERA, *horizon()) == ()
    assert await stand.emias.find_appointments("0101", VERA, day, day) == ()


async def test_a_refused_read_is_a_failure(stand: Stand) -> None:
    """A doctor whom EMIAS does not know and a refused look-up fail with the cause, and no slots."""
    with pytest.raises(EmiasFailure) as unknown:
        await stand.emias.get_schedule(EmiasDoctorRef("0101", "7"), *horizon())
    stand.refuse("find_appointments", Refusal.ACCESS_DENIED)
    with pytest.raises(EmiasFailure) as denied:
        await stand.emias.find_appointments("0101", VERA, *horizon())

    assert (unknown.value.cause, denied.value.cause) == (Cause.REFUSED, Cause.REFUSED)
