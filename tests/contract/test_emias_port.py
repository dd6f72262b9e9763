"""What every adapter of the `Emias` port does, whatever its contract."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import MOSCOW
from gateway.domain.outcomes import Booked, Cancelled, Cause, Refusal, Rejected, RemoteAppointment
from gateway.domain.patient import Patient
from gateway.domain.schedule import RemoteSlot, ScheduleWindow, Unchanged
from tests.contract.stands import ANNA, VERA, MemoryStand, Stand, free_slots, horizon, request, today

OF_THE_SLOT = [Refusal.SLOT_TAKEN, Refusal.SLOT_LOCKED, Refusal.SLOT_GONE, Refusal.SLOT_IN_PAST]
OF_THE_PATIENT = [
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


async def _booked(stand: Stand, slot: RemoteSlot, patient: Patient = VERA) -> str:
    """Book, and return the appointment's id, read back where the contract told none."""
    booked = await stand.emias.create_appointment(request(stand, slot, patient))
    assert isinstance(booked, Booked)
    if booked.appointment_id is None:
        return (await _found(stand, patient)).appointment_id
    return booked.appointment_id


async def _found(stand: Stand, patient: Patient = VERA) -> RemoteAppointment:
    [found] = await stand.emias.find_appointments(stand.doctors[0].lpu_code, patient, *horizon(stand))
    return found


async def test_it_names_a_version_and_its_capabilities(stand: Stand) -> None:
    """The probe brings a version; the capabilities are those of the contract."""
    lpu_code = stand.doctors[0].lpu_code

    assert await stand.emias.probe(lpu_code)
    assert stand.emias.capabilities(lpu_code) == stand.can


async def test_a_schedule_covers_the_range(stand: Stand) -> None:
    """Slots of every day of the range come in order, in Moscow's zone, busy ones where the contract lists them."""
    first, last = horizon(stand)
    window = await stand.emias.get_schedule(stand.doctors[0], first, last)

    assert isinstance(window, ScheduleWindow)
    starts = [slot.starts_at for slot in window.slots]
    assert (window.doctor, window.covered_from, window.covered_to) == (stand.doctors[0], first, last)
    tomorrow = first + timedelta(days=1)
    assert {start.date() for start in starts} - {first} == {
        tomorrow + timedelta(days=day) for day in range(stand.can.horizon_days - 1)
    }
    assert starts == sorted(starts)
    assert all(start.tzinfo is MOSCOW for start in starts)
    assert {slot.is_free for slot in window.slots} == ({True, False} if stand.can.lists_busy_slots else {True})
    length = timedelta(minutes=12)
    assert all(slot.ends_at == (slot.starts_at + length if stand.has_slot_ends else None) for slot in window.slots)


async def test_a_part_of_the_range_may_be_asked_for(stand: Stand) -> None:
    """Days in the middle are the same as in the whole."""
    first, last = today() + timedelta(days=3), today() + timedelta(days=11)
    part = await stand.emias.get_schedule(stand.doctors[0], first, last)
    whole = await stand.emias.get_schedule(stand.doctors[0], *horizon(stand))

    assert isinstance(part, ScheduleWindow)
    assert isinstance(whole, ScheduleWindow)
    assert part.slots == tuple(slot for slot in whole.slots if first <= slot.starts_at.date() <= last)


async def test_what_is_known_is_not_told_again(stand: Stand) -> None:
    """An equal digest answers unchanged; any change, another range or another doctor brings a new digest."""
    first, last = horizon(stand)
    doctor, other_doctor = stand.doctors
    window = await stand.emias.get_schedule(doctor, first, last)
    assert isinstance(window, ScheduleWindow)

    again = await stand.emias.get_schedule(doctor, first, last, known_digest=window.digest)
    shorter = await stand.emias.get_schedule(doctor, first, last - timedelta(days=1), known_digest=window.digest)
    other = await stand.emias.get_schedule(other_doctor, first, last, known_digest=window.digest)
    stand.change_one_slot()
    changed = await stand.emias.get_schedule(doctor, first, last, known_digest=window.digest)

    assert again == Unchanged(window.digest)
    assert isinstance(shorter, ScheduleWindow)
    assert isinstance(other, ScheduleWindow)
    assert isinstance(changed, ScheduleWindow)
    assert len({slot for slot in window.slots if slot.is_free} - set(changed.slots)) == 1


