"""Values as PHP writes them: an empty map as `[]`, a list with gaps as a map, numbers and flags as text."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from gateway.domain.errors import MirrorRefused

__all__ = ["as_flag", "as_list", "as_map", "as_number", "as_text", "decode"]

_LONGEST_TEXT: Final = 300
_LARGEST_NUMBER: Final = 2**63 - 1
_YES: Final = frozenset({"Y", "1", "true"})
_NO: Final = frozenset({"N", "0", "false", ""})


def decode(body: bytes) -> Any:
    """Read JSON; raise `MirrorRefused` when it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise MirrorRefused("malformed") from None


def as_map(value: Any) -> dict[str, Any]:
    """Take a map; anything else is an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Take a list, or the values of a map; anything else is an empty one."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def as_text(value: Any) -> str | None:
    """Tidy a short text, pasted invisible characters left out; a number is one too, None when it cannot be one."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    if isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
        return None
    visible = "".join(char for char in str(value) if char.isprintable() or char.isspace())
    tidy = " ".join(visible.split())
    return tidy if len(tidy) <= _LONGEST_TEXT else None


def as_number(value: Any, largest: int) -> int | None:
    """Read a whole number from zero up."""
    text = as_text(value) or ""
    return int(text) if text.isascii() and text.isdigit() and int(text) <= largest else None


def as_flag(value: Any) -> bool | None:
    """Read a flag in any of its spellings; None when it is none."""
    if isinstance(value, bool):
        return value
    text = as_text(value)
    return True if text in _YES else False if text in _NO else None
