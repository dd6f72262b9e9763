"""What an administrator says of a doctor in the site's place."""

from __future__ import annotations

from piccolo.columns import BigSerial, ForeignKey, Text, Timestamptz
from piccolo.table import Table

from gateway.store.tables.choices import PinnedField
from gateway.store.tables.doctor import Doctor

__all__ = ["DoctorPin"]


class DoctorPin(
    Table,
    tablename="doctor_pins",
    help_text="Закреплённые значения: важнее того, что говорит сайт / Pinned values, which go before the site's",
):
    """A field of a doctor that the site does not decide; the database keeps what the site says beside it."""

    id = BigSerial(primary_key=True)
    doctor_id = ForeignKey(Doctor, null=False, help_text="Врач сайта / Site's doctor")
    field = Text(
        required=True,
        choices=PinnedField,
        help_text="Поле: какое слово сайта заменить / Field: which of the site's words to replace",
    )
    value = Text(required=True, help_text="Закреплённое значение (для показа: true или false) / Pinned value")
    source_value = Text(help_text="Значение с сайта (ставит база) / What the site says (set by the database)")
    source_changed_at = Timestamptz(
        null=True,
        default=None,
        help_text="Сайт изменил значение после закрепления, когда / When the site has changed it since",
    )
    reason = Text(required=True, help_text="Почему: прочтут коллеги / Why: colleagues read it")
    author = Text(help_text="Кто закрепил / Who pinned it")
    at = Timestamptz(help_text="Когда закреплено / When it was pinned")
