"""Each disclosure has its row in the audit log, each such row its disclosure: queries for those that have not."""

from __future__ import annotations

from typing import Final

__all__ = ["DISCLOSED_WITHOUT_TRACE", "TRACE_WITHOUT_DISCLOSURE"]

_PAIR: Final = """
a.details ->> 'disclosure' = d.id::text AND a.actor = d.actor AND a.details ->> 'what' = d.what
AND a.what = CASE d.what WHEN 'bookings' THEN 'search' ELSE 'reveal' END
AND a.subject = coalesce('booking:' || d.booking_id, 'bookings')
"""

DISCLOSED_WITHOUT_TRACE: Final = f"""
SELECT format('disclosure %s of %s: %s rows in the audit log', d.id, d.actor, count(a.id))
FROM disclosures d LEFT JOIN audit_log a ON a.what IN ('reveal', 'search') AND {_PAIR}
GROUP BY d.id HAVING count(a.id) <> 1
"""  # noqa: S608 - joined from constants

# Disclosures go at their deadline, the audit log does not.
TRACE_WITHOUT_DISCLOSURE: Final = f"""
SELECT format('audit row %s: no such disclosure', a.id) FROM audit_log a
WHERE a.what IN ('reveal', 'search')
  AND a.at > coalesce((SELECT erased_until FROM retention_clock WHERE kind = 'disclosures'), '-infinity')
  AND NOT EXISTS (SELECT FROM disclosures d WHERE {_PAIR})
"""  # noqa: S608 - joined from constants
