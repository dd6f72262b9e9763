"""The worker's log of what changed or went wrong."""

from __future__ import annotations

from piccolo.columns import BigSerial, Integer, Text, Timestamptz
from piccolo.table import Table

from gateway.store.tables.choices import SyncOutcome

__all__ = ["SyncEntry"]


class SyncEntry(Table, tablename="sync_log", help_text="Журнал синхронизации / Sync log"):
    """A read or mirror pass that changed something, failed or was not believed."""

    id = BigSerial(primary_key=True)
    at = Timestamptz(help_text="Когда / When")
    lpu_code = Text(help_text="Код ЛПУ / LPU code")
    emias_doctor_id = Text(help_text="Номер врача в ЕМИАС / Doctor's id in EMIAS")
    outcome = Text(choices=SyncOutcome, help_text="Итог / Outcome")
    cause = Text(help_text="Причина / Cause")
    inserted = Integer(default=0, help_text="Добавлено / Added")
    updated = Integer(default=0, help_text="Изменено / Changed")
    closed = Integer(default=0, help_text="Закрыто / Closed")
