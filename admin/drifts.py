"""Where the site and EMIAS speak of a doctor in different words."""

from __future__ import annotations

from piccolo.columns import BigSerial, Boolean, ForeignKey, Text, Timestamptz
from piccolo.table import Table

from gateway.store.tables import Doctor
from gateway.store.tables.choices import PinnedField

__all__ = ["HintDrift"]


class HintDrift(
    Table,
    tablename="hint_drifts",
    help_text="Врачи, которых сайт и ЕМИАС называют по-разному / Doctors whom the site and EMIAS call otherwise",
):
    """A row of the view `hint_drifts`: what patients are shown of a doctor, and what EMIAS says instead."""

    id = BigSerial(primary_key=True)
    doctor_id = ForeignKey(Doctor, null=False, help_text="Врач сайта / Site's doctor")
    lpu_code = Text(help_text="Код ЛПУ / LPU code")
    emias_doctor_id = Text(help_text="Номер врача в ЕМИАС / Doctor's id in EMIAS")
    field = Text(choices=PinnedField, help_text="Поле / Field")
    shown = Text(help_text="Видит пациент / Shown to patients")
    hint = Text(help_text="Говорит ЕМИАС: проверьте связь врача / EMIAS says: check the mapping")
    is_pinned = Boolean(help_text="Закреплено администратором / Pinned by an administrator")
    hinted_at = Timestamptz(help_text="Когда ЕМИАС это сказала / When EMIAS said so")
