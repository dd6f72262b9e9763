"""How soon a switch is obeyed, also with the table away, and what the institutions' health is made of."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from gateway.domain.outcomes import Cause
from gateway.store.engine import Database, open_pool
from gateway.store.health import HealthNotes
from gateway.store.switches import Switches
from tests.integration.builders import Maker


class Time:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def time() -> Time:
    """Make a clock."""
    return Time()


async def _turn(database: Database, *, stopped: bool) -> None:
    await database.pool.execute("UPDATE institutions SET calls_stopped = $1", stopped)


async def test_a_switch_is_read_anew_twice_a_second(database: Database, maker: Maker, time: Time) -> None:
    """What was read is believed for half a second; an institution that nobody knows is not stopped."""
    lpu_code, switches = await maker.institution(), Switches(database, time)
    assert not await switches.calls_stopped(lpu_code)
    await _turn(database, stopped=True)
    time.now = 0.49
    assert not await switches.calls_stopped(lpu_code)
    time.now = 0.5
    assert await switches.calls_stopped(lpu_code)
    assert not await switches.calls_stopped("nowhere")


async def test_with_the_table_away_the_last_position_holds(database: Database, maker: Maker, time: Time) -> None:
    """Who was stopped stays stopped, who was not is not, and it is logged."""
    stopped, free = await maker.institution(), await maker.institution()
    await database.pool.execute("UPDATE institutions SET calls_stopped = true WHERE lpu_code = $1", stopped)
    async with open_pool(database.url, min_size=1, max_size=1) as own:
        switches = Switches(own, time)
        assert [await switches.calls_stopped(code) for code in (stopped, free)] == [True, False]
    time.now = 1.0
    with capture_logs() as events:
        assert [await switches.calls_stopped(code) for code in (stopped, free)] == [True, False]
        assert not await switches.calls_stopped("unseen")
    assert {event["event"] for event in events} == {"switches_unreadable"}


async def test_health_is_noted_once_a_second(database: Database, maker: Maker, time: Time) -> None:
    """Answers and failures of calls are in the table soon, each kind once a second at most."""
    lpu_code, health = await maker.institution(), HealthNotes(database, time)
    health.note(lpu_code, None)
    health.note(lpu_code, Cause.TIMEOUT)
    health.note(lpu_code, Cause.RESET)
    await health.drain()
    row = await database.pool.fetchrow("SELECT last_ok_at, last_error FROM institutions")
    assert row["last_ok_at"] is not None
    assert row["last_error"] == "timeout"


async def test_health_that_cannot_be_noted_troubles_nobody(database: Database, time: Time) -> None:
    """With the table away the call goes on, and it is logged."""
    async with open_pool(database.url, min_size=1, max_size=1) as own:
        health = HealthNotes(own, time)
    with capture_logs() as events:
        health.note("0101", Cause.TIMEOUT)
        await health.drain()
    assert [event["event"] for event in events] == ["health_not_noted"]
