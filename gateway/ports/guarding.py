"""What stands between us and an EMIAS that does not answer, or that an operator has closed."""

from __future__ import annotations

from typing import Protocol

from gateway.domain.circuit import Admitted, Circuit, CircuitState, Kept
from gateway.domain.outcomes import Cause

__all__ = ["Breaker", "Health", "Switches"]


class Breaker(Protocol):
    """The circuits of every institution, shared by all replicas. Nothing here ever raises."""

    async def ask(self, circuit: Circuit) -> Admitted | Kept:
        """Tell whether a call could begin now."""

    async def enter(self, circuit: Circuit, token: str, lease: float) -> Admitted | Kept:
        """Begin a call under a token of its own, for `lease` seconds at most."""

    async def answered(self, circuit: Circuit, token: str) -> None:
        """Note that EMIAS answered the call."""

    async def failed(self, circuit: Circuit, token: str, asked: float | None) -> None:
        """Note that the call failed technically; `asked` in seconds where EMIAS said when to come again."""

    async def abandoned(self, circuit: Circuit, token: str) -> None:
        """Note that the call ended without a word about EMIAS."""

    async def state(self, circuit: Circuit) -> CircuitState:
        """Tell where a circuit stands."""


class Health(Protocol):
    """Where it is written down how each institution's EMIAS answers."""

    def note(self, lpu_code: str, cause: Cause | None) -> None:
        """Note an answer, or a technical failure with its cause; never waits and never raises."""


class Switches(Protocol):
    """The operators' switches, obeyed within a second."""

    async def calls_stopped(self, lpu_code: str) -> bool:
        """Tell whether nothing may be sent to the institution's EMIAS; never raises."""
