"""Troubles of which people are told."""

from __future__ import annotations

from piccolo.columns import BigSerial, Boolean, ForeignKey, Integer, Text, Timestamptz
from piccolo.table import Table

from gateway.domain.alerts.alert import Rule, Severity
from gateway.store.tables.alert_message import AlertMessage
from gateway.store.tables.choices import AlertStanding

__all__ = ["Alert"]


class Alert(
    Table, tablename="alerts", help_text="Неполадки, о которых сообщают людям / Troubles that people are told of"
):
    """One trouble of one subject, from its first sign to its end."""

    id = BigSerial(primary_key=True)
    rule = Text(required=True, choices=Rule, help_text="Правило / Rule")
    subject = Text(help_text="О чём: ЛПУ, площадка, канал / Subject: LPU, site, channel")
    step = Integer(default=0, help_text="Ступень / Step")
    severity = Text(required=True, choices=Severity, help_text="Срочность / Severity")
    state = Text(required=True, choices=AlertStanding, help_text="Состояние / State")
    what = Text(help_text="Что случилось / What it is")
    advice = Text(help_text="Что делать / What to do")
    panel = Text(help_text="Где смотреть на сводке / Part of the dashboard")
    bad_since = Timestamptz(help_text="Плохо с / Bad since")
    good_since = Timestamptz(null=True, default=None, help_text="Снова хорошо с / Well again since")
    last_seen = Timestamptz(help_text="Последний раз плохо / Last seen bad")
    judged_at = Timestamptz(help_text="Последний раз проверено / Last judged")
    opened_at = Timestamptz(null=True, default=None, help_text="Открыта / Opened")
    closed_at = Timestamptz(null=True, default=None, help_text="Закрыта / Closed")
    is_overtaken = Boolean(default=False, help_text="Сменилась более тяжёлой / Overtaken by a worse one")
    open_message = ForeignKey(AlertMessage, help_text="Сообщение о начале / Message of its beginning")
    close_message = ForeignKey(AlertMessage, help_text="Сообщение о конце / Message of its end")
    told_open_at = Timestamptz(null=True, default=None, help_text="О начале узнали / Told of the beginning")
    told_close_at = Timestamptz(null=True, default=None, help_text="О конце узнали / Told of the end")
    muted_until = Timestamptz(null=True, default=None, help_text="Не беспокоить до / Muted until")
    muted_by = Text(help_text="Кто просил не беспокоить / Muted by")
    mute_reason = Text(help_text="Почему / Why")
