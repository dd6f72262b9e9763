"""Other slots in place of a lost one."""

from __future__ import annotations

import asyncio

import pytest

from gateway.ports import SlotSighting
from gateway.services.offer import MOST_ALTERNATIVES, Offer
from tests.unit.services.fakes import Pause, SiteDirectory
from tests.unit.services.samples import ALTERNATIVE, NOW, SLOT, slot_at


def _directory() -> SiteDirectory:
    return SiteDirectory({SLOT.id: SlotSighting(SLOT, True, NOW)}, alternatives=[ALTERNATIVE])  # noqa: FBT003 - free


async def test_a_thousand_losers_share_one_search() -> None:
    """All who lose the same slot at once get the answer of a single search."""
    directory = _directory()
    offer = Offer(directory)
    answers = await asyncio.gather(*(offer.instead_of(1, SLOT.id) for _ in range(1000)))
    assert directory.searches == 1
    assert answers == [[ALTERNATIVE]] * 1000


async def test_later_losers_search_anew() -> None:
    """An answer is not kept for those who come after."""
    directory = _directory()
    offer = Offer(directory)
    await offer.instead_of(1, SLOT.id)
    await offer.instead_of(1, SLOT.id)
    assert directory.searches == 2


async def test_a_loser_who_leaves_takes_nothing_from_the_others() -> None:
    """When the one who began the search hangs up, the rest still get their answer."""
    directory = _directory()
    directory.pause = Pause()
    offer = Offer(directory)
    first = asyncio.create_task(offer.instead_of(1, SLOT.id))
    await directory.pause.reached.wait()
    second = asyncio.create_task(offer.instead_of(1, SLOT.id))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    directory.pause.over.set()
    assert await second == [ALTERNATIVE]
    assert directory.searches == 1


async def test_a_failed_search_is_told_to_all_and_forgotten() -> None:
    """Every loser of the moment gets the error; the next search starts anew."""
    directory = _directory()
    directory.error = ConnectionError()
    offer = Offer(directory)
    answers = await asyncio.gather(*(offer.instead_of(1, SLOT.id) for _ in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ConnectionError] * 3
    directory.error = None
    assert await offer.instead_of(1, SLOT.id) == [ALTERNATIVE]


async def test_an_unknown_slot_has_no_alternatives() -> None:
    """Nothing is near a slot that nobody knows."""
    directory = _directory()
    assert await Offer(directory).instead_of(1, slot_at(99).id) == []
    assert directory.searches == 0


async def test_no_more_than_six_are_offered() -> None:
    """The list is bounded."""
    directory = _directory()
    directory.alternatives = [ALTERNATIVE] * 20
    assert len(await Offer(directory).instead_of(1, SLOT.id)) == MOST_ALTERNATIVES == 6
