"""Every way in which EMIAS can answer badly, in every contract, and what the adapter makes of it."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import Final

import pytest

from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Booked, Cancelled, Cause, CreateOutcome, NotSent, Refusal, Rejected, Unknown
from gateway.domain.schedule import ScheduleWindow
from gateway.ports import Emias
from simulator.emias.replies import KINDS
from tests.contract.stands import VERA, SimulatorStand, free_slots, horizon, request

# kind -> (cause of a create call, appointments that it made all the same)
UNKNOWN: Final = {
    "fault_without_detail": (Cause.FAULT_WITHOUT_CODE, 0),
    "commit_then_drop": (Cause.RESET, 1),
    "commit_then_hang": (Cause.TIMEOUT, 1),
    "commit_then_502": (Cause.HTTP_STATUS, 1),
    "late_commit": (Cause.TIMEOUT, 0),
    "truncated_after_commit": (Cause.TRUNCATED, 1),
    "drop": (Cause.RESET, 0),
    "hang": (Cause.TIMEOUT, 0),
    "html_200": (Cause.NOT_XML, 0),
    "empty_200": (Cause.TRUNCATED, 0),
    "truncated": (Cause.TRUNCATED, 0),
    "dribble": (Cause.TIMEOUT, 1),
    "huge": (Cause.TOO_LARGE, 0),
    "gzip_bomb": (Cause.TOO_LARGE, 0),
    "deep_nesting": (Cause.TOO_LARGE, 0),
    "entity_bomb": (Cause.FORBIDDEN_XML, 0),
    "external_entity": (Cause.FORBIDDEN_XML, 0),
    "doctype": (Cause.FORBIDDEN_XML, 1),
    "wrong_encoding": (Cause.GARBLED, 1),
    "wrong_namespace": (Cause.CONTRACT_MISMATCH, 1),
    "two_bodies": (Cause.GARBLED, 1),
    "members_twice": (Cause.CONTRACT_MISMATCH, 1),
    "wrong_doctor": (Cause.CONTRACT_MISMATCH, 1),
}
HANGS: Final = {"commit_then_hang", "late_commit", "hang", "dribble"}
TOLERATED: Final = {"extra_elements", "unordered"}
UNSENT_KINDS: Final = {"refuse", "status"}
OF_LISTS: Final = {"empty_schedule", "garbage_schedule", "nil_lists", "without_lists"}
DROPS_READS: Final = {kind for kind, rule in KINDS.items() if rule.drops_reads}
READS: Final[dict[str, Cause | None]] = {
    **{kind: Cause.RESET if kind in DROPS_READS else cause for kind, (cause, _) in UNKNOWN.items()},
    "deep_nesting": Cause.FORBIDDEN_XML,
    "members_twice": None,
    "garbage_schedule": Cause.CONTRACT_MISMATCH,
    "nil_lists": None,
    "without_lists": Cause.CONTRACT_MISMATCH,
}
BEFORE_THE_BOOKING: Final = {
    "drop": Cause.RESET,
    "hang": Cause.TIMEOUT,
    "html_200": Cause.NOT_XML,
    "truncated": Cause.TRUNCATED,
    "fault_without_detail": Cause.FAULT_WITHOUT_CODE,
    "wrong_namespace": Cause.CONTRACT_MISMATCH,
}


def _patience(contract: SimulatorStand, kind: str) -> Emias:
    """Choose short deadlines where EMIAS will not answer, long ones where a busy machine may be slow."""
    return contract.hurried if kind in HANGS else contract.emias


async def _book(contract: SimulatorStand, place: int = 0) -> CreateOutcome:
    slot = (await free_slots(contract))[place]
    return await contract.emias.create_appointment(request(contract, slot))


async def _appointment_id(contract: SimulatorStand) -> str:
    booked = await _book(contract)
    assert isinstance(booked, Booked)
    if booked.appointment_id:
        return booked.appointment_id
    lpu_code = contract.doctors[0].lpu_code
    [found] = await contract.emias.find_appointments(lpu_code, VERA, *horizon(contract))
    return found.appointment_id


def test_no_kind_of_fault_is_left_out() -> None:
    """The tables of this suite speak of all that the stand-in can do."""
    assert UNKNOWN.keys() | TOLERATED | UNSENT_KINDS | OF_LISTS == KINDS.keys()


@pytest.mark.parametrize("kind", sorted(UNKNOWN))
async def test_a_create_call_without_a_believable_answer_is_unknown(contract: SimulatorStand, kind: str) -> None:
    """Whether EMIAS acted or not, we do not claim to know; the evidence names the cause."""
    cause, made = UNKNOWN[kind]
    expected = contract.facts.creates.get(kind, cause)
    slot = (await free_slots(contract))[0]
    contract.spoil("create_appointment", kind)

    outcome = await _patience(contract, kind).create_appointment(request(contract, slot))

    if expected is None:
        assert isinstance(outcome, Booked)
    else:
        assert isinstance(outcome, Unknown)
        assert outcome.cause is expected
    assert contract.active() == made
    assert contract.calls("create_appointment") == 1
    assert contract.installation.canary_hits == 0


@pytest.mark.parametrize("kind", sorted(READS))
async def test_a_schedule_without_a_believable_answer_fails(contract: SimulatorStand, kind: str) -> None:
    """Reads fail with the cause, and the next read is as good as ever."""
    expected = contract.facts.reads.get(kind, READS[kind])
    contract.spoil("get_schedule", kind)
    emias = _patience(contract, "" if kind in DROPS_READS else kind)

    if expected is None:
        await emias.get_schedule(contract.doctors[0], *horizon(contract))
    else:
        with pytest.raises(EmiasFailure) as failure:
            await emias.get_schedule(contract.doctors[0], *horizon(contract))
        assert failure.value.cause is expected

    assert await free_slots(contract)
    assert contract.installation.canary_hits == 0


@pytest.mark.parametrize("kind", sorted(TOLERATED))
async def test_additions_and_another_order_lose_no_value(contract: SimulatorStand, kind: str) -> None:
    """A newer server may say more, and in another order, in every reply of every step."""
    plain = await contract.emias.get_schedule(contract.doctors[0], *horizon(contract))
    for operation in ("get_schedule", "identify", "create_appointment", "find_appointments", "cancel_appointment"):
        contract.installation.faults.add(
            {"operation": _NEUTRAL[operation], "kind": kind, "times": 0, "params": {}},
        )

    bent = await contract.emias.get_schedule(contract.doctors[0], *horizon(contract))
    appointment_id, lpu_code = await _appointment_id(contract), contract.doctors[0].lpu_code

    assert isinstance(plain, ScheduleWindow)
    assert isinstance(bent, ScheduleWindow)
    assert set(bent.slots) == set(plain.slots)
    assert await contract.emias.cancel_appointment(lpu_code, appointment_id, VERA, "other") == Cancelled()


_NEUTRAL: Final = {
    "get_schedule": "GetSchedule",
    "identify": "IdentifyPatient",
    "create_appointment": "CreateAppointment",
    "find_appointments": "FindAppointments",
    "cancel_appointment": "CancelAppointment",
}


async def test_an_empty_schedule_is_a_schedule(contract: SimulatorStand) -> None:
    """No slots is an answer, be it an empty list, nothing, or an error that says so."""
    today = horizon(contract)[0]
    contract.spoil("get_schedule", "empty_schedule")
    window = await contract.emias.get_schedule(contract.doctors[0], today, today)

    assert isinstance(window, ScheduleWindow)
    assert window.slots == ()


@pytest.mark.parametrize("body", ["text", "html"])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (429, NotSent(Cause.RATE_LIMITED, 7.0)),
        *((status, Unknown(Cause.HTTP_STATUS, status, None, 7.0)) for status in (503, 502, 500, 403, 401, 404, 302)),
    ],
)
async def test_only_the_limiter_proves_that_nothing_was_done(
    contract: SimulatorStand, status: int, expected: CreateOutcome, body: str
) -> None:
    """A bare status is evidence of nothing, except 429; the time to wait is passed on."""
    slot = (await free_slots(contract))[0]
    contract.spoil("create_appointment", "status", status=status, retry_after="7", body=body)

    assert await contract.emias.create_appointment(request(contract, slot)) == expected


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [("3", 3.0), ("Wed, 01 Jan 2020 00:00:00 GMT", 0.0), ("soon", None)]
)
async def test_a_failed_read_says_when_to_come_again(
    contract: SimulatorStand, retry_after: str, seconds: float | None
) -> None:
    """Seconds, dates and nonsense in Retry-After."""
    contract.spoil("get_schedule", "status", status=503, retry_after=retry_after)

    with pytest.raises(EmiasFailure) as failure:
        await contract.emias.get_schedule(contract.doctors[0], *horizon(contract))

    assert (failure.value.http_status, failure.value.retry_after) == (503, seconds)


async def test_an_internal_error_may_have_committed(contract: SimulatorStand) -> None:
    """A code that blames EMIAS itself does not say that nothing was done, where the contract has such a code."""
    slot = (await free_slots(contract))[0]
    contract.spoil("create_appointment", "refuse", code="INTERNAL", commit=True)

    outcome = await contract.emias.create_appointment(request(contract, slot))

    assert contract.active() == 1
    if contract.profile.faults.doubtful:
        assert isinstance(outcome, Unknown)
        assert (outcome.cause, outcome.code) == (Cause.HTTP_STATUS, contract.profile.faults.doubtful[0])
    else:
        assert outcome == Unknown(Cause.FAULT_WITHOUT_CODE, 200, "99")


@pytest.mark.parametrize("kind", ["commit_then_drop", "hang", "wrong_namespace", "html_200"])
async def test_a_cancellation_without_a_believable_answer_is_unknown(contract: SimulatorStand, kind: str) -> None:
    """A lost cancellation is in doubt like a lost booking."""
    appointment_id = await _appointment_id(contract)
    contract.spoil("cancel_appointment", kind)

    outcome = await _patience(contract, kind).cancel_appointment(
        contract.doctors[0].lpu_code, appointment_id, VERA, "patient_request"
    )

    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize("style", ["local", "naive", "utc"])
async def test_dates_of_each_style_are_the_same_schedule(contract: SimulatorStand, style: str) -> None:
    """However EMIAS writes its dates, the slots are those of Moscow's days."""
    expected = await contract.emias.get_schedule(contract.doctors[0], *horizon(contract))
    contract.installation.settings.change({"date_style": style})
    window = await contract.emias.get_schedule(contract.doctors[0], *horizon(contract))

    assert isinstance(window, ScheduleWindow)
    assert isinstance(expected, ScheduleWindow)
    assert window.slots == expected.slots
    assert isinstance(await _book(contract), Booked)


