"""The audit log as a file: a table for people, or lines by which the chain can be checked elsewhere."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any, Final, Literal

from gateway.store.audit import AuditEntry

__all__ = ["MEDIA_TYPES", "Sheet", "written"]

Sheet = Literal["csv", "jsonl"]
MEDIA_TYPES: Final[dict[Sheet, str]] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_COLUMNS: Final = ("number", "at", "actor", "what", "subject", "details", "hash")
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


async def written(entries: AsyncIterable[AuditEntry], sheet: Sheet) -> AsyncIterator[str]:
    """Yield the file piece by piece.

    The table is what Excel in Russia opens (byte order mark, semicolons; a cell that it would take for a formula begins
    with an apostrophe). A line of JSON has the chained `text` too: sha256 of the hash before it and of that text is
    its `hash`.
    """
    if sheet == "csv":
        yield "\ufeff" + _row(_COLUMNS)
    async for entry in entries:
        yield _row(_cells(entry)) if sheet == "csv" else _line(entry)


def _cells(entry: AuditEntry) -> list[str]:
    details = json.dumps(dict(entry.details), ensure_ascii=False) if entry.details else ""
    cells = [str(entry.number), entry.at.isoformat(), entry.actor, entry.what, entry.subject, details, entry.hash]
    return [f"'{cell}" if cell.startswith(_FORMULAS) else cell for cell in cells]


def _row(cells: Any) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerow(cells)
    return buffer.getvalue()


def _line(entry: AuditEntry) -> str:
    told = {
        **{name: getattr(entry, name) for name in _COLUMNS},
        "at": entry.at.isoformat(),
        "details": dict(entry.details),
        "text": entry.text,
    }
    return json.dumps(told, ensure_ascii=False) + "\n"
