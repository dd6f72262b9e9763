"""What the admin never sends to a browser: sealed patients and contacts, keyed hashes, secrets.

Piccolo leaves a column marked `secret` out of every answer. Here the marks are checked at start-up, so that a new
column cannot slip through, and a request that names such a column (to sort, to filter, to ask for it) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from fastapi import HTTPException
from piccolo.table import Table
from starlette.requests import Request

from admin.meta import columns_of, is_secret, name_of, table_name

__all__ = ["Unmasked", "check_masked", "refuse_sealed", "sealed_names"]

_MUST_BE_SECRET: Final = re.compile(r".*_sealed|(snils|guest|birth|secret)_hash|password|secret")
_ORDERING: Final = ("__order", "__visible_fields")


class Unmasked(Exception):
    """A table would show personal data or a secret; the message names table and columns."""


def sealed_names(table: type[Table]) -> frozenset[str]:
    """Return the names of the columns that no answer may carry."""
    return frozenset(name_of(column) for column in columns_of(table) if is_secret(column))


def check_masked(tables: Iterable[type[Table]]) -> None:
    """Raise `Unmasked` when a column that holds personal data or a secret is not marked so."""
    for table in tables:
        named = {name_of(column) for column in columns_of(table)}
        bare = sorted(name for name in named - sealed_names(table) if _MUST_BE_SECRET.fullmatch(name))
        if bare:
            raise Unmasked(f"{table_name(table)}: {', '.join(bare)} must be marked secret")


def refuse_sealed(piccolo_crud: Any, request: Request) -> None:
    """Refuse a request that sorts by, filters by or asks for a sealed column: order alone would tell of its content."""
    asked = set(request.query_params)
    for parameter in _ORDERING:
        for value in request.query_params.getlist(parameter):
            asked.update(name.removeprefix("-") for name in value.split(","))
    if sealed_names(piccolo_crud.table) & {name.partition("__")[0].rstrip("[]") or name for name in asked}:
        raise HTTPException(403, detail="Личные данные здесь не показываются · Personal data is not shown here")
