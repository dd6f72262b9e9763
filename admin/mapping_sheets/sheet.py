"""A sheet of mappings: its columns, written for Excel and read from whatever Excel saves as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from admin.mapping_sheets.cells import guarded, text_of, unguarded
from admin.mapping_sheets.refusals import SheetRefused

__all__ = ["COLUMNS", "LARGEST_FILE", "MOST_LINES", "Line", "read_sheet", "write_sheet"]

LARGEST_FILE: Final = 1024 * 1024
MOST_LINES: Final = 5_000
COLUMNS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "mapping": ("№ связи", "Mapping"),
        "site": ("Площадка", "Site"),
        "element_id": ("ID врача на сайте", "Doctor's id on the site"),
        "doctor": ("Врач", "Doctor"),
        "specialty": ("Специальность", "Specialty"),
        "lpu_code": ("Код ЛПУ", "LPU code"),
        "emias_doctor_id": ("Номер врача в ЕМИАС", "Doctor's id in EMIAS"),
        "status": ("Состояние", "Status"),
    }
)
"""Titles by column, Russian and English; a file may have them in either, or by these keys, and in any order."""

_NEEDED: Final = ("element_id", "lpu_code", "emias_doctor_id")
_SEPARATORS: Final = ";,\t"
_HINT: Final = "sep="
_LONGEST_NUMBER: Final = 18


@dataclass(frozen=True, slots=True)
class Line:
    """What one row of a file says, cell by cell as it stands there; `number` is the row's in the spreadsheet."""

    number: int
    mapping: str
    site: str
    element_id: str
    doctor: str
    lpu_code: str
    emias_doctor_id: str

    @property
    def mapping_id(self) -> int:
        """Return the mapping's number; 0 where there is none."""
        digits = self.mapping.isascii() and self.mapping.isdigit() and len(self.mapping) <= _LONGEST_NUMBER
        return int(self.mapping) if digits else 0


def write_sheet(rows: Iterable[Sequence[str]], language: int) -> bytes:
    """Write rows of all columns as Excel in Russia opens them by a click: UTF-8 with its mark, semicolons."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([titles[language] for titles in COLUMNS.values()])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def read_sheet(content: bytes) -> list[Line]:
    """Read the rows of a file.

    Raises:
        SheetRefused: it is too large, not text, or has not the columns that are needed.
    """
    if len(content) > LARGEST_FILE:
        raise SheetRefused("too_large", limit=LARGEST_FILE // 1024)
    rows = _rows(text_of(content))
    titles = next(rows, None)
    if titles is None:
        raise SheetRefused("empty")
    places = _places(titles[1])
    lines = [_line(number, row, places) for number, row in rows if any(cell.strip() for cell in row)]
    if not lines:
        raise SheetRefused("empty")
    if len(lines) > MOST_LINES:
        raise SheetRefused("too_long", limit=MOST_LINES)
    return lines


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    hinted = first[: len(_HINT)].lower() == _HINT
    titles = text.partition("\n")[2].partition("\n")[0] if hinted else first
    separator = max(_SEPARATORS, key=titles.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for number, row in enumerate(reader, start=1):
            if not (hinted and number == 1):
                yield number, row
    except csv.Error:
        raise SheetRefused("not_csv") from None


def _places(titles: Sequence[str]) -> Mapping[str, int]:
    known = {_plain(name): key for key, names in COLUMNS.items() for name in (key, *names)}
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        key = known.get(_plain(title))
        if key in places:
            raise SheetRefused("column_twice", column=title)
        if key:
            places[key] = place
    missing = [COLUMNS[key][0] for key in _NEEDED if key not in places]
    if missing:
        raise SheetRefused("column_missing", columns=", ".join(missing))
    return places


def _plain(title: str) -> str:
    return " ".join(unguarded(title).casefold().split())


def _line(number: int, row: Sequence[str], places: Mapping[str, int]) -> Line:
    def cell(key: str) -> str:
        place = places.get(key, len(row))
        return unguarded(row[place]) if place < len(row) else ""

    return Line(
        number,
        cell("mapping").strip(),
        cell("site").strip(),
        cell("element_id"),
        cell("doctor"),
        cell("lpu_code"),
        cell("emias_doctor_id"),
    )
