"""What people were told, and how far it came."""

from __future__ import annotations

from piccolo.columns import UUID, Array, BigSerial, Integer, Text, Timestamptz
from piccolo.table import Table

from gateway.domain.alerts.alert import Severity
from gateway.store.tables.choices import AlertMessageKind

__all__ = ["AlertMessage"]


class AlertMessage(
    Table, tablename="alert_messages", help_text="Сообщения о тревогах и как они дошли / Messages of alerts"
):
    """A message to every address that takes its severity."""

    id = BigSerial(primary_key=True)
    kind = Text(required=True, choices=AlertMessageKind, help_text="Что это / Kind")
    severity = Text(required=True, choices=Severity, help_text="Срочность / Severity")
    title = Text(required=True, help_text="Заголовок / Title")
    body = Text(required=True, help_text="Текст / Text")
    asked_by = Text(help_text="Кто просил проверку / Who asked for the test")
    made_at = Timestamptz(help_text="Когда написано / Written")
    delivered = Array(Text(), help_text="Куда дошло: номер и вид адреса / Delivered to: number and kind of address")
    tries = Integer(default=0, help_text="Неудачных попыток / Failed tries")
    next_try_at = Timestamptz(help_text="Следующая попытка / Next try")
    lease_token = UUID(null=True, default=None, secret=True, help_text="Кто отправляет сейчас / Who sends it now")
    last_error = Text(help_text="Почему не дошло / Why it did not arrive")
    sent_at = Timestamptz(null=True, default=None, help_text="Когда дошло всюду / Delivered everywhere")
    given_up_at = Timestamptz(null=True, default=None, help_text="Когда брошено: устарело / Given up as too old")
