"""A create call whose answer is lost: booked by itself, failed only when proved, never made twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from gateway.domain.booking import BookingState
from gateway.domain.errors import BookingRefused, NotFound
from gateway.domain.outcomes import Refusal
from gateway.domain.patient import OmsPolicy, Patient, Snils
from gateway.ports import Intent
from simulator.emias.ledger import Patient as Person
from tests.integration.builders import PATIENT, intent_for
from tests.integration.doubts.clinic import DOCTOR, FAST, Clinic, eventually
from tests.integration.doubts.conftest import DEADLINE

S = BookingState
SETTLED = (S.BOOKED, S.FAILED, S.REJECTED, S.MANUAL)
NEIGHBOUR = Patient(
    "Порталов", "Пётр", None, PATIENT.birth_date, Snils.parse("087-654-303 00"), OmsPolicy.parse("5078150847000121")
)


@pytest.mark.parametrize("kind", ["commit_then_drop", "commit_then_502", "truncated_after_commit", "commit_then_hang"])
async def test_an_appointment_whose_answer_was_lost_is_found(clinic: Clinic, kind: str) -> None:
    """The booking becomes booked with the id and the ticket of EMIAS's ledger, which holds one appointment."""
    clinic.spoil("CreateAppointment", kind)
    doubted = await clinic.submit()
    assert doubted.state is S.IN_DOUBT
    async with clinic.worker():
        booked = await clinic.until(doubted.id, *SETTLED)
    (made,) = clinic.made_for(doubted)
    assert (booked.state, booked.emias_appointment_id, booked.ticket) == (S.BOOKED, made.id, made.ticket)
    assert await clinic.history(doubted) == ["submitting:submitted", "in_doubt:outcome_unknown", "booked:found"]
    assert not await clinic.is_for_sale(doubted)


async def test_a_late_commit_is_waited_for(clinic: Clinic) -> None:
    """EMIAS commits between two looks, long after its deadline: the first looks find nothing and decide nothing."""
    clinic.spoil("CreateAppointment", "late_commit", seconds=DEADLINE + 0.5)
    doubted = await clinic.submit()
    assert clinic.made_for(doubted) == []
    async with clinic.worker() as registry:
        booked = await clinic.until(doubted.id, *SETTLED)
    assert booked.state is S.BOOKED
    assert len(clinic.made_for(doubted)) == 1
    assert _looks(registry, "waiting") >= 1


async def test_what_was_never_made_fails_and_its_slot_comes_back_by_emias_only(clinic: Clinic) -> None:
    """After the last look the booking is failed; the slot is offered again only when EMIAS shows it free."""
    clinic.spoil("CreateAppointment", "drop")
    doubted = await clinic.submit()
    async with clinic.worker():
        failed = await clinic.until(doubted.id, *SETTLED)
    assert failed.state is S.FAILED
    assert (await clinic.history(doubted))[-1] == "failed:proved_absent"
    assert clinic.made_for(doubted) == []
    assert not await clinic.is_for_sale(doubted)
    assert await clinic.database.pool.fetchval("SELECT next_sync_at <= now() FROM emias_doctors")
    await clinic.read()
    assert await clinic.is_for_sale(doubted)


async def test_a_slot_sold_meanwhile_stays_off_sale(clinic: Clinic) -> None:
    """When another patient took the slot while the doubt lasted, it is not offered after the failure either."""
    clinic.spoil("CreateAppointment", "drop")
    doubted = await clinic.submit()
    _sell(clinic, doubted.starts_at, NEIGHBOUR)
    async with clinic.worker():
        failed = await clinic.until(doubted.id, *SETTLED)
    assert failed.state is S.FAILED
    await clinic.read()
    assert not await clinic.is_for_sale(doubted)


async def test_the_patient_s_own_other_booking_is_not_ours(clinic: Clinic) -> None:
    """The same patient books the same slot elsewhere meanwhile: that appointment is never credited to our booking."""
    clinic.spoil("CreateAppointment", "drop")
    doubted = await clinic.submit()
    _sell(clinic, doubted.starts_at, PATIENT)
    async with clinic.worker():
        rejected = await clinic.until(doubted.id, *SETTLED)
    assert (rejected.state, rejected.refusal, rejected.emias_appointment_id) == (S.REJECTED, Refusal.SLOT_TAKEN, None)


async def test_a_careless_registry_is_asked_once(clinic: Clinic) -> None:
    """Where EMIAS would book a slot twice, one lost answer still makes one appointment."""
    clinic.installation.settings.change({"allow_double_booking": True, "allow_repeat_patient": True})
    clinic.spoil("CreateAppointment", "commit_then_drop")
    doubted = await clinic.submit()
    async with clinic.worker(), clinic.worker():
        assert (await clinic.until(doubted.id, *SETTLED)).state is S.BOOKED
    assert len(list(clinic.installation.ledger)) == 1
    assert clinic.installation.journal.calls["CreateAppointment"] == 1