async def test_a_booking_is_made_once(stand: Stand) -> None:
    """The appointment takes its slot; its id is told where the contract tells one."""
    slot = (await free_slots(stand))[0]

    booked = await stand.emias.create_appointment(request(stand, slot))

    assert isinstance(booked, Booked)
    assert (booked.appointment_id is not None) == stand.can.returns_appointment_id
    assert stand.active() == 1
    assert slot.starts_at not in {free.starts_at for free in await free_slots(stand)}


async def test_a_booking_is_found(stand: Stand) -> None:
    """Doctor, start and id are listed, and our reference where the contract carries one; or there is no look-up."""
    slot = (await free_slots(stand))[0]
    booked = await stand.emias.create_appointment(request(stand, slot))
    assert isinstance(booked, Booked)

    if not stand.can.lookup:
        with pytest.raises(EmiasFailure) as refused:
            await _found(stand)
        assert (refused.value.cause, refused.value.code) == (Cause.CONTRACT_MISMATCH, "not_in_contract")
        return
    found = await _found(stand)

    assert found.active
    assert (found.emias_doctor_id, found.starts_at) == (stand.doctors[0].emias_doctor_id, slot.starts_at)
    assert booked.appointment_id in {found.appointment_id, None}
    assert found.created_at is not None
    assert found.client_ref == ("booking-1" if isinstance(stand, MemoryStand) or stand.can.echoes_client_ref else None)


async def test_a_slot_is_not_given_twice(stand: Stand) -> None:
    """The second patient is told that the slot is taken; nothing is made."""
    slot = (await free_slots(stand))[0]
    await stand.emias.create_appointment(request(stand, slot))

    second = await stand.emias.create_appointment(request(stand, slot, ANNA))

    assert isinstance(second, Rejected)
    assert second.kind is stand.told_as(Refusal.SLOT_TAKEN)
    assert stand.active() == 1


async def test_a_patient_sees_a_doctor_once_a_day_and_one_doctor_at_a_time(stand: Stand) -> None:
    """The rules about the patient's other bookings are told as such."""
    other = stand.doctors[1]
    theirs = {slot.starts_at: slot for slot in await free_slots(stand, other)}
    first = next(slot for slot in await free_slots(stand) if slot.starts_at in theirs)
    later = next(
        slot for slot in await free_slots(stand) if slot.starts_at.date() == first.starts_at.date() and slot != first
    )
    await stand.emias.create_appointment(request(stand, first))

    repeated = await stand.emias.create_appointment(request(stand, later))
    elsewhere = await stand.emias.create_appointment(request(stand, theirs[first.starts_at], doctor=other))

    assert isinstance(repeated, Rejected)
    assert isinstance(elsewhere, Rejected)
    assert (repeated.kind, elsewhere.kind) == (Refusal.PATIENT_ALREADY_BOOKED, Refusal.PATIENT_BUSY)


async def test_a_slot_id_that_is_unknown_is_gone(stand: Stand) -> None:
    """An id that the registry does not have is told as a slot that is gone."""
    slot = (await free_slots(stand))[0]._replace(emias_slot_id=stand.unknown_slot_id)
    outcome = await stand.emias.create_appointment(request(stand, slot))

    assert isinstance(outcome, Rejected)
    assert outcome.kind is Refusal.SLOT_GONE


