"""What the control listener may change while the stand runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

__all__ = ["EsiaSettings"]


@dataclass(slots=True)
class EsiaSettings:
    """Hold seconds: how far a timestamp may be off, and how long a code lives."""

    tolerance_seconds: float = 60
    code_seconds: float = 60

    def change(self, wanted: dict[str, Any]) -> None:
        """Apply a partial change, all of it or nothing; ValueError names the field that does not fit."""
        names = {field.name for field in fields(self)}
        for name, value in wanted.items():
            if name not in names or isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise ValueError(name)
        for name, value in wanted.items():
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        """Show the settings."""
        return asdict(self)
