"""What only some contracts can be asked: fields, sessions, ambiguous codes, secrets, hours without calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import time, timedelta

import msgspec
import pytest

from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Booked, Cancelled, Cause, NotSent, Refusal, Rejected, Unknown
from gateway.domain.patient import OmsPolicy, Patient
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow
from gateway.emias.adapter import ContractEmias
from gateway.emias.connect import Ears, EmiasChannel
from gateway.emias.guard import Guard
from gateway.emias.profiles.profile import Blackout, Profile
from gateway.emias.routing import open_routed
from gateway.emias.tls import client_context
from gateway.ports import AppointmentRequest
from simulator.running import Simulator
from tests.contract.contracts import CONTRACTS
from tests.contract.stands import (
    DOCTOR,
    VERA,
    SimulatorStand,
    free_slots,
    horizon,
    request,
    simulator_stand,
    tls_files,
    today,
)


@pytest.fixture
async def hub(simulator: Simulator) -> AsyncIterator[SimulatorStand]:
    """Offer the contract whose bookings have no id at first."""
    async with simulator_stand(simulator, "hub-like") as stand:
        yield stand


@pytest.fixture
async def fer(simulator: Simulator) -> AsyncIterator[SimulatorStand]:
    """Offer the contract with sessions."""
    async with simulator_stand(simulator, "fer-like") as stand:
        yield stand


async def _with_profile(simulator: Simulator, stand: SimulatorStand, profile: Profile) -> ContractEmias:
    url, tls = simulator.contract_url(stand.facts.served), client_context(tls_files(simulator))
    return await ContractEmias.open(profile, url, tls, secrets=stand.facts.secrets)


@pytest.mark.parametrize("contract_name", ["seed-soap", "seed-rest"])
async def test_a_refused_field_is_told_in_our_words(simulator: Simulator, contract_name: str) -> None:
    """The contract's parameter becomes the field of the form."""
    async with simulator_stand(simulator, contract_name) as stand:
        slot = (await free_slots(stand))[0]
        stand.spoil("create_appointment", "refuse", code="VALIDATION", field="birthDate")

        outcome = await stand.emias.create_appointment(request(stand, slot))

    assert outcome == Rejected(Refusal.VALIDATION, "VALIDATION", "birth_date")


async def test_a_session_that_is_over_is_begun_anew_once(fer: SimulatorStand) -> None:
    """Nothing was made in it, so that the second try is safe; a second time is the registry's refusal."""
    slots = await free_slots(fer)
    fer.spoil("create_appointment", "refuse", code="SESSION_EXPIRED")
    booked = await fer.emias.create_appointment(request(fer, slots[0]))
    assert isinstance(booked, Booked)
    assert (fer.calls("identify"), fer.calls("create_appointment"), fer.active()) == (2, 2, 1)

    fer.installation.settings.change({"allow_repeat_patient": True})
    twice = {"operation": "CreateAppointment", "kind": "refuse", "times": 2, "params": {"code": "SESSION_EXPIRED"}}
    fer.installation.faults.add(twice)
    outcome = await fer.emias.create_appointment(request(fer, slots[1]))

    assert outcome == Rejected(Refusal.OTHER, "ERROR_SESSION_TIMED_OUT")
    assert fer.active() == 1


async def test_a_value_that_the_contract_needs_is_asked_of_the_patient(fer: SimulatorStand) -> None:
    """Without a sex on the form or in the policy nothing is sent, and the form is told which field is missing."""
    old = OmsPolicy.parse("1234567890", "770000")
    patient = Patient(VERA.last_name, VERA.first_name, None, VERA.birth_date, VERA.snils, old)
    slot = (await free_slots(fer))[0]

    outcome = await fer.emias.create_appointment(request(fer, slot, patient))

    assert outcome == Rejected(Refusal.VALIDATION, "needed", "sex")
    assert fer.calls("identify") == 0


async def test_days_without_time_are_an_empty_schedule(fer: SimulatorStand) -> None:
    """The registry's own error for a doctor without free time closes slots; any other error closes none."""
    world = fer.installation.world
    first, last = horizon(fer)
    for slot in world.slots(world.doctors[41001], first, last):
        world.mark(slot, free=False)
    window = await fer.emias.get_schedule(fer.doctors[0], first, last)
    assert isinstance(window, ScheduleWindow)
    assert window.slots == ()

    fer.spoil("get_schedule", "refuse", code="ACCESS_DENIED")
    with pytest.raises(EmiasFailure) as failure:
        await fer.emias.get_schedule(fer.doctors[0], first, last)
    assert failure.value.code == "ACCESS_DENIED"


