"""Where a figure's rows are: addresses of Piccolo Admin's lists and rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, urlencode

from piccolo.table import Table

from admin.meta import table_name
from admin.tables import Shown
from gateway.store.tables import Booking

__all__ = ["Links"]


class Links:
    """Addresses by table; a table that the admin does not show has none."""

    def __init__(self, shown: Sequence[Shown]) -> None:
        self._aliases = {table_name(each.table): quote(each.naming().alias) for each in shown}

    def rows(self, table: type[Table], **chosen: str) -> str:
        """Return the address of a list with its filter set."""
        return self._listing(table, urlencode(chosen))

    def since(self, table: type[Table], column: str, instant: datetime, **chosen: str) -> str:
        """Return the address of the rows from an instant on."""
        return self._listing(
            table, urlencode({column: instant.isoformat(timespec="seconds"), f"{column}__operator": "gte", **chosen})
        )

    def row(self, table: type[Table], key: object) -> str:
        """Return the address of one row."""
        return f"/#/{self._aliases[table_name(table)]}/{quote(str(key))}"

    def booking(self, key: object) -> str:
        """Return the address of a booking."""
        return self.row(Booking, key)

    def _listing(self, table: type[Table], query: str) -> str:
        return f"/#/{self._aliases[table_name(table)]}" + (f"?{query}" if query else "")
