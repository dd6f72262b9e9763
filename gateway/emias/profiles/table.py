"""What every table of a profile has in common."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

__all__ = ["Bytes", "Days", "Path", "Seconds", "Table"]

Seconds = Annotated[float, Meta(gt=0, le=300)]
Bytes = Annotated[int, Meta(gt=0)]
Days = Annotated[int, Meta(ge=1, le=366)]
Path = Annotated[str, Meta(pattern=r"^[^.\s]+(\.[^.\s]+)*$")]


class Table(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file: unknown keys are errors."""
