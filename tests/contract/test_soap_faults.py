"""Every way in which EMIAS can answer badly, and what the SOAP adapter makes of it."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator

import pytest

from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Booked, Cancelled, Cause, CreateOutcome, NotSent, Refusal, Rejected, Unknown
from gateway.domain.schedule import ScheduleWindow
from gateway.emias.adapter import ContractEmias
from gateway.emias.certificate import TlsFiles
from gateway.emias.profiles import load_profile
from gateway.emias.tls import client_context
from simulator.emias.replies import KINDS
from simulator.running import Simulator
from tests.contract.stands import (
    DOCTOR,
    VERA,
    SimulatorStand,
    free_slots,
    hasty,
    horizon,
    request,
    tls_files,
)

DEADLINE = 1.0
UNSENT_KINDS = {"refuse", "status"}
# kind -> (cause of a create call, appointments that it made all the same)
UNKNOWN = {
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
    "wrong_doctor": (Cause.CONTRACT_MISMATCH, 1),
}
TOLERATED = {"extra_elements", "unordered"}
DROPS_READS = {kind for kind, rule in KINDS.items() if rule.drops_reads}
READ_CAUSES = {
    **{kind: Cause.RESET if kind in DROPS_READS else cause for kind, (cause, _) in UNKNOWN.items()},
    "deep_nesting": Cause.FORBIDDEN_XML,
    "garbage_schedule": Cause.CONTRACT_MISMATCH,
}


@pytest.fixture
async def stand(simulator: Simulator) -> AsyncIterator[SimulatorStand]:
    """Open the built-in contract with short deadlines."""
    profile = hasty(load_profile("seed-soap"), DEADLINE)
    async with await ContractEmias.open(profile, simulator.emias_url, client_context(tls_files(simulator))) as emias:
        yield SimulatorStand(emias, simulator)


async def _book(stand: SimulatorStand, place: int = 0) -> CreateOutcome:
    slot = (await free_slots(stand.emias))[place]
    return await stand.emias.create_appointment(request(slot))


def test_no_kind_of_fault_is_left_out() -> None:
    """The tables below speak of all that the stand-in can do."""
    assert UNKNOWN.keys() | TOLERATED | UNSENT_KINDS | {"empty_schedule", "garbage_schedule"} == KINDS.keys()


@pytest.mark.parametrize("kind", sorted(UNKNOWN))
async def test_a_create_call_without_a_believable_answer_is_unknown(stand: SimulatorStand, kind: str) -> None:
    """Whether EMIAS acted or not, we do not claim to know; the evidence names the cause."""
    cause, made = UNKNOWN[kind]
    slot = (await free_slots(stand.emias))[0]
    stand.spoil("CreateAppointment", kind)

    outcome = await stand.emias.create_appointment(request(slot))

    assert isinstance(outcome, Unknown)
    assert (outcome.cause, stand.active()) == (cause, made)
    assert stand.installation.journal.calls["CreateAppointment"] == 1
    assert stand.installation.canary_hits == 0


@pytest.mark.parametrize("kind", sorted(READ_CAUSES))
async def test_a_schedule_without_a_believable_answer_fails(stand: SimulatorStand, kind: str) -> None:
    """Reads fail with the cause, within the deadline, and the next read is as good as ever."""
    stand.spoil("GetSchedule", kind)

    async with asyncio.timeout(DEADLINE + 5):
        with pytest.raises(EmiasFailure) as failure:
            await stand.emias.get_schedule(DOCTOR, *horizon())

    assert failure.value.cause is READ_CAUSES[kind]
    assert await free_slots(stand.emias)
    assert stand.installation.canary_hits == 0


@pytest.mark.parametrize("kind", sorted(TOLERATED))
async def test_additions_and_another_order_are_tolerated(stand: SimulatorStand, kind: str) -> None:
    """A newer server may say more, and in another order."""
    for operation in ("GetSchedule", "CreateAppointment", "FindAppointments", "CancelAppointment"):
        stand.spoil(operation, kind)

    booked = await _book(stand)
    assert isinstance(booked, Booked)
    assert len(await stand.emias.find_appointments("0101", VERA, *horizon())) == 1
    assert await stand.emias.cancel_appointment("0101", str(booked.appointment_id), VERA, "r") == Cancelled()


async def test_an_empty_schedule_is_a_schedule(stand: SimulatorStand) -> None:
    """No slots is an answer."""
    stand.spoil("GetSchedule", "empty_schedule")
    window = await stand.emias.get_schedule(DOCTOR, *horizon())

    assert isinstance(window, ScheduleWindow)
    assert window.slots == ()


@pytest.mark.parametrize("body", ["text", "html"])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (429, NotSent(Cause.RATE_LIMITED, 7.0)),
        (503, Unknown(Cause.HTTP_STATUS, 503, None, 7.0)),
        (502, Unknown(Cause.HTTP_STATUS, 502, None, 7.0)),
        (500, Unknown(Cause.HTTP_STATUS, 500, None, 7.0)),
        (403, Unknown(Cause.HTTP_STATUS, 403, None, 7.0)),
        (401, Unknown(Cause.HTTP_STATUS, 401, None, 7.0)),
        (404, Unknown(Cause.HTTP_STATUS, 404, None, 7.0)),
        (302, Unknown(Cause.HTTP_STATUS, 302, None, 7.0)),
    ],
)
async def test_only_the_limiter_proves_that_nothing_was_done(
    stand: SimulatorStand, status: int, expected: CreateOutcome, body: str
) -> None:
    """A bare status is evidence of nothing, except 429; the time to wait is passed on."""
    slot = (await free_slots(stand.emias))[0]
    stand.spoil("CreateAppointment", "status", status=status, retry_after="7", body=body)

    assert await stand.emias.create_appointment(request(slot)) == expected


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [("3", 3.0), ("Wed, 01 Jan 2020 00:00:00 GMT", 0.0), ("soon", None)]
)
async def test_a_failed_read_says_when_to_come_again(
    stand: SimulatorStand, retry_after: str, seconds: float | None
) -> None:
    """Seconds, dates and nonsense in Retry-After."""
    stand.spoil("GetSchedule", "status", status=503, retry_after=retry_after)

    with pytest.raises(EmiasFailure) as failure:
        await stand.emias.get_schedule(DOCTOR, *horizon())

    assert (failure.value.http_status, failure.value.retry_after) == (503, seconds)


async def test_an_internal_error_may_have_committed(soap: SimulatorStand) -> None:
    """A code that blames EMIAS itself does not say that nothing was done."""
    slot = (await free_slots(soap.emias))[0]
    soap.spoil("CreateAppointment", "refuse", code="INTERNAL", commit=True)

    outcome = await soap.emias.create_appointment(request(slot))

    assert outcome == Unknown(Cause.HTTP_STATUS, 500, "INTERNAL")
    assert soap.active() == 1


async def test_a_refused_field_is_told_in_our_words(soap: SimulatorStand) -> None:
    """The contract's parameter becomes the field of the form."""
    slot = (await free_slots(soap.emias))[0]
    soap.spoil("CreateAppointment", "refuse", code="VALIDATION", field="oms")

    assert await soap.emias.create_appointment(request(slot)) == Rejected(
        Refusal.VALIDATION, "VALIDATION", "oms.number"
    )


