"""What each process says of itself."""

from __future__ import annotations

from piccolo.columns import BigSerial, DoublePrecision, Text, Timestamptz
from piccolo.table import Table

from gateway.store.tables.choices import BeatKind, Process

__all__ = ["Beat"]


class Beat(Table, tablename="beats", help_text="Что процессы говорят о себе / What the processes say of themselves"):
    """The last word of one process on one thing."""

    id = BigSerial(primary_key=True)
    process = Text(required=True, choices=Process, help_text="Процесс / Process")
    instance = Text(required=True, help_text="Экземпляр: машина и номер процесса / Instance: host and process id")
    what = Text(required=True, choices=BeatKind, help_text="О чём / What of")
    lpu_code = Text(help_text="Код ЛПУ / LPU code")
    value = DoublePrecision(help_text="Значение / Value")
    note = Text(help_text="Пометка / Note")
    at = Timestamptz(help_text="Когда / When")
