"""A wish is begun, ended or put back, whatever its hand does."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from gateway.domain.wish import Ending, Later, Wish, WishState
from tests.unit.sync.fake_wishes import SAID, FakeWishes, a_wish


async def test_an_ending_is_written_down() -> None:
    """What the hand says is the wish's result."""
    wishes = FakeWishes()
    assert await wishes.service().one(a_wish()) == "done"
    assert wishes.ended[1].state is WishState.DONE


async def test_a_wish_is_put_back_when_its_hand_says_so() -> None:
    """It goes on later, with what the hand has to say meanwhile."""
    wishes = FakeWishes()

    async def wait(_wish: Wish) -> Later:
        return Later(timedelta(seconds=3), SAID)

    assert await wishes.service(wait).one(a_wish()) == "later"
    assert wishes.later[1].after == timedelta(seconds=3)


async def test_a_lost_lease_is_told() -> None:
    """Whoever is overtaken says so, and nobody counts the result twice."""
    assert await FakeWishes(is_ours=False).service().one(a_wish()) == "overtaken"


@pytest.mark.parametrize(
    ("wish", "state", "told"),
    [
        (a_wish(is_expired=True), WishState.REFUSED, "вовремя"),
        (a_wish(tries=13), WishState.FAILED, "много попыток"),
    ],
)
async def test_late_and_endless_wishes_end(wish: Wish, state: WishState, told: str) -> None:
    """What nobody began in time, and what never comes to an end, is ended without its hand."""
    wishes = FakeWishes()

    async def never(_wish: Wish) -> Ending:
        raise AssertionError

    await wishes.service(never).one(wish)
    assert wishes.ended[1].state is state
    assert told in wishes.ended[1].said.russian


async def test_a_broken_hand_is_tried_again() -> None:
    """A fault is that wish's alone: it is logged by its type and the wish goes on later."""
    wishes = FakeWishes()

    async def break_down(_wish: Wish) -> Ending:
        raise KeyError("112-233-445 95")

    with capture_logs() as logs:
        assert await wishes.service(break_down).one(a_wish()) == "later"
    assert wishes.later[1].said.russian == "сбой шлюза (KeyError), повторим"
    assert [entry["event"] for entry in logs] == ["wish_broke"]


async def test_a_hand_that_takes_too_long_leaves_the_wish_to_its_lease() -> None:
    """Nothing is written: another worker finds out what was done."""
    wishes = FakeWishes()

    async def hang(_wish: Wish) -> Ending:
        await asyncio.Event().wait()
        raise AssertionError

    with capture_logs():
        result = await wishes.service(hang, lease=timedelta(milliseconds=20)).one(a_wish())
    assert (result, wishes.ended, wishes.later) == ("overtaken", {}, {})
