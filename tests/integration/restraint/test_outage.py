"""EMIAS away for long, and back: who calls it meanwhile, and how the calls come back."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from itertools import pairwise

from prometheus_client import CollectorRegistry

from gateway.domain.booking import BookingState
from gateway.domain.circuit import Circuit, CircuitState, Lane
from gateway.domain.errors import EmiasFailure, EmiasUnavailable
from gateway.domain.moscow import moscow_day
from gateway.domain.outcomes import Cause, Unknown
from gateway.domain.settlement import settle_create
from gateway.ports import Breaker, Emias
from gateway.services.report import EmiasState
from sync.signs import Signs
from sync.worker import run_worker
from tests.integration.builders import Maker, intent_for
from tests.integration.restraint.replicas import LPU, Replicas

_FAILURES, _CONCURRENCY, _LEAST_OPEN = 3, 3, 0.5


async def _read(emias: Emias, replicas: Replicas, number: int) -> Cause | None:
    """Read a doctor's day and tell how that ended."""
    doctors, today = replicas.doctors, moscow_day(replicas.houses[0].clock.now())
    try:
        await emias.get_schedule(doctors[number % len(doctors)], today, today)
    except EmiasFailure as failure:
        return failure.cause
    return None


async def _read_all(replicas: Replicas, times: int) -> Counter[Cause | None]:
    """Let both replicas read at once."""
    reads = (_read(emias, replicas, number) for number in range(times) for emias in replicas.emias)
    return Counter(await asyncio.gather(*reads))


def _breaker(replicas: Replicas) -> Breaker:
    return replicas.houses[0].report.breaker


async def _until(breaker: Breaker, state: CircuitState, lane: Lane = Lane.READS) -> None:
    while await breaker.state(Circuit(LPU, lane)) is not state:  # noqa: ASYNC110 - Redis's clock sets no event
        await asyncio.sleep(0.02)


async def test_an_emias_that_fails_is_left_alone(replicas: Replicas) -> None:
    """After a few failures calls of both replicas no longer arrive, but for one probe at a time."""
    replicas.spoil_all("drop")
    causes = await _read_all(replicas, _FAILURES)
    assert _FAILURES <= replicas.arrived == causes[Cause.RESET] <= 2 * _FAILURES
    arrived = replicas.arrived
    causes = await _read_all(replicas, 30)
    assert causes[Cause.BREAKER] > causes[Cause.RESET] == replicas.arrived - arrived
    arrived = replicas.arrived
    journal = replicas.simulator.installation.journal
    journal.begin_again()
    crowd = [asyncio.create_task(_insist(replicas, number)) for number in range(12)]
    while replicas.arrived < arrived + 4:  # noqa: ASYNC110 - EMIAS sets no event
        await asyncio.sleep(0.05)
    for each in crowd:
        each.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    probes = [entry["at"] for entry in journal.entries()][arrived:]
    assert journal.most_in_flight == 1
    assert all(later - earlier >= _LEAST_OPEN for earlier, later in pairwise(probes))


def _workers(replicas: Replicas, stop: asyncio.Event) -> list[asyncio.Task[None]]:
    return [
        asyncio.create_task(run_worker(house, stop, Signs(CollectorRegistry()), grace=timedelta(seconds=20)))
        for house in replicas.houses
    ]


async def _insist(replicas: Replicas, number: int) -> None:
    """Read over and over, through one replica or the other, until it succeeds."""
    while await _read(replicas.emias[number % 2], replicas, number) is not None:  # noqa: ASYNC110 - EMIAS sets no event
        await asyncio.sleep(0.05)


async def test_emias_back_is_not_run_over(replicas: Replicas) -> None:
    """The probe's answer closes the circuit, and a waiting crowd comes no faster than the budget grants."""
    replicas.spoil_all("drop")
    await _read_all(replicas, 10)
    replicas.heal()
    await asyncio.gather(*(_insist(replicas, number) for number in range(30)))
    assert replicas.most_within(1.0) <= replicas.granted_within(1.0)
    assert replicas.simulator.installation.journal.most_in_flight <= _CONCURRENCY
    assert not (await _breaker(replicas).state(Circuit(LPU, Lane.READS))).is_tripped


async def test_a_stopped_emias_refuses_bookings_and_then_takes_them(replicas: Replicas) -> None:
    """Attempts that were surely not sent are rows; then the breaker speaks, the site is told so, and all ends well."""
    first, second, third = (await replicas.slots())[:3]
    one, other = replicas.houses
    await replicas.simulator.stop()
    intent = await replicas.intent(first)
    refused = await asyncio.gather(one.book.submit(intent), return_exceptions=True)
    assert isinstance(refused[0], EmiasUnavailable)
    assert await replicas.steps(intent.booking_id) == [
        (None, "submitting", "submitted", 1),
        ("submitting", "submitting", "again_after_connect", 2),
        ("submitting", "submitting", "again_after_connect", 3),
        ("submitting", "failed", "not_sent", 3),
    ]
    later = await replicas.intent(second)
    (kept,) = await asyncio.gather(other.book.submit(later), return_exceptions=True)
    assert isinstance(kept, EmiasUnavailable)
    assert kept.cause is Cause.BREAKER
    status = await other.report.status(replicas.site.id)
    assert (status.emias, status.institutions[0].emias) == (EmiasState.DOWN, EmiasState.DOWN)
    await replicas.simulator.start()
    await _until(_breaker(replicas), CircuitState.HALF_OPEN, Lane.BOOKINGS)
    booked = await one.book.submit(await replicas.intent(third))
    assert booked.state is BookingState.BOOKED
    assert len(list(replicas.simulator.installation.ledger)) == 1