async def test_the_range_is_read_in_as_many_calls_as_the_profile_says(contract: SimulatorStand) -> None:
    """The horizon is one call, or several of some days each."""
    await contract.emias.get_schedule(contract.doctors[0], *horizon(contract))

    schedule = contract.profile.schedule
    assert contract.calls("get_schedule") == -(-schedule.horizon_days // schedule.days_per_call)


@pytest.mark.parametrize("kind", sorted(BEFORE_THE_BOOKING))
async def test_a_failed_step_before_the_booking_is_not_sent(stepped: SimulatorStand, kind: str) -> None:
    """A patient who could not be identified has no booking, and no doubt about one either."""
    slot = (await free_slots(stepped))[0]
    stepped.spoil("identify", kind)

    outcome = await _patience(stepped, kind).create_appointment(request(stepped, slot))

    assert outcome == NotSent(BEFORE_THE_BOOKING[kind])
    assert stepped.calls("create_appointment") == 0


async def test_a_patient_who_is_not_known_is_refused_before_the_booking(stepped: SimulatorStand) -> None:
    """The refusal of the identification is the booking's."""
    slot = (await free_slots(stepped))[0]
    stepped.refuse("identify", Refusal.PATIENT_NOT_FOUND)

    outcome = await stepped.emias.create_appointment(request(stepped, slot))

    assert isinstance(outcome, Rejected)
    assert outcome.kind is Refusal.PATIENT_NOT_FOUND
    assert stepped.calls("create_appointment") == 0


async def test_the_patient_is_identified_anew_for_each_call(stepped: SimulatorStand) -> None:
    """What EMIAS calls a patient is not kept from one call to the next."""
    slots = await free_slots(stepped)
    stepped.installation.settings.change({"allow_repeat_patient": True})
    for slot in slots[:2]:
        await stepped.emias.create_appointment(request(stepped, slot))

    assert stepped.calls("identify") == 2


async def test_one_hanging_call_does_not_stop_the_others(contract: SimulatorStand) -> None:
    """While one doctor's read hangs, others are read and bookings are made."""
    contract.spoil("get_schedule", "hang")
    hanging = asyncio.create_task(contract.hurried.get_schedule(contract.doctors[0], *horizon(contract)))
    while not contract.installation.journal.in_flight:  # noqa: ASYNC110 - the stand-in offers no event for this
        await asyncio.sleep(0)

    assert isinstance(await _book(contract), Booked)
    with pytest.raises(EmiasFailure, match="timeout"):
        await hanging


async def test_nothing_of_the_patient_is_logged_or_told(
    contract: SimulatorStand, caplog: pytest.LogCaptureFixture
) -> None:
    """At the most talkative level, neither log nor outcome holds a name, number, policy or secret."""
    caplog.set_level(logging.DEBUG)
    contract.installation.settings.change({"allow_repeat_patient": True})
    slots = await free_slots(contract)
    told: list[object] = []
    for place, kind in enumerate(("commit_then_drop", "two_bodies", "truncated", "fault_without_detail", "refuse")):
        contract.spoil("create_appointment", kind, code="VALIDATION")
        told += [await contract.emias.create_appointment(request(contract, slots[place])) for _ in range(2)]
    gc.collect()

    text = f"{caplog.text} {told!r}"
    canaries = (VERA.last_name, VERA.snils.digits, VERA.snils.dashed(), VERA.oms.number, "14.03.1985", "1985-03-14")
    for canary in (*canaries, *contract.facts.secrets.values()):
        assert canary not in text
