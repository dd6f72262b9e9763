"""The judge itself: what it calls a violation, and what it must not."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.faults.history import violations
from tests.faults.stage import Slot
from tests.faults.visitor import Event

_SLOT = Slot(UUID(int=1), "701", "0101", "41001", datetime(2026, 12, 1, tzinfo=UTC))
_FOREVER = datetime(2030, 1, 1, tzinfo=UTC).timestamp()


def _event(visitor: str, call: str, began: float, status: int | None, expires: float = _FOREVER) -> Event:
    answer = {"expires_at": datetime.fromtimestamp(expires, UTC).isoformat()}
    return Event(visitor, call, _SLOT, began, began + 0.1, status, answer)


@pytest.mark.quick
@pytest.mark.parametrize(
    "history",
    [
        [_event("a", "hold", 1, 201), _event("b", "hold", 2, 201)],
        [_event("a", "hold", 1, 201), _event("a", "book", 2, 201), _event("b", "book", 9, 201)],
        [_event("a", "hold", 1, 201, 5), _event("a", "renew", 4, 200, 9), _event("b", "hold", 6, 201)],
        [_event("a", "hold", 1, 201), _event("b", "hold", 1.05, 201)],
    ],
    ids=["two holds", "two bookings", "within a renewal", "at the same moment"],
)
def test_two_sure_owners_are_a_violation(history: list[Event]) -> None:
    """Two visitors who were both told that the slot is theirs are accused, once."""
    assert len(violations(history)) == 1


@pytest.mark.quick
@pytest.mark.parametrize(
    "history",
    [
        [_event("a", "hold", 1, 201), _event("a", "release", 2, None), _event("b", "hold", 2.05, 201)],
        [_event("a", "hold", 1, 201, 3), _event("b", "hold", 3, 201)],
        [_event("a", "hold", 1, None), _event("b", "hold", 1, 201)],
        [_event("a", "hold", 1, 201), _event("a", "book", 2, 202), _event("b", "hold", 3, 201)],
        [_event("a", "book", 1, 201), _event("a", "cancel", 2, 200), _event("b", "book", 3, 201)],
    ],
    ids=["released", "expired", "never answered", "in doubt", "cancelled"],
)
def test_one_after_the_other_is_none(history: list[Event]) -> None:
    """Who came after the other had let go, or was never told yes, is not accused."""
    assert violations(history) == []