async def test_bookings_tell_the_institution_s_health(replicas: Replicas) -> None:
    """Without any worker the table knows that EMIAS has answered a booking, and that it has failed one."""
    slots, house = await replicas.slots(), replicas.houses[0]
    health = "SELECT last_ok_at IS NOT NULL AS ok, last_error FROM institutions"
    await replicas.database.pool.execute("UPDATE institutions SET last_ok_at = NULL")
    await asyncio.sleep(1)
    await house.book.submit(await replicas.intent(slots[0]))
    replicas.spoil_all("drop")
    await house.book.submit(await replicas.intent(slots[-1]))
    while (row := await replicas.database.pool.fetchrow(health))["last_error"] is None:  # noqa: ASYNC110 - a note sets no event
        await asyncio.sleep(0.02)
    assert tuple(row) == (True, "reset")


async def test_an_unknown_outcome_is_never_sent_again(replicas: Replicas) -> None:
    """When EMIAS commits and drops the connection there is one call and one appointment, and a doubt."""
    (slot,) = (await replicas.slots())[:1]
    intent = await replicas.intent(slot)
    replicas.spoil_all("commit_then_drop")
    booking = await replicas.houses[0].book.submit(intent)
    assert booking.state is BookingState.IN_DOUBT
    assert replicas.simulator.installation.journal.calls["CreateAppointment"] == 1
    assert [step[3] for step in await replicas.steps(intent.booking_id)] == [1, 1]


async def test_the_due_list_does_not_fire_when_emias_returns(replicas: Replicas) -> None:
    """Two workers whose doctors all fell due in an outage read them at the budget's pace, without counting failures."""
    replicas.simulator.installation.journal.calls.clear()
    await replicas.simulator.stop()
    stop = asyncio.Event()
    workers = _workers(replicas, stop)
    try:
        await _until(_breaker(replicas), CircuitState.OPEN)
        await _everyone_was_put_off(replicas)
        assert replicas.arrived == 0
        await replicas.simulator.start()
        await _everyone_is_read(replicas)
    finally:
        stop.set()
        await asyncio.gather(*workers)
    assert replicas.most_within(1.0) <= replicas.granted_within(1.0)
    failures = await replicas.database.pool.fetchval("SELECT count(*) FROM sync_log WHERE outcome = 'failed'")
    assert failures < len(replicas.doctors)


async def test_doubts_do_not_come_all_at_once(replicas: Replicas) -> None:
    """A dozen doubts that fell due in an outage are looked at by two workers within the budget when EMIAS is back."""
    ledger, maker = replicas.houses[0].book.ledger, Maker(replicas.database)
    for slot in (await replicas.slots())[:12]:
        hold = await maker.hold(slot, holder := replicas.site.holder())
        booking, _ = await ledger.open(intent_for(holder, hold.id))
        await ledger.settle(booking.id, booking.token, settle_create(Unknown(Cause.RESET)), actor="test")
    await replicas.database.pool.execute("UPDATE bookings SET next_check_at = now()")
    await replicas.database.pool.execute("UPDATE emias_doctors SET next_sync_at = now() + interval '1 hour'")
    await replicas.simulator.stop()
    journal, stop = replicas.simulator.installation.journal, asyncio.Event()
    journal.begin_again()
    workers = _workers(replicas, stop)
    try:
        await _until(_breaker(replicas), CircuitState.OPEN, Lane.BOOKINGS)
        await replicas.simulator.start()
        while journal.calls["FindAppointments"] < 12:  # noqa: ASYNC110 - EMIAS sets no event
            await asyncio.sleep(0.05)
    finally:
        stop.set()
        await asyncio.gather(*workers)
    assert replicas.most_within(1.0) <= replicas.granted_within(1.0)
    assert journal.most_in_flight <= _CONCURRENCY
    states = await replicas.database.pool.fetch("SELECT DISTINCT state FROM bookings")
    assert [row["state"] for row in states] == ["in_doubt"]


async def _everyone_was_put_off(replicas: Replicas) -> None:
    untried = "SELECT count(*) FROM emias_doctors WHERE attempted_at IS NULL"
    while await replicas.database.pool.fetchval(untried):  # noqa: ASYNC110 - the worker sets no event
        await asyncio.sleep(0.05)


async def _everyone_is_read(replicas: Replicas) -> None:
    unread = "SELECT count(*) FROM emias_doctors e WHERE e.as_of IS NULL"
    while await replicas.database.pool.fetchval(unread):  # noqa: ASYNC110 - the worker sets no event
        await asyncio.sleep(0.1)
