"""What an operator switches off stays off, for every replica, and leaves a trace."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from gateway.commands.switches import list_switches, switch_booking, switch_institution
from gateway.domain.booking import BookingState
from gateway.domain.errors import EmiasFailure, EmiasUnavailable
from gateway.domain.outcomes import Cause, NotSent, Unknown
from gateway.domain.settlement import settle_create
from gateway.services.report import EmiasState
from gateway.settings import DatabaseSettings, read_settings
from gateway.store.switches import SwitchBoard
from tests.integration.restraint.replicas import LPU, Replicas


@pytest.fixture
def board(replicas: Replicas) -> SwitchBoard:
    """Give the operator's hand."""
    return SwitchBoard(replicas.database)


@pytest.fixture
def settings(replicas: Replicas) -> DatabaseSettings:
    """Give the settings of the command line."""
    return read_settings(DatabaseSettings, {"DATABASE_URL": replicas.database.url, "DATABASE_POOL": "2"})


async def _obeyed() -> None:
    """Wait as long as an operator is promised to wait at most."""
    await asyncio.sleep(1)


async def _entries(replicas: Replicas) -> list[tuple[object, ...]]:
    rows = await replicas.database.pool.fetch(
        "SELECT lpu_code, booking_id, switch, is_on, reason, actor FROM switch_log ORDER BY id"
    )
    return [tuple(row) for row in rows]


async def test_stopped_calls_reach_emias_from_no_replica(replicas: Replicas, board: SwitchBoard) -> None:
    """Bookings are refused as not sent, reads fail, EMIAS hears nothing, and the site's status says stopped."""
    slots = await replicas.slots()
    intents = [await replicas.intent(slot) for slot in slots[:2]]
    assert await board.institution(LPU, "calls", on=False, reason="works", actor="ops")
    await _obeyed()
    arrived = replicas.arrived
    for house, intent in zip(replicas.houses, intents, strict=True):
        (refused,) = await asyncio.gather(house.book.submit(intent), return_exceptions=True)
        assert isinstance(refused, EmiasUnavailable)
        assert refused.cause is Cause.STOPPED
        with pytest.raises(EmiasFailure, match="stopped"):
            await house.refresh.emias.probe(LPU)
    assert replicas.arrived == arrived
    status = await replicas.houses[1].report.status(replicas.site.id)
    assert (status.emias, status.institutions[0].emias) == (EmiasState.DOWN, EmiasState.STOPPED)
    await board.institution(LPU, "calls", on=True, reason="over", actor="ops")
    await _obeyed()
    booked = await replicas.houses[0].book.submit(await replicas.intent(slots[2]))
    assert booked.state is BookingState.BOOKED
    assert await _entries(replicas) == [
        (LPU, None, "calls", False, "works", "ops"),
        (LPU, None, "calls", True, "over", "ops"),
    ]


async def test_stopped_retries_send_nothing_again(replicas: Replicas, board: SwitchBoard) -> None:
    """With retries off a booking that was not sent fails after one attempt."""
    (slot,) = (await replicas.slots())[:1]
    intent = await replicas.intent(slot)
    await board.institution(LPU, "retries", on=False, reason="storm", actor="ops")
    await replicas.simulator.stop()
    (refused,) = await asyncio.gather(replicas.houses[0].book.submit(intent), return_exceptions=True)
    assert isinstance(refused, EmiasUnavailable)
    assert [step[2:] for step in await replicas.steps(intent.booking_id)] == [("submitted", 1), ("not_sent", 1)]


async def test_doubts_whose_retries_are_stopped_go_to_the_operator(replicas: Replicas, board: SwitchBoard) -> None:
    """Those in doubt at once, those that come later by the worker's chore; a look under way has lost its token."""
    slots, house = await replicas.slots(), replicas.houses[0]
    replicas.spoil_all("drop")
    early = await house.book.submit(await replicas.intent(slots[0]))
    assert early.state is BookingState.IN_DOUBT
    await board.institution(LPU, "retries", on=False, reason="storm", actor="ops")
    late = await house.book.submit(await replicas.intent(slots[1]))
    assert late.state is BookingState.IN_DOUBT
    assert await house.housekeeping.hand_over_stopped() == 1
    assert await house.housekeeping.hand_over_stopped() == 0
    for booking, actor in ((early, "ops"), (late, "sync")):
        assert (await house.book.state(replicas.site.id, booking.id)).state is BookingState.MANUAL
        assert (await replicas.steps(booking.id))[-1] == ("in_doubt", "manual", "retries_stopped", 1)
        last = await replicas.database.pool.fetchval(
            "SELECT actor FROM booking_history WHERE booking_id = $1 ORDER BY id DESC LIMIT 1", booking.id
        )
        assert last == actor
    ledger = house.book.ledger
    assert await ledger.settle(early.id, early.token, settle_create(NotSent(Cause.DNS)), actor="late") is None
    assert await ledger.settle(late.id, late.token, settle_create(Unknown(Cause.RESET)), actor="late") is None


async def test_one_booking_can_be_stopped_alone(replicas: Replicas, settings: DatabaseSettings) -> None:
    """The command stops one doubt for good and leaves the other to the worker; an unknown booking is told."""
    slots, house = await replicas.slots(), replicas.houses[0]
    replicas.spoil_all("drop")
    one, other = [await house.book.submit(await replicas.intent(slot)) for slot in slots[:2]]
    assert await switch_booking(settings, one.id, on=False, reason="the clinic called") == 0
    assert await house.housekeeping.hand_over_stopped() == 0
    states = [(await house.book.state(replicas.site.id, each.id)).state for each in (one, other)]
    assert states == [BookingState.MANUAL, BookingState.IN_DOUBT]
    assert await switch_booking(settings, uuid4(), on=False, reason="-") == 1
    ((lpu_code, booking_id, switch, is_on, reason, actor),) = await _entries(replicas)
    assert (lpu_code, booking_id, switch, is_on, reason) == (LPU, one.id, "retries", False, "the clinic called")
    assert str(actor).startswith("cli")


async def test_the_commands_tell_how_things_stand(
    replicas: Replicas, settings: DatabaseSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    """A switch is turned, shown with its reason, and an institution that does not exist is status 1."""
    assert await switch_institution(settings, LPU, "sale", on=False, reason="moved house") == 0
    assert await switch_institution(settings, "nowhere", "calls", on=False, reason="-") == 1
    assert await list_switches(settings) == 0
    told = capsys.readouterr().out
    assert f"{LPU}: sale off" in told
    assert "there is no institution nowhere" in told
    assert "moved house" in told
    assert not (await replicas.houses[0].report.status(replicas.site.id)).institutions


async def test_whoever_turns_a_switch_without_the_command_is_logged_too(replicas: Replicas) -> None:
    """A change in the admin or with psql leaves its row, by the name of the connection."""
    await replicas.database.pool.execute("UPDATE institutions SET calls_stopped = true, switch_reason = 'by hand'")
    await replicas.database.pool.execute("UPDATE institutions SET calls_stopped = true, name = 'Другая'")
    assert await _entries(replicas) == [(LPU, None, "calls", False, "by hand", "emias-gateway")]
    assert await replicas.database.pool.fetchval("SELECT switched_at IS NOT NULL FROM institutions")
