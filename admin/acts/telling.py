"""The facts of a page, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from admin.acts.facts import BookingFacts
from admin.frame.speech import Speech
from admin.words import MAPPING_REASONS, VALUES
from gateway.domain.booking import BookingState
from gateway.domain.moscow import as_moscow
from gateway.domain.outcomes import Refusal
from gateway.store.tables.choices import MappingOrigin, MappingStatus
from gateway.store.wish_desk import WishSeen

__all__ = ["Fact", "tell_booking", "tell_doctor", "tell_history", "tell_institution", "tell_mapping", "tell_wishes"]

Row = Mapping[str, Any]
_LEVELS = {"done": "good", "refused": "warn", "failed": "bad"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what is known; `link` leads further."""

    name: str
    told: str
    link: str = ""


def tell_booking(facts: BookingFacts, speech: Speech) -> list[Fact]:
    """Tell how a booking stands."""
    return [Fact(speech.say(name), told, link) for name, told, link in _booking(facts, speech) if told]


def _booking(facts: BookingFacts, speech: Speech) -> Iterator[tuple[str, str, str]]:
    row = facts.row
    yield "state", _value(BookingState, row["state"], speech), ""
    yield "patient", row["patient_mask"] or "—", ""
    yield "doctor", row["doctor"], f"/act/doctor/{row['emias_doctor']}?lang={speech.language}"
    place = f"{row['institution']} ({row['lpu_code']})" if row["institution"] else row["lpu_code"]
    yield "lpu_code", place, f"/act/institution/{row['lpu_code']}?lang={speech.language}"
    yield "starts_at", _at(row["starts_at"]) + (f", {row['room']}" if row["room"] else ""), ""
    yield "made_at", _at(row["created_at"]), ""
    yield "doubted", _doubt(row, speech), ""
    yield "looks", str(row["checks"]) if row["checks"] else "", ""
    yield "next_look", speech.say("looked_at") if row["is_looked_at"] else _at(row["next_check_at"]), ""
    yield "appointment_id", row["emias_appointment_id"] or "", ""
    yield "ticket", row["ticket"] or "", ""
    yield "refusal", _value(Refusal, row["refusal"], speech), ""
    yield "error_code", row["error_code"] or "", ""
    yield "evidence", _evidence(row["evidence"], speech), ""
    yield "attempt", str(row["attempt"]) if row["attempt"] > 1 else "", ""
    yield "retry_of", *_other(row["retry_of"], speech)
    yield "retried_by", *_other(facts.standing.retried_by, speech)


def _doubt(row: Row, speech: Speech) -> str:
    if row["state"] not in {"in_doubt", "cancel_in_doubt", "manual"} or row["doubted_at"] is None:
        return ""
    return speech.say("since", time=_at(row["doubted_at"]), span=speech.span(row["doubted_for"]))


def _other(booking_id: object, speech: Speech) -> tuple[str, str]:
    return (speech.say("open"), f"/act/booking/{booking_id}?lang={speech.language}") if booking_id else ("", "")


def _evidence(kept: str | None, speech: Speech) -> str:
    told = json.loads(kept) if kept else {}
    return ", ".join(f"{speech.say(f'known_{name}')}: {value}" for name, value in told.items() if value is not None)


def tell_history(steps: Sequence[Row], speech: Speech) -> list[dict[str, str]]:
    """Tell through which states a booking went, and who moved it."""
    return [
        {
            "at": _at(step["at"], seconds=True),
            "state": _value(BookingState, step["to_state"], speech),
            "cause": speech.say(f"cause_{step['cause']}"),
            "actor": step["actor"],
            "attempt": str(step["attempt"]),
        }
        for step in steps
    ]


