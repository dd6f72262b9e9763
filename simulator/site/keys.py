"""Secrets that live in files, read anew each time so that they can be written or rotated while the process runs."""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["SecretSource"]


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Name where a secret comes from: a file with one value a line, or an environment variable."""

    file: Path | None
    variable: str

    def values(self) -> list[str]:
        """Read the values that are live now; none when neither place has one."""
        if self.file is not None:
            text = self.file.read_text(encoding="utf-8") if self.file.is_file() else ""
        else:
            text = os.environ.get(self.variable, "")
        return [line.strip() for line in text.splitlines() if line.strip()]

    def knows(self, offered: str) -> bool:
        """Compare an offered secret with every live one in constant time."""
        matches = [hmac.compare_digest(value.encode(), offered.encode()) for value in self.values()]
        return any(matches)
