"""Search the tables for text that must not be there in the clear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

__all__ = ["find_in_tables"]

_COLUMNS: Final = """
SELECT c.table_name, c.column_name, c.data_type
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
  AND c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY')
  AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass(quote_ident(c.table_name)))
ORDER BY 1, 2
"""
_COUNT: Final = "SELECT count(*) FROM {table} WHERE EXISTS (SELECT FROM unnest($1::text[]) AS w WHERE {found})"
_IN_BYTES: Final = "position(convert_to(w, 'UTF8') IN {column}) > 0"
_IN_TEXT: Final = "position(w IN {column}::text) > 0"


async def find_in_tables(connection: Any, texts: Sequence[str]) -> list[str]:
    """Name each column that holds one of the texts, with the number of its rows; the text itself is not repeated."""
    found = []
    for table, column, kind in await connection.fetch(_COLUMNS):
        quoted = f'"{column}"'
        condition = (_IN_BYTES if kind == "bytea" else _IN_TEXT).format(column=quoted)
        rows = await connection.fetchval(_COUNT.format(table=f'"{table}"', found=condition), list(texts))
        if rows:
            found.append(f"{table}.{column}: {rows} rows")
    return found
