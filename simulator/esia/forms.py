"""The parameters of a request: each once, read by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from simulator.esia.refusals import EsiaRefusalError

__all__ = ["Form"]


class Form:
    """Read parameters; an empty one is a missing one."""

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        given = [(name, str(value)) for name, value in pairs]
        self._values: Mapping[str, str] = dict(given)
        self._repeated = sorted(name for name, count in Counter(name for name, _ in given).items() if count > 1)

    def get(self, name: str) -> str:
        """Return a parameter, or an empty text."""
        return self._values.get(name, "")

    def require(self, *names: str) -> None:
        """Refuse the request when one of these is missing, or anything came twice."""
        if self._repeated:
            raise EsiaRefusalError("ESIA-007003", self._repeated[0])
        for name in names:
            if not self.get(name):
                raise EsiaRefusalError("ESIA-007014", name)

    def demand(self, name: str, *allowed: str, otherwise: str = "ESIA-007003") -> None:
        """Refuse the request by the code `otherwise` when a parameter has none of these values."""
        if self.get(name) not in allowed:
            raise EsiaRefusalError(otherwise, name)
