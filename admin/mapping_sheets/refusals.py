"""A file that is not read at all."""

from __future__ import annotations

from typing import Any

__all__ = ["SheetRefused"]


class SheetRefused(Exception):
    """The whole file is refused; `key` and `gaps` are its sentence in `words.py`."""

    def __init__(self, key: str, **gaps: Any) -> None:
        super().__init__(key)
        self.key = key
        self.gaps = gaps
