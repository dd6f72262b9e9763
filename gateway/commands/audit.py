"""`emias-gateway audit`: give the audit log to whoever checks it."""

from __future__ import annotations

import sys
from datetime import datetime

from gateway.commands.process import actor_of_process
from gateway.settings import DatabaseSettings
from gateway.store.audit import AuditEvent, read_log, record
from gateway.store.audit_sheet import Sheet, written
from gateway.store.engine import open_database

__all__ = ["export_audit"]


async def export_audit(settings: DatabaseSettings, sheet: Sheet, since: datetime | None, until: datetime | None) -> int:
    """Write the log to standard output, and that it was exported into the log."""
    async with open_database(settings.database_url.get_secret_value(), min_size=1, max_size=2) as database:
        async with database.transaction() as connection:
            span = {"since": since.isoformat() if since else "", "until": until.isoformat() if until else ""}
            details = {"format": sheet, **span}
            await record(connection, actor=actor_of_process(), what=AuditEvent.EXPORT, subject="audit", details=details)
        async for piece in written(read_log(database, since, until), sheet):
            sys.stdout.write(piece)
    return 0
