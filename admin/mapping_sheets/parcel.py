"""A file on its way through the person's browser: packed into a hidden field, back with the person's word."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Final

from admin.mapping_sheets.refusals import SheetRefused
from admin.mapping_sheets.sheet import LARGEST_FILE

__all__ = ["LARGEST_FORM", "pack", "unpack"]

# The form's reader takes fields of a megabyte at most; a table shrinks to a tenth of itself.
_LARGEST_FIELD: Final = 1000 * 1024
LARGEST_FORM: Final = LARGEST_FILE + 64 * 1024


def pack(content: bytes) -> str:
    """Pack a file into a field; raise `SheetRefused` when it does not shrink as text does."""
    field = base64.b64encode(zlib.compress(content, 9)).decode()
    if len(field) > _LARGEST_FIELD:
        raise SheetRefused("too_large", limit=_LARGEST_FIELD // 1024)
    return field


def unpack(field: str) -> bytes:
    """Take a file out again; raise `SheetRefused` when this is no field of ours."""
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(base64.b64decode(field, validate=True), LARGEST_FILE + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise SheetRefused("not_csv") from None
    if not unpacker.eof:
        raise SheetRefused("too_large", limit=LARGEST_FILE // 1024)
    return content