async def test_a_reason_is_written_in_the_contracts_codes(fer: SimulatorStand) -> None:
    """Our reasons become the registry's; those without a code of their own become the common one."""
    fer.installation.settings.change({"allow_repeat_patient": True})
    slots = await free_slots(fer)
    for slot, reason in zip(slots, ("mistake", "illness"), strict=False):
        booked = await fer.emias.create_appointment(request(fer, slot))
        assert isinstance(booked, Booked)
        await fer.emias.cancel_appointment(fer.doctors[0].lpu_code, str(booked.appointment_id), VERA, reason)

    assert [row.cancel_reason for row in fer.installation.ledger] == ["ERROR_DATA_MIS", "CANCELED_BY_PATIENT"]


async def test_an_ambiguous_refusal_is_told_by_the_history(hub: SimulatorStand) -> None:
    """Cancelled before, still standing, or not to be looked up: the same code, three outcomes."""
    lpu_code = hub.doctors[0].lpu_code
    slot = (await free_slots(hub))[0]
    await hub.emias.create_appointment(request(hub, slot))
    [found] = await hub.emias.find_appointments(lpu_code, VERA, *horizon(hub))
    again = (lpu_code, found.appointment_id, VERA, "other")

    hub.spoil("cancel_appointment", "refuse", code="APPOINTMENT_NOT_FOUND")
    assert await hub.emias.cancel_appointment(*again) == Rejected(Refusal.APPOINTMENT_NOT_FOUND, "75")
    assert await hub.emias.cancel_appointment(*again) == Cancelled()
    assert await hub.emias.cancel_appointment(*again) == Cancelled(already=True)
    hub.spoil("find_appointments", "drop")
    assert await hub.emias.cancel_appointment(*again) == Unknown(Cause.RESET, None, "75")


@pytest.mark.parametrize(("name", "secret"), [("seed-rest", "api_key"), ("hub-like", "guid")])
async def test_a_wrong_secret_is_refused_and_never_told(simulator: Simulator, name: str, secret: str) -> None:
    """A token that EMIAS does not know is its refusal, or a bare status."""
    async with simulator_stand(simulator, name) as stand:
        slot = (await free_slots(stand))[0]
        url, tls = simulator.contract_url(stand.facts.served), client_context(tls_files(simulator))
        async with await ContractEmias.open(stand.profile, url, tls, secrets={secret: "of-nobody"}) as stranger:
            outcome = await stranger.create_appointment(request(stand, slot))

    assert outcome in {Unknown(Cause.HTTP_STATUS, 401), Rejected(Refusal.ACCESS_DENIED, "1")}
    assert stand.active() == 0


async def test_a_blackout_keeps_every_call_back(simulator: Simulator) -> None:
    """In its hours nothing is sent, and the caller learns when they end."""
    always = (Blackout(starts=time(0), ends=time(12)), Blackout(starts=time(12), ends=time(0)))
    async with simulator_stand(simulator, "seed-soap") as stand:
        slot = (await free_slots(stand))[0]
        closed = msgspec.structs.replace(stand.profile, blackouts=always)
        async with await _with_profile(simulator, stand, closed) as emias:
            outcome = await emias.create_appointment(request(stand, slot))
            with pytest.raises(EmiasFailure) as failure:
                await emias.probe(stand.doctors[0].lpu_code)

    assert isinstance(outcome, NotSent)
    assert outcome.cause is Cause.STOPPED
    assert outcome.retry_after is not None
    assert (failure.value.cause, failure.value.code) == (Cause.STOPPED, "blackout")
    assert stand.calls("probe") == stand.calls("create_appointment") == 0


async def test_institutions_with_different_contracts_stand_in_one_gateway(simulator: Simulator) -> None:
    """Each is spoken to in its own words, and all appointments are in the one ledger."""
    files = tls_files(simulator)
    main = EmiasChannel("seed-soap", simulator.emias_url, files)
    others = [
        EmiasChannel(
            facts.profile,
            simulator.contract_url(facts.served),
            files,
            facts.secrets,
            (facts.lpu("0101"),),
        )
        for facts in (CONTRACTS["hub-like"], CONTRACTS["fer-like"])
    ]
    seed = EmiasDoctorRef("0202", "52001")
    refs = [seed, *(CONTRACTS[name].ref(DOCTOR) for name in ("hub-like", "fer-like"))]
    simulator.installation.settings.change({"allow_repeat_patient": True})

    async with open_routed([main, *others], lambda _: Guard(), lambda _: Ears()) as emias:
        for ref in refs:
            window = await emias.get_schedule(ref, today() + timedelta(days=1), today() + timedelta(days=1))
            assert isinstance(window, ScheduleWindow)
            slot = next(slot for slot in window.slots if slot.is_free)
            booked = await emias.create_appointment(
                AppointmentRequest(ref, slot.emias_slot_id, slot.starts_at, VERA, "booking-1")
            )
            assert isinstance(booked, Booked)
            assert emias.capabilities(ref.lpu_code).lookup == (ref is not refs[2])

    assert [row.doctor_id for row in simulator.installation.ledger] == [52001, 41001, 41001]
