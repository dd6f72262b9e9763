"""What a file means against what stands in the database."""

from __future__ import annotations

import pytest
from hypothesis import given

from admin.mapping_sheets.differences import Differences, compare
from admin.mapping_sheets.export import sheet_rows
from admin.mapping_sheets.register import Register
from admin.mapping_sheets.sheet import Line, read_sheet, write_sheet
from admin.mapping_sheets.words import WORDS
from tests.unit.admin.mapping_sheets.registers import listed, register_of, registers


def line(number: int, doctor: int, lpu_code: str, code: str, mapping: str = "", name: str = "") -> Line:
    """Make a row of the only site."""
    return Line(number, mapping, "clinic", f"e{doctor}", name, lpu_code, code)


def keys(found: Differences) -> list[str]:
    """Return why rows were not understood."""
    return [problem.key for problem in found.problems]


@given(registers())
def test_what_was_exported_changes_nothing(register: Register) -> None:
    """Whatever stands in the database, its export brought back unchanged is no difference, with removal or without."""
    for language in (0, 1):
        content = write_sheet(sheet_rows(register, lambda key: key), language)
        for removes in (False, True):
            if lines := read_sheet(content) if list(sheet_rows(register, str)) else []:
                found = compare(register, lines, removes=removes)
                assert (found.count, found.problems, found.unchanged) == (0, [], len(lines))


def test_new_changed_and_left_out_are_told_apart() -> None:
    """A row without a number is new, a row with one is a change, a mapping without a row stays unless it is to go."""
    register = register_of(3, (1, "0101", "D1"), (2, "0101", "D2"))
    lines = [line(2, 1, "0202", "D9", "1"), line(3, 3, " 0101 ", "D3")]
    found = compare(register, lines, removes=False)
    assert [(each.held.id, each.place) for each in found.moved] == [(1, ("0202", "D9"))]
    assert [(each.doctor.id, each.place) for each in found.added] == [(3, ("0101", "D3"))]
    assert ([each.id for each in found.left_out], found.removed) == ([2], [])
    gone = compare(register, lines, removes=True)
    assert ([each.id for each in gone.removed], gone.left_out, gone.count) == ([2], [], 3)


def test_a_row_without_a_number_finds_its_mapping() -> None:
    """The same doctor with the same codes is the mapping that stands there already."""
    found = compare(register_of(1, (1, "0101", "D1")), [line(2, 1, "0101", "D1")], removes=True)
    assert (found.count, found.unchanged) == (0, 1)


def test_a_doctor_without_codes_is_no_mapping() -> None:
    """Rows of doctors who have no mapping yet are passed over as long as their codes are empty."""
    found = compare(register_of(1), [line(2, 1, "", " ")], removes=True)
    assert (found.count, found.problems, found.unchanged) == (0, [], 1)


def test_mappings_of_a_doctor_may_change_places() -> None:
    """Two mappings of one doctor swap their codes, and a third follows into a place that becomes free."""
    register = register_of(1, (1, "0101", "D1"), (1, "0101", "D2"))
    swap = compare(register, [line(2, 1, "0101", "D2", "1"), line(3, 1, "0101", "D1", "2")], removes=False)
    assert (len(swap.moved), swap.problems) == (2, [])
    chain = compare(register, [line(2, 1, "0101", "D9", "1"), line(3, 1, "0101", "D1")], removes=False)
    assert (len(chain.moved), len(chain.added), chain.problems) == (1, 1, [])


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (line(2, 9, "0101", "D5"), "doctor_unknown"),
        (Line(2, "", "elsewhere", "e1", "", "0101", "D5"), "doctor_unknown"),
        (Line(2, "", "clinic", " ", "", "0101", "D5"), "element_missing"),
        (line(2, 2, "0101", "D5", name="Врач 1"), "name_differs"),
        (line(2, 1, "0101", "D5", "99"), "mapping_unknown"),
        (line(2, 1, "0101", "D5", "9" * 5000), "mapping_unknown"),
        (line(2, 1, "0101", "D5", "один"), "mapping_unknown"),
        (line(2, 2, "0101", "D5", "1"), "mapping_of_another"),
        (line(2, 1, "", "", "1"), "codes_cleared"),
        (line(2, 1, "", "D5"), "lpu_code_missing"),
        (line(2, 1, "0101", ""), "emias_doctor_id_missing"),
        (line(2, 1, "0101", "1,23E+11"), "number_of_excel"),
        (line(2, 1, "0101", "D5, D6"), "code_malformed"),
        (line(2, 1, "0101", "D" * 65), "code_malformed"),
        (line(2, 1, "101", "D5"), "zeros_lost"),
        (line(2, 1, "0101", "7"), "zeros_lost"),
        (line(2, 1, "0303", "D5"), "lpu_unknown"),
        (line(2, 1, "0202", "007", "1"), "place_held"),
    ],
)
def test_a_row_that_cannot_be_meant_is_explained(row: Line, key: str) -> None:
    """Each mistake has its own sentence in both languages, and its mapping does not go for it."""
    register = register_of(2, (1, "0101", "D1"), (1, "0202", "007"), (2, "0101", "007"))
    found = compare(register, [row], removes=False)
    assert keys(found) == [key]
    assert row.mapping_id not in {each.id for each in compare(register, [row], removes=True).removed}
    for sentence in WORDS[key]:
        assert sentence.format(**found.problems[0].gaps)


def test_rows_that_say_the_same_twice_are_told() -> None:
    """A mapping named twice and a place given twice are mistakes; the second row is named, with the first."""
    register = register_of(1, (1, "0101", "D1"))
    twice = [line(2, 1, "0101", "D5", "1"), line(3, 1, "0101", "D6", "1")]
    assert keys(compare(register, twice, removes=False)) == ["mapping_twice"]
    same = compare(register, [line(2, 1, "0101", "D5"), line(3, 1, "0101", "D5")], removes=False)
    assert [(each.key, each.gaps["line"], each.line.number) for each in same.problems] == [("place_twice", "2", 3)]


def test_a_site_must_be_named_where_there_are_two() -> None:
    """With one site its name may be left out, with two it may not."""
    one = register_of(1)
    row = Line(2, "", "", "e1", "", "0101", "D5")
    assert len(compare(one, [row], removes=False).added) == 1
    two = Register(
        {**one.doctors, 9: one.doctors[1].__class__(9, "second", "e9", "В", "Т", is_gone=False)}, {}, ["0101"]
    )
    assert keys(compare(two, [row], removes=False)) == ["site_missing"]


def test_only_sites_in_the_file_lose_mappings() -> None:
    """A file of one site says nothing of another's mappings."""
    register = register_of(2, (1, "0101", "D1"), (2, "0101", "D2"))
    two = Register({1: register.doctors[1], 2: listed(2, "second")}, register.mappings, register.lpu_codes)
    assert [each.id for each in compare(two, [line(2, 1, "", "")], removes=True).removed] == [1]


def test_another_state_has_another_digest() -> None:
    """A mapping, a status, a name or an institution that changes is seen."""
    first = register_of(1, (1, "0101", "D1"))
    others = [
        register_of(1, (1, "0101", "D2")),
        register_of(2, (1, "0101", "D1")),
        register_of(1, (1, "0101", "D1"), origin="bitrix"),
        Register(first.doctors, first.mappings, ["0101"]),
    ]
    assert first.digest() == register_of(1, (1, "0101", "D1")).digest()
    assert len({each.digest() for each in [first, *others]}) == 5
