"""A trial put into words, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from admin.frame.speech import Speech
from admin.mapping_sheets.register import Held, Place
from admin.mapping_sheets.writing import Trial

__all__ = ["told"]


def told(trial: Trial, speech: Speech) -> dict[str, Any]:
    """Return what the page shows of a trial."""
    found, teller = trial.differences, _Teller(trial, speech)
    return {
        "count": found.count,
        "unchanged": speech.number(found.unchanged),
        "problems": [
            {"number": each.line.number, "doctor": each.line.doctor, "why": speech.say(each.key, **each.gaps)}
            for each in found.problems
        ],
        "added": [{"number": each.line.number, **teller.now(each.doctor.id, each.place)} for each in found.added],
        "moved": [
            {"number": each.line.number, "was": each.held, **teller.now(each.doctor.id, each.place)}
            for each in found.moved
        ],
        "removed": [teller.before(each) for each in found.removed],
        "left_out": [teller.before(each) for each in found.left_out],
        "besides": list(teller.besides()),
    }


class _Teller:
    def __init__(self, trial: Trial, speech: Speech) -> None:
        self._trial = trial
        self._speech = speech
        self._outcomes = {(each.doctor_id, each.place): each for each in trial.after.mappings.values()}

    def now(self, doctor_id: int, place: Place) -> dict[str, Any]:
        """Tell what becomes of a doctor's mapping."""
        told = {"doctor": self._trial.after.doctors[doctor_id], "place": place}
        held = self._outcomes.get((doctor_id, place))
        if held is None:
            return {**told, "level": "none", "outcome": "—"}
        level = "good" if held.status == "mapped" else "warn"
        return {**told, "level": level, "outcome": self._speech.say(held.status)}

    def before(self, held: Held) -> dict[str, Any]:
        """Tell of a mapping that the file does not name."""
        doctor = self._trial.before.doctors[held.doctor_id]
        return {"doctor": doctor, "place": held.place, "is_of_site": held.origin == "bitrix"}

    def besides(self) -> Iterator[dict[str, Any]]:
        """Tell of the mappings that change with the others."""
        for before, after in self._trial.besides():
            yield {**self.now(after.doctor_id, after.place), "was": self._speech.say(before.status)}
