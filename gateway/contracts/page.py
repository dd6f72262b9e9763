"""TOML written line by line, so that each line can bear its doubt."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["DOUBT", "Page", "Value"]

DOUBT: Final = "# ?"
"""Marks a line that somebody who knows the institution should look at."""
Value = str | bool | int | Sequence[str] | Mapping[str, str]


class Page:
    """A TOML file in the making; `unsure` counts its doubts."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self.unsure = 0

    def comment(self, text: str) -> None:
        """Write a comment."""
        self._lines.append(f"# {text}")

    def table(self, name: str, doubt: str = "") -> None:
        """Begin a table."""
        self._lines += ["", self._doubted(f"[{name}]", doubt)]

    def tables(self, name: str) -> None:
        """Begin an entry of an array of tables."""
        self._lines += ["", f"[[{name}]]"]

    def line(self, key: str, value: Value, doubt: str = "") -> None:
        """Write a key."""
        self._lines.append(self._doubted(f"{_key(key)} = {_value(value)}", doubt))

    def text(self) -> str:
        """Return the whole file."""
        return "\n".join(self._lines).strip() + "\n"

    def _doubted(self, line: str, doubt: str) -> str:
        if not doubt:
            return line
        self.unsure += 1
        return f"{line} {DOUBT} {doubt}"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:_}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    return f"[{', '.join(_value(one) for one in value)}]"
