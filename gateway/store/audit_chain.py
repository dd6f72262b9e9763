"""What must be true of the audit log, as queries for the rows in which it is not.

They hash with expressions of their own: a function in the database may have been changed together with a row.
"""

from __future__ import annotations

from typing import Final

__all__ = ["BROKEN_LINKS", "OUTSIDE_THE_CHAIN", "WRONG_HEAD"]

_BEGINNING: Final = "sha256('emias-gateway audit log')"
_TEXT: Final = """jsonb_build_array(l.id, to_char(l.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                                    l.actor, l.what, l.subject, l.details)::text"""

BROKEN_LINKS: Final = f"""
SELECT CASE WHEN id IS NULL THEN format('audit row %s (number %s) is gone', audit_id, number)
            WHEN number <> number_before + 1
            THEN format('audit numbers %s to %s are gone', number_before + 1, number - 1)
            ELSE format('audit row %s (number %s of %s) was changed', id, number, to_char(at, 'YYYY-MM-DD HH24:MI')) END
FROM (SELECT c.number, c.audit_id, c.hash, l.id, l.at, {_TEXT} AS told,
             lag(c.number, 1, 0::bigint) OVER chain AS number_before,
             lag(c.hash, 1, {_BEGINNING}) OVER chain AS hash_before
      FROM audit_chain c LEFT JOIN audit_log l ON l.id = c.audit_id
      WINDOW chain AS (ORDER BY c.number)) AS links
WHERE id IS NULL OR number <> number_before + 1 OR hash <> sha256(hash_before || convert_to(told, 'UTF8'))
ORDER BY number
"""  # noqa: S608 - made of constants
"""Rows that were changed or are gone, the first in front."""

OUTSIDE_THE_CHAIN: Final = """
SELECT format('audit row %s stands outside the chain', l.id)
FROM audit_log l WHERE NOT EXISTS (SELECT FROM audit_chain c WHERE c.audit_id = l.id) ORDER BY l.id
"""
"""Rows that were slipped in."""

WRONG_HEAD: Final = f"""
SELECT format('the audit chain ends at number %s, and %s were written', coalesce(t.number, 0), coalesce(h.rows, 0))
FROM (SELECT) AS one LEFT JOIN audit_head h ON true
LEFT JOIN (SELECT number, hash FROM audit_chain ORDER BY number DESC LIMIT 1) AS t ON true
WHERE h.rows IS DISTINCT FROM coalesce(t.number, 0) OR h.hash IS DISTINCT FROM coalesce(t.hash, {_BEGINNING})
"""  # noqa: S608 - made of constants
"""A chain whose end was cut off, or whose head was changed."""
