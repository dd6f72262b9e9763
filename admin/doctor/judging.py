"""What stands between a doctor and a patient, step by step, as `make-a-doctor-bookable.md` numbers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from admin.doctor.reading import Seen

__all__ = ["Step", "free_slots_of", "judge", "judge_mapping"]

Level = Literal["good", "warn", "bad", "none"]


@dataclass(frozen=True, slots=True)
class Step:
    """Whether one condition holds; `key` and `gaps` are its sentence."""

    level: Level
    key: str
    gaps: Mapping[str, Any]


def judge(seen: Seen) -> Sequence[Step]:
    """Judge every condition; the doctor is bookable when none is bad."""
    return [_on_site(seen), _blocked(seen), _mapped(seen), _open(seen), _read(seen)]


def free_slots_of(seen: Seen) -> int:
    """Return how many slots are free for sale with this doctor."""
    return sum(row["free_slots"] for row in seen.mappings if row["status"] == "mapped" and row["is_open"])


def judge_mapping(row: Mapping[str, Any]) -> Step:
    """Say where one mapping leads."""
    if row["status"] == "conflict":
        return Step("bad", "mapping_taken", {"holders": row["holders"] or "—"})
    if row["status"] == "unmapped":
        return Step("bad", row["reason"], {})
    if not row["is_open"]:
        return Step("bad", "mapping_closed", {})
    if row["as_of"] is None:
        return Step("warn", "mapping_failing" if row["last_error"] else "mapping_unread", {"error": row["last_error"]})
    return Step("good" if row["free_slots"] else "warn", "mapping_free", {"free": row["free_slots"]})


def _on_site(seen: Seen) -> Step:
    doctor = seen.doctor
    if doctor["is_active"]:
        return Step("warn", "step_missing", {}) if doctor["missing_since"] else Step("good", "step_active", {})
    return Step("bad", "step_gone" if doctor["missing_since"] else "step_hidden", {})


def _blocked(seen: Seen) -> Step:
    return Step("bad", "step_blocked", {}) if seen.doctor["is_blocked"] else Step("good", "step_not_blocked", {})


def _mapped(seen: Seen) -> Step:
    mapped = [row for row in seen.mappings if row["status"] == "mapped"]
    if not mapped:
        return Step("bad", "step_unmapped" if not seen.mappings else "step_mapped_wrong", {})
    return Step("good" if len(mapped) == len(seen.mappings) else "warn", "step_mapped", {"count": len(mapped)})


def _open(seen: Seen) -> Step:
    mapped = [row for row in seen.mappings if row["status"] == "mapped"]
    if any(row["is_open"] for row in mapped):
        return Step("good", "step_open", {})
    return Step("bad", "step_closed", {}) if mapped else Step("none", "step_no_lpu", {})


def _read(seen: Seen) -> Step:
    if free := free_slots_of(seen):
        return Step("good", "step_free", {"free": free})
    if any(row["as_of"] for row in seen.mappings):
        return Step("warn", "step_no_slots", {})
    is_mapped = any(row["status"] == "mapped" for row in seen.mappings)
    return Step("bad" if is_mapped else "none", "step_unread", {})
