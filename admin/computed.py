"""Columns that PostgreSQL works out for a list: they can be sorted and searched by, and are never written."""

from __future__ import annotations

from dataclasses import dataclass

from piccolo.columns import SmallInt, Text
from piccolo.columns.base import ColumnMeta

from admin.meta import table_name

__all__ = ["ComputedNumber", "ComputedText"]


@dataclass
class _ComputedMeta(ColumnMeta):
    """A column's facts, with an expression where its name would stand; `{table}` in it is the table's name."""

    expression: str = ""

    def get_full_name(self, with_alias: bool = True, include_quotes: bool = True) -> str:  # noqa: ARG002, FBT001, FBT002 - Piccolo's signature
        """Return the expression where Piccolo would put a column's name."""
        expression = self.expression.replace("{table}", f'"{table_name(self.table)}"')
        return f'{expression} AS "{self.name}"' if with_alias else expression


class ComputedNumber(SmallInt):
    """A small number by an expression."""

    def __init__(self, expression: str, help_text: str) -> None:
        super().__init__(default=0, help_text=help_text)
        self._meta = _ComputedMeta(**vars(self._meta), expression=expression)


class ComputedText(Text):
    """A text by an expression."""

    def __init__(self, expression: str, help_text: str) -> None:
        super().__init__(default="", help_text=help_text)
        self._meta = _ComputedMeta(**vars(self._meta), expression=expression)
