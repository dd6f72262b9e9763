"""Doctors as EMIAS knows them, and when their schedules are read."""

from __future__ import annotations

from piccolo.columns import UUID, BigSerial, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.readable import Readable
from piccolo.table import Table

from gateway.store.tables.institution import Institution

__all__ = ["EmiasDoctor"]


class EmiasDoctor(
    Table,
    tablename="emias_doctors",
    help_text="Врачи ЕМИАС и чтение их расписаний / EMIAS doctors and their schedule reads",
):
    """A doctor of one institution's EMIAS with the state of reading the schedule."""

    id = BigSerial(primary_key=True)
    lpu_code = ForeignKey(Institution, null=False, help_text="Код ЛПУ / LPU code")
    emias_doctor_id = Text(required=True, help_text="Номер врача в ЕМИАС / Doctor's id in EMIAS")
    next_sync_at = Timestamptz(help_text="Следующее чтение расписания / Next schedule read")
    interval_s = Integer(default=300, help_text="Промежуток между чтениями, с / Interval between reads, s")
    lease_until = Timestamptz(null=True, default=None, help_text="Занят чтением до / Being read until")
    lease_token = UUID(null=True, default=None, help_text="Кем занят / Who reads it")
    digest = Text(null=True, default=None, help_text="Отпечаток последнего расписания / Digest of the last schedule")
    as_of = Timestamptz(null=True, default=None, help_text="Расписание верно на / Schedule is as of")
    attempted_at = Timestamptz(null=True, default=None, help_text="Последняя попытка чтения / Last attempt to read")
    hint_name = Text(null=True, default=None, help_text="Как врача зовёт ЕМИАС / What EMIAS calls the doctor")
    hint_specialty = Text(null=True, default=None, help_text="Специальность по ЕМИАС / Specialty as EMIAS has it")
    hinted_at = Timestamptz(null=True, default=None, help_text="Когда ЕМИАС это сказала / When EMIAS said so")
    free_slots = Integer(default=0, help_text="Свободных слотов / Free slots")
    failures = Integer(default=0, help_text="Ошибок подряд / Failures in a row")
    quarantined = Integer(default=0, help_text="Подозрительных ответов подряд / Suspicious replies in a row")
    last_error = Text(null=True, default=None, help_text="Последняя ошибка / Last error")
    last_error_at = Timestamptz(null=True, default=None, help_text="Когда случилась / When it happened")

    @classmethod
    def get_readable(cls) -> Readable:
        """Show an EMIAS doctor by institution and id."""
        return Readable(template="%s / %s", columns=[cls.lpu_code, cls.emias_doctor_id])
