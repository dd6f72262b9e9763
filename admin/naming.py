"""Names as the administrator reads them: Russian with the English beside it.

Piccolo Admin calls a table by its name in the database, in menus as in addresses, and a column by that name in title
case. This layer stands in front of it: `/api/tables/<Russian_name>/…` reaches the table, and what comes back about
tables (the menu, schemas, references) carries our names and our order, and no sealed column.
Instants in a list are Moscow's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from piccolo.columns import Column
from piccolo.table import Table
from starlette.types import ASGIApp, Receive, Scope, Send

from admin.answers import Rewriting, explained, in_moscow
from admin.masking import sealed_names
from admin.meta import choices_of, column_title, columns_of, name_of, table_name
from admin.words import VALUES, beside

__all__ = ["Naming", "RussianNames"]

_TABLES: Final = "/api/tables/"
_REWRITTEN: Final = frozenset({"", "schema/", "references/"})


@dataclass(frozen=True, slots=True)
class Naming:
    """A table with its names; `words` puts names to codes that a text column may hold."""

    table: type[Table]
    russian: str
    english: str
    group: str
    words: Mapping[str, Mapping[str, str]]

    @property
    def real(self) -> str:
        """Return the name in the database."""
        return table_name(self.table)

    @property
    def alias(self) -> str:
        """Return the name in addresses; Piccolo Admin shows its underscores as spaces."""
        return beside(self.russian, self.english).replace(" ", "_")


class RussianNames:
    """The layer itself, around an app that serves Piccolo Admin at its root."""

    def __init__(self, app: ASGIApp, namings: Sequence[Naming]) -> None:
        self._app = app
        self._namings = {naming.real: naming for naming in namings}
        self._real = {naming.alias: naming.real for naming in namings}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, renaming on the way in and on the way out."""
        if scope["type"] != "http" or not scope["path"].startswith(_TABLES):
            await self._app(scope, receive, send)
            return
        called, _, rest = scope["path"].removeprefix(_TABLES).partition("/")
        real = self._real.get(called, called)
        path = f"{_TABLES}{real}/{rest}" if called else _TABLES
        inner = {**scope, "path": path, "raw_path": quote(path).encode()}
        if scope["method"] == "GET" and rest in _REWRITTEN:
            await Rewriting(self._app, 200, lambda body: self._renamed(real, rest, body)).serve(inner, receive, send)
        elif scope["method"] in {"POST", "PATCH"} and real in self._namings:
            naming = self._namings[real]
            await Rewriting(self._app, 422, lambda body: explained(naming.table, body)).serve(inner, receive, send)
        else:
            await self._app(inner, receive, send)

    def _renamed(self, real: str, rest: str, body: Any) -> Any:
        if not real:
            return [self._alias(name) for name in body]
        if real == "grouped":
            return self._menu({name for names in body["grouped"].values() for name in names})
        naming = self._namings.get(real)
        if naming is None:
            return body
        if rest == "schema/":
            return self._schema(naming, body)
        return self._references(body) if rest == "references/" else in_moscow(naming.table, body)

    def _alias(self, real: str) -> str:
        naming = self._namings.get(real)
        return naming.alias if naming else real

    def _menu(self, listed: AbstractSet[str]) -> Any:
        grouped: dict[str, list[str]] = {}
        for naming in (each for each in self._namings.values() if each.real in listed):
            grouped.setdefault(naming.group, []).append(naming.alias)
        return {"grouped": grouped, "ungrouped": []}

    def _references(self, body: Any) -> Any:
        known = {
            (entry["tableName"], entry["columnName"])
            for entry in body["references"]
            if entry["tableName"] in self._namings
        }
        return {
            "references": [{"tableName": self._alias(name), "columnName": column} for name, column in sorted(known)]
        }

    def _schema(self, naming: Naming, schema: Any) -> Any:
        sealed = sealed_names(naming.table)
        schema["properties"] = {name: told for name, told in schema["properties"].items() if name not in sealed}
        for column in columns_of(naming.table):
            told = schema["properties"].get(name_of(column))
            if told is not None:
                told["title"] = column_title(column)
                self._column(naming, column, told["extra"])
        return schema

    def _column(self, naming: Naming, column: Column, extra: Any) -> None:
        target = extra.get("foreign_key")
        if target:
            target["to"] = self._alias(target["to"])
        closed = choices_of(column)
        for choice in (extra["choices"] or {}).values():
            russian = VALUES.get(closed, {}).get(choice["value"]) if closed else None
            choice["display_name"] = beside(russian or choice["value"], choice["value"] if russian else "")
        words = naming.words.get(name_of(column))
        if words:
            extra["choices"] = {code: {"display_name": word, "value": code} for code, word in words.items()}