def tell_doctor(row: Row, speech: Speech) -> list[Fact]:
    """Tell how an EMIAS doctor's schedule stands."""
    as_of = f"{_at(row['as_of'])}, {speech.span(row['age'])}" if row["as_of"] else speech.say("never")
    error = f"{row['last_error']}, {_at(row['last_error_at'])}" if row["last_error"] else ""
    told = (
        ("site_doctors", ", ".join(row["names"]) or speech.say("none"), ""),
        ("hint_name", row["hint_name"] or "", ""),
        (
            "lpu_code",
            row["institution"] or row["lpu_code"],
            f"/act/institution/{row['lpu_code']}?lang={speech.language}",
        ),
        ("emias_doctor_id", row["emias_doctor_id"], ""),
        ("as_of", as_of, ""),
        ("free_slots", speech.number(row["free_slots"]), ""),
        ("failures", str(row["failures"]) if row["failures"] else "", ""),
        ("last_error", error, ""),
    )
    return [Fact(speech.say(name), value, link) for name, value, link in told if value]


def tell_mapping(row: Row, speech: Speech) -> list[Fact]:
    """Tell where a mapping leads."""
    doctor = f"/act/doctor/{row['emias_doctor']}?lang={speech.language}" if row["emias_doctor"] else ""
    reason = _half(MAPPING_REASONS.get(row["reason"], row["reason"]), speech) if row["reason"] else ""
    told = (
        ("doctor", row["doctor"], ""),
        ("lpu_code", row["lpu_code"] or "—", ""),
        ("emias_doctor_id", row["emias_doctor_id"] or "—", doctor),
        ("hint_name", row["hint_name"] or "", ""),
        ("status", _value(MappingStatus, row["status"], speech), ""),
        ("why", reason, ""),
        ("origin", _value(MappingOrigin, row["origin"], speech), ""),
    )
    return [Fact(speech.say(name), value, link) for name, value, link in told if value]


def tell_institution(row: Row, speech: Speech) -> list[Fact]:
    """Tell how an institution's switches stand, and what was left unsent."""
    error = f"{row['last_error']}, {_at(row['last_error_at'])}" if row["last_error"] else ""
    switches = [
        (name, speech.say("on" if row[column] else "off"), "")
        for name, column in (("sale", "is_open"), ("calls", "calls"), ("retries", "retries"))
    ]
    told = (
        ("lpu_code", row["lpu_code"], ""),
        *switches,
        ("switch_reason", row["switch_reason"], ""),
        ("doctors", speech.number(row["doctors"]), ""),
        ("unsent", speech.number(row["candidates"]), ""),
        ("last_error", error, ""),
    )
    return [Fact(speech.say(name), value, link) for name, value, link in told if value]


def tell_wishes(wishes: Sequence[WishSeen], speech: Speech) -> list[dict[str, Any]]:
    """Tell what was wished and what came of it."""
    return [
        {
            "name": speech.say(_name_of(wish)),
            "state": "state_paused" if wish.paused and wish.is_open else f"state_{wish.state}",
            "level": _LEVELS.get(wish.state, "none"),
            "is_open": wish.is_open,
            "result": _half(wish.result, speech),
            "who": wish.wished_by,
            "why": wish.reason,
            "at": _at(wish.wished_at, seconds=True),
            "took": speech.span(wish.ended_at - wish.wished_at) if wish.ended_at else "",
            "booking": wish.data.get("booking", ""),
        }
        for wish in wishes
    ]


def _name_of(wish: WishSeen) -> str:
    if wish.kind == "switch" and "switch" in wish.data:
        return f"switch_{wish.data['switch']}_{'on' if wish.data['on'] else 'off'}"
    return "switch" if wish.kind == "switch" else wish.kind


def _half(both: str, speech: Speech) -> str:
    """Take the Russian or the English half of a bilingual sentence."""
    russian, _, english = both.partition(" · ")
    return russian if speech.language == "ru" or not english else english


def _value(kind: type[Any], value: str | None, speech: Speech) -> str:
    if not value:
        return ""
    return VALUES[kind].get(value, value) if speech.language == "ru" else value.replace("_", " ")


def _at(instant: datetime | None, *, seconds: bool = False) -> str:
    if instant is None:
        return ""
    return f"{as_moscow(instant):{'%d.%m.%Y %H:%M:%S' if seconds else '%d.%m.%Y %H:%M'}}"
