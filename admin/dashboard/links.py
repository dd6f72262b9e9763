"""Where a figure's rows are: addresses of Piccolo Admin's lists and rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from urllib.parse import quote, unquote, urlencode

from piccolo.table import Table

from admin.meta import table_name
from admin.tables import Shown
from gateway.store.tables import Booking, Doctor, DoctorMapping, EmiasDoctor, Institution

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

    def act(self, noun: Literal["booking", "doctor", "institution"], key: object, language: str) -> str:
        """Return the address where something can be done about one row; a doctor is EMIAS's."""
        return f"/act/{noun}/{quote(str(key), safe='')}?lang={language}"

    def pages(self) -> dict[str, str]:
        """Tell, by the names of lists in Piccolo Admin's addresses, where something can be done about their rows."""
        tables = {
            Booking: "/act/booking",
            Doctor: "/doctor",
            DoctorMapping: "/act/mapping",
            EmiasDoctor: "/act/doctor",
            Institution: "/act/institution",
        }
        return {unquote(self._aliases[table_name(table)]): page for table, page in tables.items()}

    def _listing(self, table: type[Table], query: str) -> str:
        return f"/#/{self._aliases[table_name(table)]}" + (f"?{query}" if query else "")
