"""Which days are shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway.domain.errors import FieldError
from gateway.ports import DoctorFilter
from gateway.services.browse import LONGEST_RANGE, Browse
from tests.unit.services.fakes import SiteDirectory
from tests.unit.services.fakes_of_time import FixedClock
from tests.unit.services.samples import NOW

TODAY = NOW.date()
DAY = timedelta(days=1)
HORIZON = timedelta(days=29)


def _browse() -> tuple[Browse, SiteDirectory]:
    directory = SiteDirectory()
    return Browse(directory, FixedClock(), HORIZON), directory


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (None, None, (TODAY, TODAY + HORIZON)),
        (None, TODAY, (TODAY, TODAY)),
        (TODAY, None, (TODAY, TODAY + HORIZON)),
        (TODAY + 3 * DAY, TODAY + 5 * DAY, (TODAY + 3 * DAY, TODAY + 5 * DAY)),
        (TODAY - DAY, TODAY, (TODAY, TODAY)),
        (TODAY - DAY, None, (TODAY, TODAY + HORIZON)),
        (TODAY + 40 * DAY, None, (TODAY + 40 * DAY, TODAY + 40 * DAY)),
        (TODAY, TODAY + LONGEST_RANGE, (TODAY, TODAY + LONGEST_RANGE)),
        (TODAY - DAY, TODAY + LONGEST_RANGE, (TODAY, TODAY + LONGEST_RANGE)),
        (date.max, None, (date.max, date.max)),
    ],
)
def test_a_range_is_completed(first: date | None, last: date | None, shown: tuple[date, date]) -> None:
    """What is left out is filled from today and the horizon; yesterday is forgiven."""
    browse, _ = _browse()
    assert browse.days(first, last) == shown


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        (TODAY - 2 * DAY, None, "from: date_in_past"),
        (date.min, TODAY, "from: date_in_past"),
        (None, TODAY - DAY, "to: date_in_past"),
        (TODAY - DAY, TODAY - DAY, "to: date_in_past"),
        (TODAY + 5 * DAY, TODAY + 4 * DAY, "to: range_reversed"),
        (TODAY, TODAY + LONGEST_RANGE + DAY, "to: range_too_long"),
        (None, date.max, "to: range_too_long"),
    ],
)
def test_a_wrong_range_is_named(first: date | None, last: date | None, problem: str) -> None:
    """Days gone by, reversed and endless ranges are refused by the field at fault."""
    browse, _ = _browse()
    with pytest.raises(FieldError) as caught:
        browse.days(first, last)
    assert str(caught.value) == problem


async def test_slots_are_asked_for_the_completed_days() -> None:
    """The table is asked for the range that is shown."""
    browse, directory = _browse()
    told = await browse.slots(1, "17", None, TODAY)
    assert directory.asked_slots == (1, "17", TODAY, TODAY)
    assert (told.first, told.last) == (TODAY, TODAY)


async def test_lists_are_the_sites_own() -> None:
    """Specialties and doctors are asked for one site, with the caller's filter."""
    browse, _ = _browse()
    assert [specialty.id for specialty in await browse.specialties(1)] == ["1"]
    assert await browse.doctors(1, DoctorFilter(cursor="c")) == ([], "c")
