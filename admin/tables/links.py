"""The lists that an operator looks at first."""

from __future__ import annotations

from collections.abc import Sequence

from piccolo.table import Table

from admin.bookings import BookingBoard
from admin.drifts import HintDrift
from admin.mapping_board import MappingBoard
from admin.tables.shown import Shown
from gateway.store.tables import (
    SyncEntry,
)

__all__ = ["sidebar_links"]


def sidebar_links(shown: Sequence[Shown]) -> dict[str, str]:
    """Return the lists that an operator looks at first, as links with the filter set."""
    alias = {each.table: each.naming().alias for each in shown}

    def listing(table: type[Table], **chosen: str) -> str:
        return f"#/{alias[table]}?" + "&".join(f"{name}={value}" for name, value in chosen.items())

    return {
        "Сводка · Dashboard": "/dashboard",
        "Тревоги · Alerts": "/alerts",
        "Решает оператор · For you to decide": listing(BookingBoard, state="manual"),
        "Исход неясен · In doubt": listing(BookingBoard, state="in_doubt"),
        "Не удались · Failed": listing(BookingBoard, state="failed"),
        "Найти по СНИЛС · Find by SNILS": "/act/find",
        "Связи таблицей · Mappings by CSV": "/mappings/import",
        "Конфликты связей · Mapping conflicts": listing(MappingBoard, status="conflict"),
        "Врачи без связи · Unmapped doctors": listing(MappingBoard, status="unmapped"),
        "Сайт и ЕМИАС расходятся · Site and EMIAS differ": listing(HintDrift, is_pinned="false"),
        "Выгрузка ждёт решения · List to approve": "/lists",
        "Ошибки чтения · Failed reads": listing(SyncEntry, outcome="failed"),
        "Выгрузка аудита · Audit export": "/audit/export",
        "Моя учётная запись · My account": "/account",
    }
