"""Calls that end by themselves."""

from __future__ import annotations

import asyncio

import pytest

from gateway.services.under_way import UnderWay
from tests.unit.services.fakes import Pause


async def test_a_shielded_call_gives_its_result() -> None:
    """The caller gets what the call returns."""
    assert await UnderWay().shielded(asyncio.sleep(0, "done")) == "done"


async def test_a_shielded_call_gives_its_error() -> None:
    """The caller gets what the call raises."""
    with pytest.raises(TimeoutError):
        await UnderWay().shielded(asyncio.wait_for(asyncio.Event().wait(), 0))


async def test_the_call_outlives_its_caller() -> None:
    """A cancelled caller goes, the call goes on, and draining waits for it."""
    under_way, pause, ended = UnderWay(), Pause(), asyncio.Event()

    async def call() -> None:
        await pause.wait()
        ended.set()

    caller = asyncio.create_task(under_way.shielded(call()))
    await pause.reached.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    pause.over.set()
    await under_way.drain()
    assert ended.is_set()


async def test_draining_waits_for_calls_that_begin_meanwhile() -> None:
    """A call begun by a call is waited for too, and an error of one does not end the wait."""
    under_way, ended = UnderWay(), asyncio.Event()

    async def last() -> None:
        ended.set()

    async def first() -> None:
        await asyncio.sleep(0)
        under_way.begin(last())
        raise ValueError("broken")

    task = under_way.begin(first())
    await under_way.drain()
    assert ended.is_set()
    assert isinstance(task.exception(), ValueError)


async def test_a_drain_that_is_cut_short_stops_no_call() -> None:
    """Who stops waiting at shutdown leaves the calls running."""
    under_way, pause = UnderWay(), Pause()
    call = under_way.begin(pause.wait())
    drain = asyncio.create_task(under_way.drain())
    await pause.reached.wait()
    drain.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drain
    assert not call.done()
    pause.over.set()
    await call
    assert not call.cancelled()


async def test_draining_nothing_returns() -> None:
    """Without calls there is nothing to wait for."""
    await UnderWay().drain()
