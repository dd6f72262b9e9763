"""What the forms of Piccolo Admin let be changed."""

from __future__ import annotations

import pytest

from admin.meta import is_secret, name_of, table_name
from admin.roles import TABLES
from admin.tables import Shown, tables_shown

SHOWN = tables_shown()


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: table_name(shown.table))
def test_a_form_has_open_fields_where_the_server_takes_changes(shown: Shown) -> None:
    """A table that somebody adds to or edits has open columns, each of its own; any other has none."""
    is_edited = bool({"POST", "PATCH"} & set(TABLES[table_name(shown.table)].change))
    assert bool(shown.open) == is_edited
    assert all(column._meta.table is shown.table for column in shown.open)


def test_no_sealed_column_is_open() -> None:
    """Of what is never sent to a browser only a password is typed in."""
    secrets = {name_of(column) for shown in SHOWN for column in shown.open if is_secret(column)}
    assert secrets == {"password"}
