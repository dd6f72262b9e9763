"""Requests to EMIAS by the minute."""

from __future__ import annotations

from piccolo.columns import Array, BigSerial, Integer, Text, Timestamptz
from piccolo.table import Table

from gateway.store.tables.choices import CallLane

__all__ = ["EmiasMinute"]


class EmiasMinute(
    Table,
    tablename="emias_minutes",
    help_text="Запросы в ЕМИАС по минутам, старше суток по часам / Requests to EMIAS by the minute, later by the hour",
):
    """How many requests an institution's EMIAS was sent within a minute, how they ended and how long they took."""

    id = BigSerial(primary_key=True)
    at = Timestamptz(help_text="Начало минуты / Minute")
    lpu_code = Text(required=True, help_text="Код ЛПУ / LPU code")
    lane = Text(required=True, choices=CallLane, help_text="Чего касались / Lane")
    requests = Integer(default=0, help_text="Запросов / Requests")
    failures = Integer(default=0, help_text="Из них сорвалось / Of these failed")
    kept_back = Integer(default=0, help_text="Не отправлено: бюджет, предохранитель / Kept back: budget, breaker")
    times = Array(Integer(), help_text="По длительности / By duration")
