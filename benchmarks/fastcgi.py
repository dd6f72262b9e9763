"""The little FastCGI that asks php-fpm without a web server between."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

__all__ = ["OPENING", "answer_ends", "request"]

_HEAD: Final = struct.Struct("!BBHHBx")
_BEGIN, _END, _PARAMS, _STDIN = 1, 3, 4, 5
_RESPONDER_KEPT: Final = struct.pack("!HB5x", 1, 1)
_SHORT: Final = 127

OPENING: Final = "\x01\x06"
"""A good answer begins with standard output; an error would come first."""


def request(parameters: Mapping[str, str]) -> bytes:
    """Write a request without a body that leaves the connection open."""
    pairs = b"".join(_length(name) + _length(value) + f"{name}{value}".encode() for name, value in parameters.items())
    records = ((_BEGIN, _RESPONDER_KEPT), (_PARAMS, pairs), (_PARAMS, b""), (_STDIN, b""))
    return b"".join(_HEAD.pack(1, kind, 1, len(content), 0) + content for kind, content in records)


def answer_ends(received: bytes) -> int:
    """Return the length of the whole answer, 0 before its end is there."""
    place = 0
    while place + _HEAD.size <= len(received):
        kind: int
        length: int
        padding: int
        _, kind, _, length, padding = _HEAD.unpack_from(received, place)
        place += _HEAD.size + length + padding
        if kind == _END and place <= len(received):
            return place
    return 0


def _length(text: str) -> bytes:
    size = len(text.encode())
    return bytes([size]) if size <= _SHORT else struct.pack("!I", size | 0x80000000)
