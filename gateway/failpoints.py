"""Named places in the life of a booking where the fault tests may stop or kill the process; at rest they do nothing.

Every call site reads `if __debug__: await reach("…")`, so that under `python -O`, as the production image runs, none of
them is compiled. Nothing in the product arms a point, and no setting does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

__all__ = ["POINTS", "arm", "is_armed", "reach"]

POINTS: Final = (
    "intent_not_committed",
    "intent_committed",
    "request_half_sent",
    "request_sent",
    "reply_unread",
    "reply_read",
    "result_not_committed",
    "result_committed",
)
"""The points of a booking, in the order in which it passes them."""

Act = Callable[[], Awaitable[None]]
_armed: dict[str, Act] = {}


async def reach(point: str) -> None:
    """Pass the point, or do what it was armed with."""
    act = _armed.get(point)
    if act is not None:
        await act()


def is_armed(point: str) -> bool:
    """Tell whether a passage of the point would act."""
    return point in _armed


def arm(point: str, act: Act) -> None:
    """Let every passage of the point act from now on; raise `ValueError` when there is no such point."""
    if point not in POINTS:
        raise ValueError(point)
    _armed[point] = act
