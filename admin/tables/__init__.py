"""What the admin shows, in the order of its menu, and what may be changed there.

A table that is not listed here does not exist for the admin. `guards.py` and `mappings.py` beside this folder hold what
is refused. Read first: `shown.py`.
"""

from __future__ import annotations

from admin.tables.access import access_tables
from admin.tables.alerts import alert_tables
from admin.tables.bookings import booking_tables
from admin.tables.corrections import correction_tables
from admin.tables.doctors import doctor_tables
from admin.tables.links import sidebar_links
from admin.tables.shown import Shown
from admin.tables.sync import sync_tables

__all__ = ["Shown", "sidebar_links", "tables_shown"]


def tables_shown() -> list[Shown]:
    """Return every table of the admin; those that wait for a person come first."""
    kinds = (booking_tables, doctor_tables, correction_tables, sync_tables, alert_tables, access_tables)
    return [table for tables_of in kinds for table in tables_of()]
