"""Equal errors of EMIAS, one row for all of them."""

from __future__ import annotations

from piccolo.columns import BigInt, BigSerial, Integer, Text, Timestamptz
from piccolo.table import Table

from gateway.store.tables.choices import ErrorEnding, ErrorState

__all__ = ["ErrorGroup"]


class ErrorGroup(
    Table, tablename="error_groups", help_text="Ошибки ЕМИАС, одинаковые вместе / Errors of EMIAS, grouped"
):
    """Errors of one kind, operation and institution."""

    id = BigSerial(primary_key=True)
    ending = Text(required=True, choices=ErrorEnding, help_text="Чем кончилось / Ending")
    cause = Text(required=True, help_text="Причина / Cause")
    operation = Text(required=True, help_text="Операция / Operation")
    lpu_code = Text(required=True, help_text="Код ЛПУ / LPU code")
    state = Text(
        default="new",
        choices=ErrorState,
        help_text="Отметка: новая, известна или не беспокоить / Mark: new, acknowledged or muted",
    )
    times = BigInt(default=0, help_text="Сколько раз / Times")
    doctors = Integer(default=0, help_text="Врачей затронуто / Doctors touched")
    first_at = Timestamptz(help_text="Впервые / First seen")
    last_at = Timestamptz(help_text="В последний раз / Last seen")
