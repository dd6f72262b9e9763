"""What a file would change: new mappings, changed ones, those it leaves out, and rows that cannot be meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from admin.mapping_sheets.lines import Entry, Known, Wrong, read_line
from admin.mapping_sheets.register import Held, Listed, Place, Register
from admin.mapping_sheets.sheet import Line

__all__ = ["Added", "Differences", "Moved", "Problem", "compare"]


@dataclass(frozen=True, slots=True)
class Added:
    """A mapping to be made."""

    line: Line
    doctor: Listed
    place: Place


@dataclass(frozen=True, slots=True)
class Moved:
    """A mapping that is to name another place in EMIAS."""

    line: Line
    doctor: Listed
    held: Held
    place: Place


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be meant, and why."""

    line: Line
    key: str
    gaps: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Differences:
    """A file against the database; `left_out` stays, `removed` goes: one of the two is empty."""

    added: Sequence[Added]
    moved: Sequence[Moved]
    removed: Sequence[Held]
    left_out: Sequence[Held]
    unchanged: int
    problems: Sequence[Problem]

    @property
    def count(self) -> int:
        """Return how many mappings change."""
        return len(self.added) + len(self.moved) + len(self.removed)

    @property
    def together(self) -> Sequence[Added | Moved]:
        """Return what is made and what moves, in the order of the rows."""
        both: list[Added | Moved] = [*self.added, *self.moved]
        return sorted(both, key=lambda each: each.line.number)


def compare(register: Register, lines: Sequence[Line], *, removes: bool) -> Differences:
    """Compare a file with the database; what it leaves out of the sites that it names goes when `removes` is said."""
    comparison = _Comparison(register)
    for line in lines:
        comparison.read(line)
    return comparison.differences(removes=removes)


class _Comparison:
    def __init__(self, register: Register) -> None:
        self._known = Known(register)
        self._entries: list[Entry] = []
        self._named: dict[int, int] = {}
        self._problems: list[Problem] = []

    def read(self, line: Line) -> None:
        """Take a row in, or note why it cannot be meant."""
        try:
            entry = read_line(self._known, line)
        except Wrong as wrong:
            self._note(line, wrong)
            return
        before = self._named.setdefault(line.mapping_id, line.number) if line.mapping else line.number
        if before == line.number:
            self._entries.append(entry)
        else:
            self._note(line, Wrong("mapping_twice", line=str(before)))

    def differences(self, *, removes: bool) -> Differences:
        """Sum up what was read."""
        moved = [
            Moved(each.line, each.doctor, each.held, each.place)
            for each in self._entries
            if each.held and each.place and each.place != each.held.place
        ]
        moving = {each.held.id for each in moved}
        added, met = self._new(moving)
        unnamed = self._unnamed(met)
        unchanged = len(self._entries) - len(moved) - len(added)
        removed, left_out = (unnamed, []) if removes else ([], unnamed)
        found = Differences(added, moved, removed, left_out, unchanged, [])
        self._check_once(found)
        return replace(found, problems=self._in_order())

    def _new(self, moving: set[int]) -> tuple[list[Added], set[int]]:
        added: list[Added] = []
        met: set[int] = set()
        for each in self._entries:
            if each.held or not each.place:
                continue
            held = self._known.by_place.get((each.doctor.id, each.place))
            if held and held.id not in moving:
                met.add(held.id)
            else:
                added.append(Added(each.line, each.doctor, each.place))
        return added, met

    def _unnamed(self, met: set[int]) -> list[Held]:
        register = self._known.register
        sites = {each.doctor.site for each in self._entries}
        return [
            held
            for held in register.mappings.values()
            if register.doctors[held.doctor_id].site in sites and held.id not in met and held.id not in self._named
        ]

    def _check_once(self, found: Differences) -> None:
        leaving = {each.held.id for each in found.moved} | {each.id for each in found.removed}
        staying = {key: 0 for key, held in self._known.by_place.items() if held.id not in leaving}
        for each in found.together:
            before = staying.setdefault((each.doctor.id, each.place), each.line.number)
            if before != each.line.number:
                key = "place_twice" if before else "place_held"
                self._note(each.line, Wrong(key, line=str(before)))

    def _note(self, line: Line, wrong: Wrong) -> None:
        # The row is there, wrong as it is: its mapping is not one that the file leaves out.
        self._named.setdefault(line.mapping_id, line.number)
        self._problems.append(Problem(line, wrong.key, wrong.gaps))

    def _in_order(self) -> list[Problem]:
        return sorted(self._problems, key=lambda each: each.line.number)
