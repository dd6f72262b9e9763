"""What may be sent to EMIAS again, and when: decided here and nowhere else.

| class | what happened | again |
|---|---|---|
| safe | surely not sent, or refused because somebody holds the slot for a moment, or a read | yes |
| only after proof | sent, and the answer is not known | never by itself: its absence is proved first |
| final | done, or refused in EMIAS's own words | no |
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from gateway.domain.outcomes import (
    Booked,
    Cancelled,
    CancelOutcome,
    Cause,
    CreateOutcome,
    NotSent,
    Refusal,
    Rejected,
    Unknown,
)

__all__ = [
    "Again",
    "RetryRules",
    "class_of_read",
    "class_of_write",
    "full_jitter",
    "pause_before_again",
    "was_asked",
]

_MOMENTARY: Final = frozenset(
    {Cause.DNS, Cause.CONNECT, Cause.TLS, Cause.POOL, Cause.RATE_LIMITED, Cause.BREAKER},
)
"""Of the causes that surely sent nothing, those that may be over in a second; a spent budget was waited for already."""
_NEEDS_A_WORD: Final = frozenset({Cause.RATE_LIMITED, Cause.BREAKER})
"""Causes that ask for patience: without a time to wait they are not tried again at once."""
_NOT_ASKED: Final = frozenset({Cause.BREAKER, Cause.BUDGET, Cause.POOL, Cause.STOPPED})


class Again(StrEnum):
    """Whether a call may be sent again."""

    SAFE = "safe"
    ONLY_AFTER_PROOF = "only_after_proof"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class RetryRules:
    """Bounds of sending a create or cancel again; seconds.

    `attempts` counts the first one; none begins later than `within` after it, so that the caller is still there.
    `locked` is the one pause before a slot that another holds for a moment is asked for again.
    """

    attempts: int = 3
    shortest: float = 0.2
    longest: float = 1.0
    within: float = 5.0
    locked: float = 1.0


def class_of_write(outcome: CreateOutcome | CancelOutcome) -> Again:
    """Tell whether a create or cancel with this outcome may be sent again."""
    match outcome:
        case NotSent() | Rejected(kind=Refusal.SLOT_LOCKED):
            return Again.SAFE
        case Unknown():
            return Again.ONLY_AFTER_PROOF
        case Booked() | Cancelled() | Rejected():
            return Again.FINAL
    assert_never(outcome)


def class_of_read(cause: Cause) -> Again:
    """Tell whether a read that failed may be made again: a refusal stands until the schedule asks anew."""
    return Again.FINAL if cause is Cause.REFUSED else Again.SAFE


def was_asked(cause: Cause) -> bool:
    """Tell whether EMIAS was turned to at all; else the failure is our own restraint and says nothing of EMIAS."""
    return cause not in _NOT_ASKED


def pause_before_again(
    outcome: CreateOutcome | CancelOutcome, attempt: int, elapsed: float, chance: float, rules: RetryRules
) -> float | None:
    """Return the seconds after which to send again; None when the outcome, the attempts or the time forbid it.

    Args:
        outcome: what came of the last attempt.
        attempt: how many there were.
        elapsed: seconds since the first began.
        chance: a random number from 0 to 1.
        rules: the bounds.
    """
    if class_of_write(outcome) is not Again.SAFE or attempt >= rules.attempts:
        return None
    match outcome:
        case Rejected():
            pause = rules.locked * (0.75 + chance / 2) if attempt == 1 else None
        case NotSent():
            pause = _pause_of_unsent(outcome, attempt, chance, rules)
        case _:
            pause = None
    return None if pause is None or elapsed + pause > rules.within else pause


def _pause_of_unsent(outcome: NotSent, attempt: int, chance: float, rules: RetryRules) -> float | None:
    asked = outcome.retry_after
    if outcome.cause not in _MOMENTARY or (asked is None and outcome.cause in _NEEDS_A_WORD):
        return None
    if asked is not None and asked > rules.longest:
        return None
    return max(asked or 0.0, full_jitter(attempt, rules.shortest, rules.longest, chance))


def full_jitter(attempt: int, shortest: float, longest: float, chance: float) -> float:
    """Return a delay anywhere from nothing to a bound that doubles with each attempt, from the first one on."""
    bound = min(longest, shortest * 2.0 ** min(attempt - 1, 30))
    return bound * chance
