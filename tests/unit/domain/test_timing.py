"""Times in buckets and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.timing import BUCKETS, TIME_BOUNDS, bucket_of, percentile


def _counted(times: list[float]) -> list[int]:
    counts = [0] * BUCKETS
    for time in times:
        counts[bucket_of(time)] += 1
    return counts


@pytest.mark.parametrize(("seconds", "bucket"), [(0.0, 0), (0.05, 0), (0.051, 1), (40.0, 13), (40.1, 14), (900.0, 14)])
def test_a_time_belongs_to_the_bucket_below_its_bound(seconds: float, bucket: int) -> None:
    """A bound belongs to its own bucket, and what is above the last to one more."""
    assert bucket_of(seconds) == bucket


def test_without_calls_there_is_no_percentile() -> None:
    """Nothing is told of no calls."""
    assert percentile([0] * BUCKETS, 0.5) is None


def test_equal_times_are_spread_over_their_bucket() -> None:
    """Half of four calls between 100 and 200 ms ended within 150 ms."""
    assert percentile(_counted([0.15] * 4), 0.5) == pytest.approx(0.15)


@given(st.lists(st.floats(0, 39), min_size=1), st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_the_estimate_lies_in_the_bucket_of_the_true_percentile(times: list[float], part: float) -> None:
    """The estimate is never further off than the bucket is wide."""
    told = percentile(_counted(times), part)
    true = sorted(times)[max(0, -(-int(part * 100) * len(times) // 100) - 1)]
    assert told is not None
    place = bucket_of(true)
    assert told <= TIME_BOUNDS[place] + 1e-9
    assert told >= (TIME_BOUNDS[place - 1] if place else 0.0) - 1e-9


def test_what_is_above_the_last_bound_counts_as_the_bound() -> None:
    """An hour is told as forty seconds."""
    assert percentile(_counted([3600.0]), 0.5) == TIME_BOUNDS[-1]
