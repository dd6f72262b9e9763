"""Which wishes a page offers, and why the others make no sense now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from admin.frame.speech import Speech
from admin.roles import may_wish
from gateway.domain.wish import Said, WishKind
from gateway.domain.wish_rules import Standing, objection
from gateway.store.wish_desk import WishSeen

__all__ = ["CODES", "HOURS", "Choice", "booking_choices", "doctor_choices", "institution_choices", "mapping_choices"]

K = WishKind
CODES: Final = ("patient_request", "mistake", "illness", "other")
HOURS: Final = (1, 6, 24, 72)
_GRAVE: Final = frozenset({K.RESOLVE_ABSENT, K.CANCEL_BOOKING})
_DECISIONS: Final = (K.RESOLVE_BOOKED, K.RESOLVE_ABSENT, K.CANCEL_BOOKING, K.RETRY_BOOKING)
_SWITCHES: Final = (("sale", "is_open"), ("calls", "calls"), ("retries", "retries"))


@dataclass(frozen=True, slots=True)
class Choice:
    """A wish that a page offers; `against` says why not now. `name` is the word for it and tells it from the others."""

    kind: WishKind
    name: str
    hint: str
    against: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_grave(self) -> bool:
        """Tell whether it takes something away."""
        return self.kind in _GRAVE or self.fixed.get("on") is False


def booking_choices(standing: Standing, wishes: Sequence[WishSeen], visitor: Any, speech: Speech) -> list[Choice]:
    """Offer the decisions about a booking; while one is under way none else is."""
    under_way = next((wish for wish in wishes if wish.is_open), None)
    return [
        Choice(
            kind,
            kind.value,
            speech.say(f"{kind}_hint"),
            _role(visitor, kind, speech)
            or (
                speech.say("under_way", who=under_way.wished_by)
                if under_way
                else _say(objection(kind, standing), speech)
            ),
        )
        for kind in _DECISIONS
    ]


def doctor_choices(wishes: Sequence[WishSeen], visitor: Any, speech: Speech) -> list[Choice]:
    """Offer to read a doctor's schedule."""
    return [_plain(K.REFRESH_DOCTOR, wishes, visitor, speech)]


def mapping_choices(wishes: Sequence[WishSeen], visitor: Any, speech: Speech) -> list[Choice]:
    """Offer to test a mapping."""
    return [_plain(K.TEST_MAPPING, wishes, visitor, speech)]


def institution_choices(
    row: Mapping[str, Any], wishes: Sequence[WishSeen], visitor: Any, speech: Speech
) -> list[Choice]:
    """Offer the other position of each switch, and what can be done about bulk retries."""
    return [*_switches(row, wishes, visitor, speech), *_bulk(row, wishes, visitor, speech)]


def _switches(row: Mapping[str, Any], wishes: Sequence[WishSeen], visitor: Any, speech: Speech) -> list[Choice]:
    against = _role(visitor, K.SWITCH, speech) or _open(K.SWITCH, wishes, speech)
    return [
        Choice(
            K.SWITCH,
            f"switch_{switch}_{'off' if row[column] else 'on'}",
            speech.say("switch_hint"),
            against,
            {"switch": switch, "on": not row[column]},
        )
        for switch, column in _SWITCHES
    ]


def _bulk(row: Mapping[str, Any], wishes: Sequence[WishSeen], visitor: Any, speech: Speech) -> list[Choice]:
    running = next((wish for wish in wishes if wish.is_open and wish.kind == K.RETRY_FAILED), None)
    reasons = {
        K.RETRY_FAILED: "retries_run" if running else "" if row["candidates"] else "none_failed",
        K.PAUSE_RETRIES: "no_retries" if running is None else "is_paused" if running.paused else "",
        K.RESUME_RETRIES: "no_retries" if running is None else "" if running.paused else "not_paused",
    }
    return [
        Choice(
            kind,
            kind.value,
            speech.say(f"{kind}_hint", candidates=row["candidates"]),
            _role(visitor, kind, speech) or (speech.say(key) if key else ""),
        )
        for kind, key in reasons.items()
    ]


def _plain(kind: WishKind, wishes: Sequence[WishSeen], visitor: Any, speech: Speech) -> Choice:
    against = _role(visitor, kind, speech) or _open(kind, wishes, speech)
    return Choice(kind, kind.value, speech.say(f"{kind}_hint"), against)


def _role(visitor: Any, kind: WishKind, speech: Speech) -> str:
    return "" if may_wish(visitor, kind) else speech.say("role")


def _open(kind: WishKind, wishes: Sequence[WishSeen], speech: Speech) -> str:
    under_way = next((wish for wish in wishes if wish.is_open and wish.kind == kind), None)
    return speech.say("under_way", who=under_way.wished_by) if under_way else ""


def _say(said: Said | None, speech: Speech) -> str:
    if said is None:
        return ""
    return said.russian if speech.language == "ru" else said.english
