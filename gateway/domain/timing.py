"""How long calls took, counted in buckets, and the percentiles read back from them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

__all__ = ["BUCKETS", "TIME_BOUNDS", "bucket_of", "percentile"]

TIME_BOUNDS: Final = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 40.0)
"""Upper bounds in seconds, each belonging to its bucket; one bucket more takes what is above the last."""

BUCKETS: Final = len(TIME_BOUNDS) + 1


def bucket_of(seconds: float) -> int:
    """Number the bucket of a time, from 0."""
    return next((number for number, bound in enumerate(TIME_BOUNDS) if seconds <= bound), len(TIME_BOUNDS))


def percentile(counts: Sequence[int], part: float) -> float | None:
    """Estimate the time in seconds within which a part (0 to 1) of the calls ended; None when there were none.

    Within a bucket the calls are taken as spread evenly; what is above the last bound counts as the bound.
    """
    total = sum(counts)
    if not total:
        return None
    wanted = part * total
    for number, reached in enumerate(accumulate(counts)):
        if counts[number] and reached >= wanted:
            if number == len(TIME_BOUNDS):
                break
            lower = TIME_BOUNDS[number - 1] if number else 0.0
            return lower + (TIME_BOUNDS[number] - lower) * (wanted - reached + counts[number]) / counts[number]
    return TIME_BOUNDS[-1]
