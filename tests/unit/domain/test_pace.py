"""How soon a schedule is read again."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.pace import Pace

SHORTEST, LONGEST = timedelta(seconds=300), timedelta(seconds=900)
PACE = Pace(SHORTEST, LONGEST)


@settings(deadline=None)
@given(st.timedeltas(timedelta(), timedelta(days=30)))
def test_the_interval_stays_within_its_bounds(interval: timedelta) -> None:
    """However long the last interval was, the next is neither shorter nor longer than allowed."""
    assert SHORTEST <= PACE.after_change(interval) <= PACE.after_rest(interval) <= LONGEST


def test_change_hastens_and_rest_slows() -> None:
    """A schedule that moves is read twice as often, one that rests half as often again."""
    middle = timedelta(seconds=600)
    assert (PACE.after_change(middle), PACE.after_rest(middle)) == (SHORTEST, LONGEST)
    assert PACE.after_rest(SHORTEST) == timedelta(seconds=450)


def test_failures_wait_longer_each_time() -> None:
    """The wait doubles with each failure in a row, up to the longest interval."""
    waits = [PACE.after_failure(failures, None).total_seconds() for failures in range(6)]
    assert waits == [60, 120, 240, 480, 900, 900]


def test_a_wish_of_emias_is_granted_within_the_longest() -> None:
    """Retry-After lengthens the wait and never shortens it."""
    assert PACE.after_failure(0, 100) == timedelta(seconds=100)
    assert PACE.after_failure(0, 3) == timedelta(seconds=60)
    assert PACE.after_failure(0, 86400) == LONGEST


@pytest.mark.parametrize("strange", [0.0, -5.0, 1e300, math.inf, -math.inf, math.nan])
def test_a_strange_wish_is_bounded(strange: float) -> None:
    """No number that EMIAS could send leads out of the bounds."""
    assert timedelta(seconds=60) <= PACE.after_failure(0, strange) <= LONGEST


@pytest.mark.parametrize("failures", [10, 1000, 10**9])
def test_any_number_of_failures_is_bounded(failures: int) -> None:
    """A doctor that has failed for a year is still read at the longest interval."""
    assert PACE.after_failure(failures, None) == LONGEST
