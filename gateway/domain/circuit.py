"""When an institution's EMIAS is left alone because it does not answer, and how calls come back to it.

```
closed ──failures in a row, or "not before"──► open ──its time over──► half open ──the one probe──► easing ──► closed
                                                ▲                         │ fails                      │ a failure
                                                └─────────────────────────┴────────────────────────────┘
```
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple

from gateway.domain.outcomes import Cause
from gateway.domain.retry import full_jitter

__all__ = [
    "FAILURES",
    "UNREACHABLE",
    "Admitted",
    "Circuit",
    "CircuitRecord",
    "CircuitRules",
    "CircuitState",
    "Kept",
    "Lane",
]

UNREACHABLE: Final = frozenset({Cause.DNS, Cause.CONNECT, Cause.TLS, Cause.RATE_LIMITED})
"""Failures to come through to EMIAS: they say the same of every call."""
FAILURES: Final = UNREACHABLE | {
    Cause.TIMEOUT,
    Cause.RESET,
    Cause.HTTP_STATUS,
    Cause.NOT_XML,
    Cause.TRUNCATED,
    Cause.GARBLED,
    Cause.TOO_LARGE,
    Cause.FORBIDDEN_XML,
    Cause.FAULT_WITHOUT_CODE,
    Cause.CONTRACT_MISMATCH,
}
"""Technical causes; a refusal in EMIAS's own words is an answer, and a spent budget or pool is our own affair."""
_PROBE_LOOK: Final = 1.0


class Lane(StrEnum):
    """Calls that fail together: a schedule service that hangs must not keep patients from booking."""

    BOOKINGS = "bookings"
    READS = "reads"


class Circuit(NamedTuple):
    """One lane of one institution."""

    lpu_code: str
    lane: Lane


class CircuitState(StrEnum):
    """Whether calls pass."""

    CLOSED = "closed"
    EASING = "easing"
    HALF_OPEN = "half_open"
    OPEN = "open"

    @property
    def is_tripped(self) -> bool:
        """Tell whether EMIAS is not known to answer again."""
        return self in {CircuitState.HALF_OPEN, CircuitState.OPEN}


@dataclass(frozen=True, slots=True)
class CircuitRules:
    """Numbers of a circuit; times in seconds.

    `failures` in a row, none more than `memory` after the one before, open it. It stays open for a random time whose
    bound doubles from `shortest` to `longest`, or as long as EMIAS asks within `longest_asked`. After the probe calls
    keep a distance that shrinks from `gap` to nothing within `ease`; who would wait longer than `patience` is refused.
    """

    failures: int = 5
    shortest: float = 2.0
    longest: float = 20.0
    longest_asked: float = 120.0
    memory: float = 300.0
    ease: float = 10.0
    gap: float = 0.5
    patience: float = 2.0

    @property
    def least_open(self) -> float:
        """No circuit is open for less."""
        return min(self.shortest, self.longest) / 2


@dataclass(frozen=True, slots=True)
class Admitted:
    """The call may begin after `wait` seconds."""

    state: CircuitState
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Kept:
    """The call is kept back; `retry_after` seconds from now it is worth another try."""

    state: CircuitState
    retry_after: float


@dataclass(frozen=True, slots=True)
class CircuitRecord:
    """A circuit at rest; each step returns the next record. Instants are seconds of one clock.

    `open_until` stays set, past its time too, until a probe has brought an answer. `openings` counts those in a row.
    """

    failures: int = 0
    failed_at: float = 0.0
    openings: int = 0
    open_until: float | None = None
    probe: str | None = None
    probe_until: float = 0.0
    eased_at: float = 0.0
    next_at: float = 0.0

    def state(self, now: float) -> CircuitState:
        """Tell where the circuit stands."""
        if self.open_until is not None:
            return CircuitState.OPEN if now < self.open_until else CircuitState.HALF_OPEN
        return CircuitState.EASING if now < self.eased_at else CircuitState.CLOSED

    def ask(self, now: float, rules: CircuitRules) -> Admitted | Kept:
        """Tell whether a call could begin now, changing nothing."""
        state = self.state(now)
        if state is CircuitState.OPEN:
            return Kept(state, (self.open_until or now) - now)
        if state is CircuitState.HALF_OPEN and now < self.probe_until:
            return Kept(state, min(self.probe_until - now, _PROBE_LOOK))
        if state is not CircuitState.EASING:
            return Admitted(state)
        wait = max(0.0, self.next_at - now)
        return Kept(state, wait) if wait > rules.patience else Admitted(state, wait)

    def enter(self, now: float, rules: CircuitRules, token: str, lease: float) -> tuple[CircuitRecord, Admitted | Kept]:
        """Begin a call under a token; in a half-open circuit it is the one probe, for `lease` seconds at most."""
        answer = self.ask(now, rules)
        match answer:
            case Admitted(state=CircuitState.HALF_OPEN):
                return replace(self, probe=token, probe_until=now + lease), answer
            case Admitted(state=CircuitState.EASING):
                distance = rules.gap * (self.eased_at - now) / rules.ease
                return replace(self, next_at=now + answer.wait + distance), answer
        return self, answer

    def answered(self, now: float, rules: CircuitRules, token: str) -> CircuitRecord:
        """Note that EMIAS answered; in a tripped circuit only the probe's answer counts."""
        if self.open_until is None:
            return replace(self, failures=0, openings=self.openings if now < self.eased_at else 0)
        if self.probe != token:
            return self
        return CircuitRecord(openings=self.openings, eased_at=now + rules.ease, next_at=now)

    def failed(self, now: float, rules: CircuitRules, token: str, asked: float | None, chance: float) -> CircuitRecord:
        """Note a technical failure; `asked` is the time for which EMIAS itself wants no calls."""
        patience = min(asked or 0.0, rules.longest_asked)
        if self.open_until is not None and self.probe != token:
            # A call from before the opening: it says nothing new, but for what EMIAS asks.
            return replace(self, open_until=max(self.open_until, now + patience)) if patience else self
        failures = self.failures + 1 if now - self.failed_at <= rules.memory else 1
        trips = self.open_until is not None or now < self.eased_at or patience > 0 or failures >= rules.failures
        if not trips:
            return replace(self, failures=failures, failed_at=now)
        openings = self.openings + 1
        span = full_jitter(openings, rules.shortest, rules.longest, chance)
        return CircuitRecord(openings=openings, open_until=now + max(patience, span, rules.least_open))

    def abandoned(self, token: str) -> CircuitRecord:
        """Note that the call ended without a word about EMIAS: another may be the probe."""
        return replace(self, probe=None, probe_until=0.0) if self.probe == token else self
