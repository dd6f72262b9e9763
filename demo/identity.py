"""Tell one process from another that was later given the same number."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["ProcessIdentity"]


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process number with the process's start, in clock ticks since boot."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity | None:
        """Look at a living process; None when there is none, or only its unread exit status."""
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] == "Z" else cls(pid, int(fields[19]))

    @classmethod
    def parse(cls, text: str) -> ProcessIdentity | None:
        """Read what ``str`` wrote; None when it is something else."""
        fields = text.split()
        if len(fields) != 2 or not all(field.isdigit() for field in fields):  # noqa: PLR2004 - number and start
            return None
        return cls(int(fields[0]), int(fields[1]))

    @property
    def alive(self) -> bool:
        """Say whether this very process still runs."""
        return ProcessIdentity.of(self.pid) == self

    def __str__(self) -> str:
        return f"{self.pid} {self.started}"
