"""A table on show, and the groups of the menu."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from piccolo.columns import Column
from piccolo.table import Table
from piccolo_admin.endpoints import TableConfig
from piccolo_api.crud.endpoints import OrderBy
from piccolo_api.crud.hooks import Hook
from piccolo_api.crud.validators import Validators

from admin.guards import read_only
from admin.naming import Naming

__all__ = ["ACCESS", "BOOKINGS", "DOCTORS", "SYNC", "Shown"]

BOOKINGS: Final = "1. Записи · Bookings"
DOCTORS: Final = "2. Врачи · Doctors"
SYNC: Final = "3. Синхронизация · Sync"
ACCESS: Final = "4. Доступ · Access"


@dataclass(frozen=True, slots=True)
class Shown:
    """A table on show: its names, its place in the menu, its columns in a list and what may be done with it.

    `open` are the columns that a form changes; the server's own word on that are `validators` and `hooks`.
    """

    table: type[Table]
    russian: str
    english: str
    group: str
    columns: Sequence[Column]
    order: Sequence[tuple[Column, bool]]
    link: Column | None = None
    filters: Sequence[Column] | None = None
    open: Sequence[Column] = ()
    validators: Validators = field(default_factory=read_only)
    hooks: Sequence[Hook] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def naming(self) -> Naming:
        """Return its names for the layer that shows them."""
        return Naming(self.table, self.russian, self.english, self.group, self.words)

    def config(self) -> TableConfig:
        """Return what Piccolo Admin asks for."""
        return TableConfig(
            self.table,
            visible_columns=list(self.columns),
            visible_filters=list(self.columns if self.filters is None else self.filters),
            link_column=self.link,
            order_by=[OrderBy(column, ascending=ascending) for column, ascending in self.order],
            menu_group=self.group,
            validators=self.validators,
            hooks=list(self.hooks),
        )