async def test_looks_go_on_when_emias_comes_back(clinic: Clinic) -> None:
    """While EMIAS answers no look the booking stays in doubt, past the whole plan; then the next look finds it."""
    clinic.spoil("CreateAppointment", "commit_then_drop")
    clinic.spoil("FindAppointments", "drop", times=0)
    doubted = await clinic.submit()
    async with clinic.worker() as registry:
        await eventually(lambda: _looks(registry, "blind") >= 10)
        assert (await clinic.ledger.get(clinic.site.id, doubted.id)).state is S.IN_DOUBT
        clinic.installation.faults.clear()
        assert (await clinic.until(doubted.id, *SETTLED)).state is S.BOOKED
    assert _looks(registry, "waiting") == 0


async def test_without_an_answer_for_too_long_the_operator_decides(clinic: Clinic) -> None:
    """A doubt that EMIAS never answers ends with a person, its slot still blocked."""
    clinic.plan = replace(FAST, give_up=timedelta(seconds=0.5))
    clinic.spoil("CreateAppointment", "drop")
    clinic.spoil("FindAppointments", "drop", times=0)
    doubted = await clinic.submit()
    async with clinic.worker():
        assert (await clinic.until(doubted.id, *SETTLED)).state is S.MANUAL
    assert "unanswered" in await clinic.database.pool.fetchval("SELECT evidence FROM bookings")
    assert not await clinic.is_for_sale(doubted)


async def test_many_doubts_and_two_workers(clinic: Clinic) -> None:
    """Forty doubts are resolved by two workers, each booking settled once and no appointment lost or doubled."""
    clinic.installation.settings.change({"allow_repeat_patient": True})
    clinic.spoil("CreateAppointment", "commit_then_drop", times=20)
    clinic.spoil("CreateAppointment", "drop", times=0)
    doubted = [await clinic.submit() for _ in range(40)]
    async with clinic.worker(), clinic.worker():
        ends = [await clinic.until(one.id, *SETTLED) for one in doubted]
    assert [end.state for end in ends] == [S.BOOKED] * 20 + [S.FAILED] * 20
    assert [len(clinic.made_for(one)) for one in doubted] == [1] * 20 + [0] * 20
    ids = [end.emias_appointment_id for end in ends[:20]]
    assert len(set(ids)) == 20
    assert {len(await clinic.history(one)) for one in doubted} == {3}


async def test_already_booked_may_be_our_own(clinic: Clinic) -> None:
    """The patient tries another time while the first try is in doubt: EMIAS's refusal names our own booking."""
    clinic.spoil("CreateAppointment", "commit_then_drop")
    doubted = await clinic.submit()
    with pytest.raises(BookingRefused) as told:
        await clinic.submit(number=3)
    assert told.value.outcome.kind is Refusal.PATIENT_ALREADY_BOOKED
    assert told.value.standing is not None
    assert (told.value.standing.id, told.value.standing.state) == (doubted.id, S.BOOKED)


async def test_a_process_that_vanished_is_recovered(clinic: Clinic) -> None:
    """What a killed process left, before or after EMIAS acted, is looked into and ends as EMIAS knows it."""
    holder, hold = await clinic.hold()
    before, _ = await clinic.ledger.open(intent_for(holder, hold.id))
    clinic.spoil("CreateAppointment", "commit_then_hang")
    other_holder, other_hold = await clinic.hold(5)
    intent = Intent(uuid4(), other_holder, other_hold.id, NEIGHBOUR, None, None, None)
    calling = asyncio.create_task(clinic.book.submit(intent))
    await eventually(lambda: bool(clinic.installation.journal.calls["CreateAppointment"]))
    assert await clinic.resolve.recover(timedelta()) == 2
    assert (await calling).state is S.IN_DOUBT
    async with clinic.worker():
        ends = [(await clinic.until(one, *SETTLED)).state for one in (before.id, intent.booking_id)]
    assert ends == [S.FAILED, S.BOOKED]
    assert "in_doubt:crash_recovery" in await clinic.history(before)


async def test_a_caller_may_ask_for_its_state_at_any_time(clinic: Clinic) -> None:
    """The site's own booking is told in every state; another site's is not found."""
    clinic.spoil("CreateAppointment", "commit_then_drop")
    doubted = await clinic.submit()
    assert (await clinic.book.state(clinic.site.id, doubted.id)).state is S.IN_DOUBT
    with pytest.raises(NotFound):
        await clinic.book.state(clinic.site.id + 1, doubted.id)


def _sell(clinic: Clinic, starts_at: datetime, patient: Patient) -> None:
    """Let a patient book the slot through another channel."""
    registry = clinic.installation.registry
    slot = registry.world.slot_at(registry.world.doctor(DOCTOR.lpu_code, int(DOCTOR.emias_doctor_id)), starts_at)
    birth_date = f"{patient.birth_date:%d.%m.%Y}"
    person = Person(patient.last_name, patient.first_name, birth_date, patient.snils.dashed(), patient.oms.number)
    registry.book(slot, person, channel="portal")


def _looks(registry: CollectorRegistry, result: str) -> float:
    return registry.get_sample_value("emias_doubt_looks_total", {"result": result}) or 0.0
