"""The mirror of EMIAS's slots."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Date, ForeignKey, Text, Time, Timestamptz
from piccolo.table import Table

from gateway.store.tables.choices import SlotState
from gateway.store.tables.emias_doctor import EmiasDoctor

__all__ = ["LocalEmiasSlot"]


class LocalEmiasSlot(
    Table, tablename="local_emias_slots", help_text="Слоты ЕМИАС в местной базе / EMIAS slots in the local database"
):
    """A slot as EMIAS last showed it.

    The table's key is (doctor_id, starts_at, slot_date), because it is partitioned by day; Piccolo knows keys of one
    column only, and `id`, which follows from that key, serves it as well.
    """

    id = UUID(primary_key=True, help_text="Открытый номер слота / Public slot id")
    doctor_id = ForeignKey(EmiasDoctor, null=False, help_text="Врач ЕМИАС / EMIAS doctor")
    slot_date = Date(help_text="День по Москве / Day in Moscow")
    slot_time = Time(help_text="Время по Москве / Time in Moscow")
    starts_at = Timestamptz(help_text="Начало / Start")
    ends_at = Timestamptz(null=True, default=None, help_text="Конец / End")
    emias_slot_id = Text(help_text="Номер слота в ЕМИАС / Slot id in EMIAS")
    is_free = Boolean(default=False, help_text="Свободен в ЕМИАС / Free in EMIAS")
    state = Text(default="busy", choices=SlotState, help_text="Состояние / State")
    room = Text(null=True, default=None, help_text="Кабинет / Room")
    seen_at = Timestamptz(help_text="Когда слот изменился / When the slot last changed")
