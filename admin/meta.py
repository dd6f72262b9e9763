"""What Piccolo knows of tables and columns; the one place that reaches into its `_meta`."""
# ruff: noqa: SLF001 - `_meta` is Piccolo's documented home of these facts, underscored only to leave names to columns

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from piccolo.columns import Column
from piccolo.table import Table

from admin.words import beside

__all__ = ["choices_of", "column_title", "columns_of", "is_secret", "name_of", "primary_key_of", "table_name"]

_ASIDE: Final = re.compile(r"\s*[:;,(].*")


def table_name(table: type[Table]) -> str:
    """Return a table's name in the database."""
    return table._meta.tablename


def columns_of(table: type[Table]) -> list[Column]:
    """Return all columns of a table."""
    return list(table._meta.columns)


def primary_key_of(table: type[Table]) -> Column:
    """Return the column that tells rows apart."""
    return table._meta.primary_key


def name_of(column: Column) -> str:
    """Return a column's name."""
    return column._meta.name


def column_title(column: Column) -> str:
    """Name a column by its help text, `Русский: пояснение / English: explanation`, without the explanations."""
    russian, _, english = (column._meta.help_text or "").partition(" / ")
    return beside(_ASIDE.sub("", russian), _ASIDE.sub("", english)) or name_of(column)


def is_secret(column: Column) -> bool:
    """Tell whether Piccolo leaves a column out of every answer."""
    return column._meta.secret


def choices_of(column: Column) -> type[Enum] | None:
    """Return the closed set of a column's values."""
    return column._meta.choices
