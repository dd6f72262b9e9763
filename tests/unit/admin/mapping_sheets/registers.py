"""Invented registers: sites, doctors and mappings, simple or as wild as a database allows."""

from __future__ import annotations

from hypothesis import strategies as st

from admin.mapping_sheets.register import Held, Listed, Register

__all__ = ["LPU_CODES", "listed", "register_of", "registers"]

LPU_CODES = ("0101", "0202")
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
_CODES = st.one_of(
    _TEXT, st.sampled_from(["", "007", "=1+1", "'x", "1E5", "1-2", "12345678901234567", "0101", " D ", "a;b"])
)


def listed(number: int, site: str = "clinic") -> Listed:
    """Make a doctor with this number."""
    return Listed(number, site, f"e{number}", f"Врач {number}", "Терапевт", is_gone=False)


def register_of(doctors: int, *held: tuple[int, str, str], origin: str = "admin") -> Register:
    """Make a register of one site; each mapping is a doctor, an LPU code and an EMIAS id, numbered from one."""
    mappings = {
        number: Held(number, doctor, lpu_code, code, origin, "mapped", "")
        for number, (doctor, lpu_code, code) in enumerate(held, start=1)
    }
    return Register({number: listed(number) for number in range(1, doctors + 1)}, mappings, LPU_CODES)


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """Make a register whose names, ids and codes are any text."""
    elements = draw(st.lists(_TEXT.filter(str.strip), min_size=1, max_size=6, unique=True))
    sites = st.sampled_from(["clinic", "second"])
    doctors = {
        number: Listed(number, draw(sites), element, draw(_TEXT), draw(_TEXT), draw(st.booleans()))
        for number, element in enumerate(elements, start=1)
    }
    places = st.tuples(st.sampled_from(sorted(doctors)), _CODES, _CODES)
    held = draw(st.lists(places, max_size=8, unique=True))
    mappings = {
        number: Held(number * 7, *place, "bitrix", "mapped", "")
        for number, place in ((index * 7, place) for index, place in enumerate(held, start=1))
    }
    return Register(doctors, {each.id: each for each in mappings.values()}, LPU_CODES)