@pytest.mark.parametrize("kind", OF_THE_SLOT + OF_THE_PATIENT)
async def test_each_refusal_of_a_booking_is_told_by_its_kind(stand: Stand, kind: Refusal) -> None:
    """What a contract cannot say is told as `other`; nothing is made, and the next try is free to succeed."""
    slot = (await free_slots(stand))[0]
    stand.refuse("create_appointment", kind)

    outcome = await stand.emias.create_appointment(request(stand, slot))

    assert isinstance(outcome, Rejected)
    assert outcome.kind is (stand.told_as(kind) or Refusal.OTHER)
    assert stand.active() == 0
    assert isinstance(await stand.emias.create_appointment(request(stand, slot)), Booked)


async def test_a_cancelled_appointment_is_cancelled_once(stand: Stand) -> None:
    """Cancelling frees the slot, leaves an inactive row where there is a look-up, and may be asked for again."""
    slot = (await free_slots(stand))[0]
    appointment_id, lpu_code = await _booked(stand, slot), stand.doctors[0].lpu_code

    first = await stand.emias.cancel_appointment(lpu_code, appointment_id, VERA, "patient_request")
    again = await stand.emias.cancel_appointment(lpu_code, appointment_id, VERA, "patient_request")

    assert (first, again) == (Cancelled(), Cancelled(already=True))
    assert stand.active() == 0
    assert not stand.can.lookup or not (await _found(stand)).active
    assert slot.starts_at in {free.starts_at for free in await free_slots(stand)}


async def test_an_appointment_that_is_none_cannot_be_cancelled(stand: Stand) -> None:
    """An id that the registry does not know is told as such; so is another patient's, where the contract says whose."""
    slot = (await free_slots(stand))[0]
    appointment_id, lpu_code = await _booked(stand, slot), stand.doctors[0].lpu_code
    attempts = [("AP-7777777", VERA), *([(appointment_id, ANNA)] if stand.cancel_names_patient else [])]

    for wanted, patient in attempts:
        outcome = await stand.emias.cancel_appointment(lpu_code, wanted, patient, "patient_request")
        assert isinstance(outcome, Rejected)
        assert outcome.kind is Refusal.APPOINTMENT_NOT_FOUND
    assert stand.active() == 1


@pytest.mark.parametrize("kind", [Refusal.CANCEL_TOO_LATE, Refusal.ACCESS_DENIED])
async def test_each_refusal_of_a_cancellation_is_told_by_its_kind(stand: Stand, kind: Refusal) -> None:
    """The appointment stands."""
    slot = (await free_slots(stand))[0]
    appointment_id = await _booked(stand, slot)
    stand.refuse("cancel_appointment", kind)

    outcome = await stand.emias.cancel_appointment(stand.doctors[0].lpu_code, appointment_id, VERA, "mistake")

    assert isinstance(outcome, Rejected)
    assert outcome.kind is kind
    assert stand.active() == 1


async def test_a_patient_without_appointments_has_an_empty_list(stand: Stand) -> None:
    """Nothing found is an answer; other patients', institutions' and days' appointments are not listed."""
    if not stand.can.lookup:
        return
    slot = (await free_slots(stand))[0]
    await stand.emias.create_appointment(request(stand, slot))
    day, lpu_code = slot.starts_at.date() + timedelta(days=1), stand.doctors[0].lpu_code

    assert await stand.emias.find_appointments(lpu_code, ANNA, *horizon(stand)) == ()
    assert await stand.emias.find_appointments(stand.other_lpu, VERA, *horizon(stand)) == ()
    assert await stand.emias.find_appointments(lpu_code, VERA, day, day) == ()


async def test_a_refused_read_is_a_failure(stand: Stand) -> None:
    """A doctor whom EMIAS does not know fails with the cause, and no slots; so does a refused look-up."""
    with pytest.raises(EmiasFailure) as unknown:
        await stand.emias.get_schedule(stand.unknown_doctor, *horizon(stand))
    assert unknown.value.cause is Cause.REFUSED
    if not stand.can.lookup:
        return
    stand.refuse("find_appointments", Refusal.ACCESS_DENIED)
    with pytest.raises(EmiasFailure) as denied:
        await stand.emias.find_appointments(stand.doctors[0].lpu_code, VERA, *horizon(stand))

    assert denied.value.cause is Cause.REFUSED
