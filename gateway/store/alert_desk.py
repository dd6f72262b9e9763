"""What people do with alerts: look at them, ask not to be disturbed, ask for a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.domain.alerts.alert import Severity
from gateway.domain.alerts.telling import trial_message
from gateway.store.audit import AuditEvent, record
from gateway.store.engine import Database

__all__ = ["AlertDesk", "AlertEntry", "MessageEntry", "WatchStanding"]

_MOST_DAYS: Final = 30
_WATCHED_WITHIN: Final = timedelta(minutes=2)
_LONGEST_REASON: Final = 300
_ENTRIES: Final = """
SELECT id, rule, subject, severity, what, advice, panel, opened_at, closed_at, told_open_at, told_close_at,
       CASE WHEN muted_until > now() THEN muted_until END AS muted_until, muted_by, mute_reason
FROM alerts WHERE opened_at IS NOT NULL AND NOT is_overtaken AND (state = 'open' OR closed_at > now() - $1::interval)
ORDER BY closed_at DESC NULLS FIRST, array_position(ARRAY['critical', 'warning', 'info'], severity), opened_at DESC
LIMIT 200
"""
_MESSAGES: Final = """
SELECT id, kind = 'test' AS is_test, title, asked_by, made_at, delivered, tries, next_try_at, last_error, sent_at,
       given_up_at
FROM alert_messages ORDER BY id DESC LIMIT $1
"""
_STANDING: Final = """
SELECT now(), nullif(w.judged_at, '-infinity'), w.judged_by,
       (SELECT count(*) FROM alerts WHERE state = 'open'),
       (SELECT count(*) FROM alerts WHERE state = 'open' AND severity = 'critical'),
       (SELECT count(*) FROM alert_messages
        WHERE sent_at IS NULL AND given_up_at IS NULL AND made_at < now() - interval '1 minute'),
       (SELECT min(made_at) FROM alert_messages WHERE sent_at IS NULL AND given_up_at IS NULL),
       (SELECT count(*) FROM alert_messages WHERE given_up_at > now() - interval '1 day'),
       coalesce((SELECT last_error FROM alert_messages WHERE sent_at IS NULL AND last_error <> ''
                 ORDER BY id DESC LIMIT 1), '')
FROM alert_watch w
"""
_MUTE: Final = """
UPDATE alerts SET muted_until = now() + $2::interval, muted_by = $3, mute_reason = $4
WHERE id = $1 AND state = 'open' RETURNING rule, subject, muted_until
"""
_ASK: Final = """
INSERT INTO alert_messages (kind, severity, title, body, asked_by) VALUES ('test', $1, $2, $3, $4) RETURNING id
"""


@dataclass(frozen=True, slots=True)
class AlertEntry:
    """An alert as people see it; `muted_until` only while it lasts."""

    id: int
    rule: str
    subject: str
    severity: str
    what: str
    advice: str
    panel: str
    opened_at: datetime
    closed_at: datetime | None
    told_open_at: datetime | None
    told_close_at: datetime | None
    muted_until: datetime | None
    muted_by: str
    mute_reason: str


@dataclass(frozen=True, slots=True)
class MessageEntry:
    """A message as people see it, without its text."""

    id: int
    is_test: bool
    title: str
    asked_by: str
    made_at: datetime
    delivered: Sequence[str]
    tries: int
    next_try_at: datetime
    last_error: str
    sent_at: datetime | None
    given_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class WatchStanding:
    """How the watch itself stands; `late` counts messages that are not delivered a minute after they were written."""

    now: datetime
    judged_at: datetime | None
    judged_by: str
    open: int
    critical: int
    late: int
    oldest_waiting: datetime | None
    given_up: int
    last_error: str

    @property
    def is_watched(self) -> bool:
        """Tell whether somebody has judged the rules lately."""
        return self.judged_at is not None and self.now - self.judged_at < _WATCHED_WITHIN


@dataclass(frozen=True, slots=True)
class AlertDesk:
    """The tables of alerts as people use them."""

    database: Database

    async def entries(self, back: timedelta = timedelta(days=7)) -> list[AlertEntry]:
        """List what is open, the gravest first, then what ended within `back`."""
        return [AlertEntry(**row) for row in await self.database.pool.fetch(_ENTRIES, back)]

    async def messages(self, most: int = 20) -> list[MessageEntry]:
        """List the last messages."""
        return [MessageEntry(**row) for row in await self.database.pool.fetch(_MESSAGES, most)]

    async def standing(self, connection: Any = None) -> WatchStanding:
        """Tell how the watch stands, in the transaction of `connection` where one is given."""
        return WatchStanding(*await (connection or self.database.pool).fetchrow(_STANDING))

    async def mute(self, alert_id: int, span: timedelta, actor: str, reason: str) -> datetime | None:
        """Tell nothing of an open alert, nor of the next one of its kind, for so long; return until when.

        None when no such alert is open.

        Raises:
            ValueError: no reason, or longer than a month.
        """
        why = " ".join(reason.split())
        if not why or len(why) > _LONGEST_REASON:
            raise ValueError(f"a reason of 1 to {_LONGEST_REASON} characters is needed")
        if not timedelta(0) <= span <= timedelta(days=_MOST_DAYS):
            raise ValueError(f"not for longer than {_MOST_DAYS} days")
        async with self.database.transaction() as connection:
            row = await connection.fetchrow(_MUTE, alert_id, span, actor, why)
            if row is None:
                return None
            until: datetime = row["muted_until"]
            details = {"alert": f"{row['rule']} {row['subject']}".strip(), "until": until.isoformat(), "reason": why}
            await record(
                connection,
                actor=actor,
                what=AuditEvent.ALERT_ACKNOWLEDGED,
                subject=f"alert:{alert_id}",
                details=details,
            )
        return until

    async def ask_test(self, actor: str) -> int:
        """Ask the processes that reach people to send a test to every address, and return the message's number."""
        now = await self.database.pool.fetchval("SELECT now()")
        message = trial_message(now)
        number: int = await self.database.pool.fetchval(_ASK, Severity.INFO, message.title, message.body, actor)
        return number
