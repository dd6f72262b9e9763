"""Judge a history: at no instant may two visitors surely own one slot.

A hold is surely its visitor's from the answer that grants it until he asks for its end, sends the form in, or the
answered expiry has come; a booking from the answer that tells it until he asks for its cancelling. What was never
answered is owned by nobody, so the judge never accuses wrongly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from math import inf
from uuid import UUID

from tests.faults.visitor import Event

__all__ = ["Span", "owners", "violations"]


@dataclass(frozen=True, slots=True)
class Span:
    """A time during which a visitor surely owned a slot."""

    slot: UUID
    visitor: str
    began: float
    ended: float


def owners(history: Iterable[Event]) -> Iterator[Span]:
    """Derive from a history who surely owned what, and when."""
    open_spans: dict[tuple[UUID, str], Span] = {}
    for event in sorted(history, key=lambda event: event.began):
        if event.slot is None:
            continue
        place = (event.slot.id, event.visitor)
        standing = open_spans.get(place)
        if standing is not None and event.call in {"release", "book", "cancel", "expire"}:
            yield replace(standing, ended=min(standing.ended, event.began))
            del open_spans[place]
        granted = _granted(event)
        if granted is not None:
            if event.call == "renew" and standing is not None:
                granted = replace(granted, began=standing.began)
            open_spans[place] = granted
    yield from open_spans.values()


def violations(history: Iterable[Event]) -> list[str]:
    """Name each pair of visitors who surely owned one slot at the same time."""
    of_slot: defaultdict[UUID, list[Span]] = defaultdict(list)
    for span in owners(history):
        if span.ended > span.began:
            of_slot[span.slot].append(span)
    found = []
    for slot, spans in of_slot.items():
        for one, other in pairwise(sorted(spans, key=lambda span: span.began)):
            if other.began < one.ended and one.visitor != other.visitor:
                found.append(
                    f"slot {slot}: {other.visitor} came {one.ended - other.began:.3f} s before {one.visitor} left"
                )
    return found


def _granted(event: Event) -> Span | None:
    if event.slot is None:
        return None
    match event.call, event.status:
        case ("hold", 201) | ("renew", 200):
            expires_at = datetime.fromisoformat(event.answer["expires_at"]).timestamp()
            return Span(event.slot.id, event.visitor, event.ended, expires_at)
        case ("book", 201):
            return Span(event.slot.id, event.visitor, event.ended, inf)
    return None