@pytest.mark.parametrize("kind", ["commit_then_drop", "hang", "wrong_namespace", "html_200"])
async def test_a_cancellation_without_a_believable_answer_is_unknown(stand: SimulatorStand, kind: str) -> None:
    """A lost cancellation is in doubt like a lost booking."""
    booked = await _book(stand)
    assert isinstance(booked, Booked)
    stand.spoil("CancelAppointment", kind)

    outcome = await stand.emias.cancel_appointment("0101", str(booked.appointment_id), VERA, "patient")

    assert isinstance(outcome, Unknown)


async def test_a_closed_listener_was_never_reached(stand: SimulatorStand, simulator: Simulator) -> None:
    """Connection refused is surely not sent; when EMIAS is back, so are we."""
    slot = (await free_slots(stand.emias))[0]
    await simulator.stop()
    try:
        assert await stand.emias.create_appointment(request(slot)) == NotSent(Cause.CONNECT)
        with pytest.raises(EmiasFailure, match="connect"):
            await stand.emias.get_schedule(DOCTOR, *horizon())
    finally:
        await simulator.start()

    assert isinstance(await stand.emias.create_appointment(request(slot)), Booked)


async def test_a_server_of_another_name_or_ca_is_never_told_anything(
    stand: SimulatorStand, simulator: Simulator
) -> None:
    """The handshake ends before the request begins."""
    slot = (await free_slots(stand.emias))[0]
    profile = load_profile("seed-soap")
    foreign = client_context(TlsFiles(ca_file=simulator.pki.foreign_ca))
    async with await ContractEmias.open(profile, simulator.emias_url, foreign) as distrustful:
        assert await distrustful.create_appointment(request(slot)) == NotSent(Cause.TLS)

    await simulator.start("wrong_name_server")
    try:
        assert await stand.emias.create_appointment(request(slot)) == NotSent(Cause.TLS)
    finally:
        await simulator.start("server")
    assert stand.installation.journal.calls["CreateAppointment"] == 0


