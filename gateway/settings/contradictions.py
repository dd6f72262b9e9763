"""Settings that must not stand beside each other."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

__all__ = ["Consistent"]


class Consistent(BaseModel):
    """A part of the settings that knows what must not be; parts that are joined check each other's."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = [problem for problem, is_so in self._contradictions().items() if is_so]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _contradictions(self) -> dict[str, object]:
        """Name what must not be, with whether it is."""
        return {}
