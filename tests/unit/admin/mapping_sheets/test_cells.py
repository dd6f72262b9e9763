"""Cells that no spreadsheet runs or spoils, and files in the encodings that Excel writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.mapping_sheets.cells import guarded, text_of, unguarded
from admin.mapping_sheets.refusals import SheetRefused

TEXT = "№ связи;Врач\r\n1;Ёлкина Жанна\r\n"


@given(st.text())
def test_a_guard_comes_off_again(cell: str) -> None:
    """Whatever a cell says, it is read as it was written."""
    assert unguarded(guarded(cell)) == cell


@given(st.sampled_from("=+-@\t\r\n"), st.text())
def test_a_formula_is_never_written(first: str, rest: str) -> None:
    """No written cell begins with what a spreadsheet runs."""
    assert guarded(first + rest).startswith("'")


@pytest.mark.parametrize("code", ["0101", "1234567890123456", "1E5", "1-2", "1.5", "3/4", "12:30", "1,5"])
def test_codes_that_excel_would_spoil_are_guarded(code: str) -> None:
    """Leading zeros, long numbers, and what looks like a date or a number stay text."""
    assert guarded(code) == "'" + code


@pytest.mark.parametrize("cell", ["77", "D1", "Врачова Анна", "", "12345678901"])
def test_plain_cells_are_left_alone(cell: str) -> None:
    """What Excel understands as it is meant needs no guard."""
    assert guarded(cell) == cell


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_what_excel_saves_is_read(encoding: str) -> None:
    """UTF-8 with and without its mark, Windows-1251 and UTF-16 are told apart."""
    assert text_of(TEXT.replace("Ё", "Е").encode(encoding)) == TEXT.replace("Ё", "Е")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"PK\x03\x04 a zipped workbook", "is_workbook"),
        (b"\xd0\xcf\x11\xe0 an old workbook", "is_workbook"),
        (b"\x98\x98", "not_text"),
        (b"a;b\0\r\n", "not_text"),
        (b"\xff\xfea", "not_text"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, key: str) -> None:
    """A workbook is told as such, other bytes as no text."""
    with pytest.raises(SheetRefused) as refused:
        text_of(content)
    assert refused.value.key == key
