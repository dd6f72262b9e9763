"""Tables of what people are told of; muting is done on the page of alerts."""

from __future__ import annotations

from admin.tables.shown import SYNC, Shown
from gateway.store.tables import Alert, AlertMessage

__all__ = ["alert_tables"]


def alert_tables() -> list[Shown]:
    """Return the tables of alerts and their messages."""
    a, m = Alert, AlertMessage
    return [
        Shown(
            a,
            "Тревоги",
            "Alerts",
            SYNC,
            [a.id, a.state, a.severity, a.what, a.opened_at, a.closed_at, a.told_open_at, a.muted_until, a.muted_by],
            [(a.id, False)],
            filters=[a.state, a.severity, a.rule, a.subject, a.opened_at, a.closed_at, a.muted_until],
        ),
        Shown(
            m,
            "Сообщения о тревогах",
            "Alert messages",
            SYNC,
            [m.id, m.made_at, m.kind, m.severity, m.title, m.delivered, m.tries, m.last_error, m.sent_at],
            [(m.id, False)],
            filters=[m.kind, m.severity, m.made_at, m.sent_at, m.given_up_at],
        ),
    ]
