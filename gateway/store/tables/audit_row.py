"""The audit log."""

from __future__ import annotations

from piccolo.columns import JSONB, BigSerial, Text, Timestamptz
from piccolo.table import Table

__all__ = ["AuditRow"]


class AuditRow(Table, tablename="audit_log", help_text="Аудит: кто что сделал / Audit: who did what"):
    """An event; the database lets nobody change it, and chains it to the one before (`audit_chain`)."""

    id = BigSerial(primary_key=True)
    at = Timestamptz(help_text="Когда / When")
    actor = Text(help_text="Кто / Who")
    what = Text(help_text="Что / What")
    subject = Text(help_text="С чем / To what")
    details = JSONB(help_text="Подробности / Details")
