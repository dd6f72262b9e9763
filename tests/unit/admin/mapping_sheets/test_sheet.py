"""Reading whatever Excel saves as CSV."""

from __future__ import annotations

import pytest

from admin.mapping_sheets.parcel import pack, unpack
from admin.mapping_sheets.refusals import SheetRefused
from admin.mapping_sheets.sheet import LARGEST_FILE, MOST_LINES, Line, read_sheet

TITLES = "№ связи;Площадка;ID врача на сайте;Врач;Специальность;Код ЛПУ;Номер врача в ЕМИАС;Состояние"
LINE = Line(2, "7", "clinic", "e1", "Врач 1", "0101", "D1")


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_any_separator_is_understood(separator: str) -> None:
    """Semicolons, commas and tabs are found in the titles."""
    row = "7;clinic;e1;Врач 1;Терапевт;'0101;D1;связан"
    assert read_sheet(f"{TITLES}\r\n{row}".replace(";", separator).encode()) == [LINE]


def test_columns_are_found_by_either_language_in_any_order() -> None:
    """English titles or plain keys will do, others are passed over, and what is not needed may be missing."""
    text = "LPU code;note;emias_doctor_id; DOCTOR'S ID ON THE SITE\n0101;x;D1;e1\n"
    assert read_sheet(text.encode()) == [Line(2, "", "", "e1", "", "0101", "D1")]


def test_a_hint_for_excel_is_passed_over() -> None:
    """The first line may be Excel's own `sep=`; rows keep their numbers in the spreadsheet."""
    [line] = read_sheet(f"sep=;\r\n{TITLES}\r\n7;clinic;e1;Врач 1;Т;0101;D1;\r\n".encode())
    assert line.number == 3


def test_empty_rows_and_short_rows_do_no_harm() -> None:
    """Blank rows are passed over, cells that are missing at the end are empty."""
    lines = read_sheet(f"{TITLES}\r\n;;;;;;;\r\n7;clinic;e1\r\n".encode())
    assert lines == [Line(3, "7", "clinic", "e1", "", "", "")]


def test_a_cell_with_a_line_break_is_one_row() -> None:
    """Rows are counted as the spreadsheet counts them."""
    lines = read_sheet(f'{TITLES}\r\n1;clinic;e1;"Врач\r\nДва";Т;1;2;\r\n2;clinic;e2;В;Т;3;4;\r\n'.encode())
    assert [(line.number, line.doctor) for line in lines] == [(2, "Врач\r\nДва"), (3, "В")]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "empty"),
        (TITLES.encode(), "empty"),
        (b"\xd1\xb0\n", "column_missing"),
        (TITLES[2:].encode("koi8-r"), "column_missing"),
        (TITLES.encode("cp866"), "column_missing"),
        (f"{TITLES};Код ЛПУ\r\n1".encode(), "column_twice"),
        ((TITLES + "\r\n" + "7;clinic;e1;В;Т;1;2;\r\n" * (MOST_LINES + 1)).encode(), "too_long"),
        (b"x" * (LARGEST_FILE + 1), "too_large"),
        (f"{TITLES}\r\n{'x' * 200_000}".encode(), "not_csv"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(content: bytes, key: str) -> None:
    """Each refusal has its own sentence."""
    with pytest.raises(SheetRefused) as refused:
        read_sheet(content)
    assert refused.value.key == key


def test_a_parcel_is_opened_as_it_was_packed() -> None:
    """What goes through the browser comes back, and nothing larger than a file may be."""
    content = f"{TITLES}\r\n".encode() * 500
    assert unpack(pack(content)) == content
    assert len(pack(content)) < len(content) / 10
    for field in ("", "не base64", "AAAA", pack(b"0" * (LARGEST_FILE + 2))):
        with pytest.raises(SheetRefused):
            unpack(field)
