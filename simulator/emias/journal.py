"""The journal of calls: how many came, how many at once, and how the latest ended."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from simulator.emias.call import Call

__all__ = ["Entry", "Journal"]

_KEPT = 20_000


@dataclass(slots=True)
class Entry:
    """Note one call without anything about the patient; `at` is in seconds since the epoch."""

    at: float
    operation: str
    lpu_code: str | None
    doctor_id: str | None
    soap: str
    outcome: str = "unanswered"


class Journal:
    """Count calls by operation and keep the latest of them."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.in_flight = 0
        self.most_in_flight = 0
        self._entries: deque[Entry] = deque(maxlen=_KEPT)

    @contextmanager
    def entry(self, call: Call) -> Iterator[Entry]:
        """Note a call for as long as it is being answered."""
        arguments = call.arguments
        entry = Entry(
            at=time.time(),
            operation=call.operation,
            lpu_code=arguments.get("lpuCode"),
            doctor_id=arguments.get("doctorId"),
            soap=call.spoken,
        )
        self._entries.append(entry)
        self.calls[call.operation] += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield entry
        finally:
            self.in_flight -= 1

    def begin_again(self) -> None:
        """Count anew how many come at once."""
        self.most_in_flight = self.in_flight

    def entries(self) -> list[dict[str, Any]]:
        """Show the latest calls, oldest first."""
        return [asdict(entry) for entry in self._entries]
