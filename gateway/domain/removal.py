"""How many doctors a site may lose at once before somebody is asked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

__all__ = ["Removal", "is_believable"]

_ALWAYS_BELIEVED: Final = 5
_BELIEVED_SHARE: Final = 0.2


def is_believable(missing: int, shown: int) -> bool:
    """Tell whether so many of the shown doctors may go without a person's word: five, or a fifth if that is more."""
    return missing <= max(_ALWAYS_BELIEVED, _BELIEVED_SHARE * shown)


@dataclass(frozen=True, slots=True)
class Removal:
    """The shown doctors that a snapshot of `listed` elements lacks, by element id."""

    missing: frozenset[str]
    shown: int
    listed: int

    @property
    def is_believable(self) -> bool:
        """Tell whether it needs no approval."""
        return is_believable(len(self.missing), self.shown)

    @property
    def fingerprint(self) -> str:
        """Name the set of missing doctors, whatever else the snapshot changes."""
        return hashlib.sha256("\n".join(sorted(self.missing)).encode()).hexdigest()
