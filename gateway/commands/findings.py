"""What a check found."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Bad", "Finding", "Level"]


class Level(IntEnum):
    """How bad it is; the worst is the exit status."""

    OK = 0
    WARNING = 1
    FAILED = 2


Finding = tuple[Level, str]


class Bad(Exception):
    """A check that failed, in words for the operator."""
