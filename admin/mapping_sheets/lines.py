"""One row of a file against what stands in the database: which doctor, which mapping, which place in EMIAS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from admin.mapping_sheets.register import Held, Listed, Place, Register
from admin.mapping_sheets.sheet import Line

__all__ = ["Entry", "Known", "Wrong", "read_line"]

_LONGEST: Final = 64
_MALFORMED: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f,;]")
_NUMBER_OF_EXCEL: Final = re.compile(r"\d+([.,]\d+)?[eE][+-]?\d+")


class Wrong(Exception):
    """A row that cannot be meant; `key` and `gaps` are its sentence in `words.py`."""

    def __init__(self, key: str, **gaps: str) -> None:
        super().__init__(key)
        self.key = key
        self.gaps = gaps


@dataclass(frozen=True, slots=True)
class Entry:
    """A row understood: `held` is the mapping that it names by number, `place` is None for a doctor without mapping."""

    line: Line
    doctor: Listed
    held: Held | None
    place: Place | None


class Known:
    """Indexes of a register, made once a file."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.by_element = {(each.site, each.element_id): each for each in register.doctors.values()}
        self.by_place = {(each.doctor_id, each.place): each for each in register.mappings.values()}
        self.known = {each.place for each in register.mappings.values()}
        self._without_zeros = {(lpu_code, code.lstrip("0")): code for lpu_code, code in self.known}

    def whole_of(self, place: Place) -> str | None:
        """Return the known doctor's id that this one is without its leading zeros."""
        if place in self.known:
            return None
        whole = self._without_zeros.get(place)
        return whole if whole != place[1] else None


def read_line(known: Known, line: Line) -> Entry:
    """Understand a row; raise `Wrong` when it cannot be meant."""
    doctor = _doctor(known, line)
    held = _held(known.register.mappings, line, doctor)
    typed = (line.lpu_code, line.emias_doctor_id)
    if (held and typed == held.place) or (not held and (doctor.id, typed) in known.by_place):
        return Entry(line, doctor, held, typed)
    place = (typed[0].strip(), typed[1].strip())
    if place == ("", ""):
        if held:
            raise Wrong("codes_cleared")
        return Entry(line, doctor, None, None)
    if not held or place != held.place:
        _check(known, place)
    return Entry(line, doctor, held, place)


def _doctor(known: Known, line: Line) -> Listed:
    sites = known.register.sites
    if not line.site and len(sites) > 1:
        raise Wrong("site_missing", sites=", ".join(sorted(sites)))
    site = line.site or next(iter(sites), "")
    if not line.element_id.strip():
        raise Wrong("element_missing")
    by_element = known.by_element
    doctor = by_element.get((site, line.element_id)) or by_element.get((site, line.element_id.strip()))
    if doctor is None:
        raise Wrong("doctor_unknown", site=site, element=line.element_id.strip())
    if line.doctor.strip() and _plain(line.doctor) != _plain(doctor.name):
        raise Wrong("name_differs", ours=doctor.name)
    return doctor


def _held(mappings: Mapping[int, Held], line: Line, doctor: Listed) -> Held | None:
    if not line.mapping:
        return None
    held = mappings.get(line.mapping_id)
    if held is None:
        raise Wrong("mapping_unknown", mapping=line.mapping)
    if held.doctor_id != doctor.id:
        raise Wrong("mapping_of_another", mapping=line.mapping)
    return held


def _check(known: Known, place: Place) -> None:
    lpu_code, code = place
    if not lpu_code:
        raise Wrong("lpu_code_missing")
    if not code:
        raise Wrong("emias_doctor_id_missing")
    for each in place:
        if _NUMBER_OF_EXCEL.fullmatch(each):
            raise Wrong("number_of_excel", code=each)
        if len(each) > _LONGEST or _MALFORMED.search(each):
            raise Wrong("code_malformed", code=each[:_LONGEST])
    _check_institution(known.register, lpu_code)
    if whole := known.whole_of(place):
        raise Wrong("zeros_lost", code=code, whole=whole)


def _check_institution(register: Register, lpu_code: str) -> None:
    if lpu_code in register.lpu_codes:
        return
    whole = next((each for each in register.lpu_codes if each.lstrip("0") == lpu_code), None)
    if whole:
        raise Wrong("zeros_lost", code=lpu_code, whole=whole)
    raise Wrong("lpu_unknown", code=lpu_code, known=", ".join(register.lpu_codes[:10]) or "—")


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
