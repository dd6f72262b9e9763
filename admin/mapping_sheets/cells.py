"""Cells that Excel leaves alone, and bytes that Excel has written."""

from __future__ import annotations

import codecs
import re
from typing import Final

from admin.mapping_sheets.refusals import SheetRefused

__all__ = ["guarded", "text_of", "unguarded"]

_GUARD: Final = "'"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", _GUARD)
# Excel reads these as numbers and dates: it drops leading zeros, rounds long numbers, makes 1-2 the first of February.
_SPOILT: Final = re.compile(r"0\d+|\d{12,}|\d[\d.,/:eE+-]*[.,/:eE+-][\d.,/:eE+-]*")
_BOOK: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def guarded(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula or make a number or a date of."""
    return _GUARD + cell if cell.startswith(_FORMULA) or _SPOILT.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """Take the apostrophe off again."""
    return cell.removeprefix(_GUARD)


def text_of(content: bytes) -> str:
    """Decode a file by its mark; without one as UTF-8, else as Windows-1251.

    Raises:
        SheetRefused: it is a workbook, or no text in any of them.
    """
    if content.startswith(_BOOK):
        raise SheetRefused("is_workbook")
    named = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    for encoding in (named,) if named else ("utf-8", "cp1251"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise SheetRefused("not_text")
