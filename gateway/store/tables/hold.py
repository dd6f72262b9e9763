"""The five-minute soft holds."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, ForeignKey, Integer, Text, Timestamptz
from piccolo.table import Table

from gateway.store.tables.api_key import ApiKey
from gateway.store.tables.choices import HoldState
from gateway.store.tables.doctor import Doctor
from gateway.store.tables.emias_doctor import EmiasDoctor
from gateway.store.tables.site import Site

__all__ = ["Hold"]


class Hold(
    Table, tablename="holds", help_text="Удержания слотов на время формы / Slots held while a form is filled in"
):
    """A slot kept for one visitor."""

    id = UUID(primary_key=True)
    site_id = ForeignKey(Site, null=False, help_text="Площадка / Site")
    api_key_id = ForeignKey(ApiKey, null=False, help_text="Ключ / Key")
    client_ref = Text(
        null=True, default=None, help_text="Посетитель: метка сайта без личных данных / Visitor: site's opaque mark"
    )
    site_doctor_id = ForeignKey(Doctor, null=False, help_text="Врач сайта / Site's doctor")
    doctor_id = ForeignKey(EmiasDoctor, null=False, help_text="Врач ЕМИАС / EMIAS doctor")
    starts_at = Timestamptz(help_text="Начало слота / Start of the slot")
    slot_id = UUID(help_text="Слот / Slot")
    state = Text(default="held", choices=HoldState, help_text="Состояние / State")
    expires_at = Timestamptz(help_text="Действует до / Held until")
    renewals = Integer(default=0, help_text="Продлений / Renewals")
    verified = Boolean(default=True, help_text="Слот перечитан в ЕМИАС перед удержанием / Slot re-read in EMIAS before")
    created_at = Timestamptz(help_text="Создано / Created")
    ended_at = Timestamptz(null=True, default=None, help_text="Завершено / Ended")
