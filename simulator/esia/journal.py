"""The journal of requests: who asked for what, and how it ended; nothing about a person."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Entry", "Journal"]

_KEPT = 5_000


@dataclass(slots=True)
class Entry:
    """Note one request; `outcome` is "ok", ESIA's code or the fault's kind, `about` the parameter refused."""

    at: float
    operation: str
    path: str
    client_id: str = ""
    outcome: str = "ok"
    about: str = ""


class Journal:
    """Count requests by operation and outcome, and keep the latest of them."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_KEPT)

    def begin(self, operation: str, path: str) -> Entry:
        """Note a request that has come."""
        entry = Entry(time.time(), operation, path)
        self._entries.append(entry)
        return entry

    @property
    def counts(self) -> dict[str, int]:
        """Count the kept requests by operation and outcome."""
        return dict(Counter(f"{entry.operation} {entry.outcome}" for entry in self._entries))

    def entries(self) -> list[dict[str, Any]]:
        """Show the latest requests, oldest first."""
        return [asdict(entry) for entry in self._entries]
