"""Who turned which switch, and why."""

from __future__ import annotations

from piccolo.columns import UUID, BigSerial, Boolean, Text, Timestamptz
from piccolo.table import Table

from gateway.store.tables.choices import SwitchKind

__all__ = ["SwitchEntry"]


class SwitchEntry(Table, tablename="switch_log", help_text="Журнал выключателей / Switch log"):
    """A switch of an institution, or of one booking, that was turned; the database itself writes the row."""

    id = BigSerial(primary_key=True)
    at = Timestamptz(help_text="Когда / When")
    lpu_code = Text(help_text="Код ЛПУ / LPU code")
    booking_id = UUID(null=True, default=None, help_text="Запись, если переключена она одна / Booking, if it alone")
    switch = Text(choices=SwitchKind, help_text="Что переключено / What was switched")
    is_on = Boolean(default=True, help_text="Включено / Switched on")
    reason = Text(help_text="Почему / Why")
    actor = Text(help_text="Кто / Who")
