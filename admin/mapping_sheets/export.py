"""The sheet that is taken away: every doctor of every site with each mapping, or with none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from admin.mapping_sheets.register import Held, Listed, Register

__all__ = ["sheet_rows"]


def sheet_rows(register: Register, say: Callable[[str], str]) -> Iterator[list[str]]:
    """Yield the rows of all columns; a doctor who is gone from the site is left out when nothing is mapped."""
    mappings: dict[int, list[Held]] = defaultdict(list)
    for held in register.mappings.values():
        mappings[held.doctor_id].append(held)
    for doctor in register.doctors.values():
        for held in mappings[doctor.id]:
            yield _row(doctor, str(held.id), *held.place, say(held.status))
        if not mappings[doctor.id] and not doctor.is_gone:
            yield _row(doctor, "", "", "", "")


def _row(doctor: Listed, mapping: str, lpu_code: str, emias_doctor_id: str, status: str) -> list[str]:
    named = [mapping, doctor.site, doctor.element_id, doctor.name, doctor.specialty]
    return [*named, lpu_code, emias_doctor_id, status]
