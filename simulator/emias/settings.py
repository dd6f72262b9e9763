"""What the control listener may change while the stand-in runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

__all__ = ["DATE_STYLES", "LiveSettings"]

DATE_STYLES = ("local", "naive", "utc")


@dataclass(slots=True)
class LiveSettings:
    """Hold the switches: `latency_ms` delays each answer, `living` is changed slots a second over the whole world."""

    latency_ms: int = 0
    date_style: str = "local"
    living: float = 0.0
    allow_double_booking: bool = False
    allow_repeat_patient: bool = False
    absent_busy: bool = False

    def change(self, wanted: dict[str, Any]) -> None:
        """Apply a partial change, all of it or nothing; ValueError names the field that does not fit."""
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in wanted.items():
            if name not in kinds or not _fits(value, kinds[name]):
                raise ValueError(name)
        if wanted.get("date_style", self.date_style) not in DATE_STYLES:
            raise ValueError("date_style")
        for name, value in wanted.items():
            setattr(self, name, kinds[name](value))

    def as_json(self) -> dict[str, Any]:
        """Show the switches."""
        return asdict(self)


def _fits(value: object, kind: type) -> bool:
    if kind in {bool, str}:
        return isinstance(value, kind)
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