async def test_a_refused_client_certificate_is_never_taken_for_an_answer(
    stand: SimulatorStand, simulator: Simulator
) -> None:
    """TLS 1.3 refuses after the write: not sent when the alert is seen, unknown when only the reset is."""
    pki, slot = simulator.pki, (await free_slots(stand.emias))[0]
    for files in (
        TlsFiles(ca_file=pki.ca),
        TlsFiles(ca_file=pki.ca, cert_file=pki.foreign_client_cert, key_file=pki.foreign_client_key),
    ):
        profile = load_profile("seed-soap")
        async with await ContractEmias.open(profile, simulator.emias_url, client_context(files)) as stranger:
            outcome = await stranger.create_appointment(request(slot))
            with pytest.raises(EmiasFailure) as failure:
                await stranger.probe("0101")
        assert outcome in {NotSent(Cause.TLS), Unknown(Cause.RESET), Unknown(Cause.TLS)}
        assert failure.value.cause in {Cause.TLS, Cause.RESET}
    assert dict(stand.installation.journal.calls) == {"GetSchedule": 1}


async def test_the_range_is_read_in_as_many_calls_as_the_profile_says(soap: SimulatorStand) -> None:
    """Thirty days are one call, or three of ten days."""
    await soap.emias.get_schedule(DOCTOR, *horizon())

    entries = soap.installation.journal.entries()
    assert (entries[0]["soap"], len(entries)) in {("SOAP12", 1), ("SOAP11", 3)}


@pytest.mark.parametrize("style", ["local", "naive", "utc"])
async def test_dates_of_each_style_are_the_same_schedule(soap: SimulatorStand, style: str) -> None:
    """However EMIAS writes its dates, the slots are those of Moscow's days."""
    expected = await soap.emias.get_schedule(DOCTOR, *horizon())
    soap.installation.settings.change({"date_style": style})
    window = await soap.emias.get_schedule(DOCTOR, *horizon())

    assert isinstance(window, ScheduleWindow)
    assert isinstance(expected, ScheduleWindow)
    assert window.slots == expected.slots
    assert isinstance(await soap.emias.create_appointment(request((await free_slots(soap.emias))[0])), Booked)


async def test_one_hanging_call_does_not_stop_the_others(stand: SimulatorStand) -> None:
    """While one doctor's read hangs, others are read and bookings are made."""
    stand.spoil("GetSchedule", "hang")
    hanging = asyncio.create_task(stand.emias.get_schedule(DOCTOR, *horizon()))
    while not stand.installation.journal.in_flight:  # noqa: ASYNC110 - the stand-in offers no event for this
        await asyncio.sleep(0)

    assert isinstance(await _book(stand), Booked)
    with pytest.raises(EmiasFailure, match="timeout"):
        await hanging


async def test_nothing_of_the_patient_is_logged_or_told(
    stand: SimulatorStand, caplog: pytest.LogCaptureFixture
) -> None:
    """At the most talkative level, neither log nor outcome holds a name, number or policy."""
    caplog.set_level(logging.DEBUG)
    told: list[object] = []
    for kind in ("commit_then_drop", "two_bodies", "truncated", "fault_without_detail"):
        slot = (await free_slots(stand.emias))[len(told)]
        stand.installation.settings.change({"allow_repeat_patient": True})
        stand.spoil("CreateAppointment", kind)
        told.append(await stand.emias.create_appointment(request(slot)))
        told.append(await stand.emias.create_appointment(request(slot)))
    gc.collect()

    text = f"{caplog.text} {told!r}"
    for canary in (VERA.last_name, VERA.snils.digits, VERA.snils.dashed(), VERA.oms.number, "14.03.1985"):
        assert canary not in text
