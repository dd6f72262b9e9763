"""Institutions."""

from __future__ import annotations

from piccolo.columns import Boolean, Text, Timestamptz
from piccolo.columns.readable import Readable
from piccolo.table import Table

__all__ = ["Institution"]


class Institution(Table, tablename="institutions", help_text="Медучреждения (ЛПУ) / Institutions (LPU)"):
    """An institution (LPU) whose EMIAS the gateway asks."""

    lpu_code = Text(primary_key=True, default="", help_text="Код ЛПУ / LPU code")
    name = Text(help_text="Название: как в сводке и в тревогах / Name: as the dashboard and the alerts say it")
    is_open = Boolean(
        default=True,
        help_text="Запись открыта; если нет, врачи ЛПУ не предлагаются / Open; if not, its doctors are not offered",
    )
    calls_stopped = Boolean(
        default=False,
        help_text="Обмен остановлен: в ЕМИАС ничего не отправляется / Stopped: nothing is sent to EMIAS",
    )
    retries_stopped = Boolean(
        default=False,
        help_text="Без повторов: неясные записи решает оператор / Nothing is sent again; doubts are the operator's",
    )
    switch_reason = Text(
        help_text="Почему переключено: останется в журнале выключателей / Why it was switched: kept in the switch log"
    )
    switched_at = Timestamptz(null=True, default=None, help_text="Когда переключено / When it was switched")
    last_ok_at = Timestamptz(null=True, default=None, help_text="Последний ответ ЕМИАС / Last answer of EMIAS")
    last_error_at = Timestamptz(
        null=True, default=None, help_text="Последняя ошибка ЕМИАС, когда / Last EMIAS error, when"
    )
    last_error = Text(null=True, default=None, help_text="Последняя ошибка ЕМИАС / Last EMIAS error")

    @classmethod
    def get_readable(cls) -> Readable:
        """Show an institution by code and name."""
        return Readable(template="%s %s", columns=[cls.lpu_code, cls.name])
