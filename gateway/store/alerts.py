"""Alerts and their messages: judged by one process at a time, delivered by whoever takes a message first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from gateway.domain.alerts.alert import Alert, AlertState, Rule, Severity
from gateway.domain.alerts.orders import Orders
from gateway.domain.alerts.telling import GIVEN_UP_AFTER, AlertMessage
from gateway.ports.alerting import AlertFigures, Compose, Judge, Waiting
from gateway.store.alert_snapshot import take_snapshot
from gateway.store.engine import Database

__all__ = ["AlertBook"]

_MOST_MESSAGES: Final = 10
_MESSAGES_WITHIN: Final = timedelta(minutes=10)

_LOCK: Final = "SELECT pg_try_advisory_xact_lock(hashtext('emias-gateway alerts'))"
_IS_DUE: Final = "SELECT judged_at <= now() - $1::interval FROM alert_watch"
_JUDGED: Final = "UPDATE alert_watch SET judged_at = now(), judged_by = $1"
_COLUMNS: Final = """
id, rule, subject, step, severity, state, what, advice, panel, bad_since, good_since, last_seen, judged_at, opened_at,
closed_at, is_overtaken, muted_until, open_message IS NOT NULL AS is_open_written,
close_message IS NOT NULL AS is_close_written, told_open_at IS NOT NULL AS is_told_open
"""
_LIVE: Final = f"SELECT {_COLUMNS} FROM alerts WHERE state <> 'closed' FOR UPDATE"  # noqa: S608 - joined from constants
_TELLABLE: Final = f"""
SELECT {_COLUMNS} FROM alerts
WHERE state = 'open' AND open_message IS NULL
   OR state = 'closed' AND closed_at > now() - interval '3 days' AND NOT is_overtaken
      AND (open_message IS NULL OR close_message IS NULL AND told_open_at IS NOT NULL)
"""  # noqa: S608 - joined from constants
# A mute outlives the alert that it was said of, until the trouble is worse than it was then.
_BEGIN: Final = """
INSERT INTO alerts (rule, subject, step, severity, state, what, advice, panel, bad_since, good_since, last_seen,
                    judged_at, opened_at, closed_at, is_overtaken, muted_until, muted_by, mute_reason)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, m.muted_until, coalesce(m.muted_by, ''),
       coalesce(m.mute_reason, '')
FROM (SELECT) AS one LEFT JOIN LATERAL (
    SELECT * FROM alerts a
    WHERE a.rule = $1 AND a.subject = $2 AND a.step >= $3 AND a.muted_until > now() ORDER BY a.id DESC LIMIT 1
) AS m ON true
"""
_MOVE: Final = """
UPDATE alerts SET rule = $1, subject = $2, step = $3, severity = $4, state = $5, what = $6, advice = $7, panel = $8,
    bad_since = $9, good_since = $10, last_seen = $11, judged_at = $12, opened_at = $13, closed_at = $14,
    is_overtaken = $15
WHERE id = $16
"""
_DROP: Final = "DELETE FROM alerts WHERE id = $1"
_ROOM: Final = "SELECT count(*) < $1 FROM alert_messages WHERE kind = 'alerts' AND made_at > now() - $2::interval"
_WRITE: Final = """
INSERT INTO alert_messages (kind, severity, title, body) VALUES ('alerts', $1, $2, $3) RETURNING id
"""
_WRITTEN_OPEN: Final = "UPDATE alerts SET open_message = $1 WHERE id = ANY($2)"
_WRITTEN_CLOSE: Final = "UPDATE alerts SET close_message = $1 WHERE id = ANY($2)"
_GIVE_UP: Final = """
UPDATE alert_messages SET given_up_at = now()
WHERE sent_at IS NULL AND given_up_at IS NULL AND made_at < now() - $1::interval
"""
_OPEN: Final = "SELECT severity, count(*) FROM alerts WHERE state = 'open' GROUP BY severity"
_WAITING: Final = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(made_at)), 0)::float8,
       (SELECT coalesce(extract(epoch FROM nullif(judged_at, '-infinity')), 0)::float8 FROM alert_watch)
FROM alert_messages WHERE sent_at IS NULL AND given_up_at IS NULL
"""

_TAKE: Final = """
UPDATE alert_messages SET lease_token = gen_random_uuid(), next_try_at = now() + $1::interval
WHERE id = (SELECT id FROM alert_messages
            WHERE sent_at IS NULL AND given_up_at IS NULL AND next_try_at <= now()
            ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, lease_token, kind = 'test', severity, title, body, delivered, tries
"""
# That a place has the message is true whoever holds the lease by now.
_REACHED: Final = """
UPDATE alert_messages SET delivered = array_append(delivered, $2) WHERE id = $1 AND $2 <> ALL (delivered)
"""
_TOLD_OPEN: Final = "UPDATE alerts SET told_open_at = now() WHERE open_message = $1 AND told_open_at IS NULL"
_TOLD_CLOSE: Final = "UPDATE alerts SET told_close_at = now() WHERE close_message = $1 AND told_close_at IS NULL"
_FINISHED: Final = """
UPDATE alert_messages SET sent_at = now(), lease_token = NULL, last_error = '' WHERE id = $1 AND lease_token = $2
"""
_PUT_OFF: Final = """
UPDATE alert_messages SET tries = tries + 1, next_try_at = now() + $3::interval, last_error = $4, lease_token = NULL
WHERE id = $1 AND lease_token = $2
"""


@dataclass(frozen=True, slots=True)
class AlertBook:
    """The tables of alerts; `instance` names this process as its beats do."""

    database: Database
    instance: str

    async def judge(self, orders: Orders, judge: Judge, compose: Compose, every: timedelta) -> bool:
        """Judge the present and write what follows, all at once; False when somebody has within `every` or does now."""
        async with self.database.transaction() as connection:
            if not await connection.fetchval(_LOCK) or not await connection.fetchval(_IS_DUE, every):
                return False
            snapshot = await take_snapshot(connection, orders)
            for alert in judge(snapshot, [_alert(row) for row in await connection.fetch(_LIVE)]):
                await _write(connection, alert)
            await connection.execute(_GIVE_UP, GIVEN_UP_AFTER)
            if await connection.fetchval(_ROOM, _MOST_MESSAGES, _MESSAGES_WITHIN):
                tellable = [_alert(row) for row in await connection.fetch(_TELLABLE)]
                for message in compose(snapshot, tellable):
                    await _write_message(connection, message)
            await connection.execute(_JUDGED, self.instance)
        return True

    async def figures(self) -> AlertFigures:
        """Count what is open and what waits."""
        rows = await self.database.pool.fetch(_OPEN)
        counted = dict.fromkeys(Severity, 0) | {Severity(severity): count for severity, count in rows}
        return AlertFigures(counted, *await self.database.pool.fetchrow(_WAITING))

    async def take(self, lease: timedelta) -> Waiting | None:
        """Take the oldest message whose time has come; nobody else gets it for so long."""
        row = await self.database.pool.fetchrow(_TAKE, lease)
        if row is None:
            return None
        number, token, is_test, severity, title, body, delivered, tries = row
        return Waiting(number, token, is_test, Severity(severity), title, body, frozenset(delivered), tries)

    async def reached(self, waiting: Waiting, place: str) -> None:
        """Note that a place has the message, and with it that its alerts are told."""
        async with self.database.transaction() as connection:
            await connection.execute(_REACHED, waiting.id, place)
            await connection.execute(_TOLD_OPEN, waiting.id)
            await connection.execute(_TOLD_CLOSE, waiting.id)

    async def finished(self, waiting: Waiting) -> None:
        """Note that every place has it."""
        await self.database.pool.execute(_FINISHED, waiting.id, waiting.token)

    async def put_off(self, waiting: Waiting, wait: timedelta, why: str) -> None:
        """Note that some place has not, and try again after `wait`."""
        await self.database.pool.execute(_PUT_OFF, waiting.id, waiting.token, wait, why)


def _alert(row: Any) -> Alert:
    told = dict(row)
    return Alert(
        rule=Rule(told.pop("rule")),
        severity=Severity(told.pop("severity")),
        state=AlertState(told.pop("state")),
        **told,
    )


async def _write(connection: Any, alert: Alert) -> None:
    if alert.state is AlertState.DROPPED:
        await connection.execute(_DROP, alert.id)
        return
    columns = (
        *(alert.rule, alert.subject, alert.step, alert.severity, alert.state, alert.what, alert.advice, alert.panel),
        *(alert.bad_since, alert.good_since, alert.last_seen, alert.judged_at, alert.opened_at, alert.closed_at),
        alert.is_overtaken,
    )
    if alert.id is None:
        await connection.execute(_BEGIN, *columns)
    else:
        await connection.execute(_MOVE, *columns, alert.id)


async def _write_message(connection: Any, message: AlertMessage) -> None:
    number = await connection.fetchval(_WRITE, message.severity, message.title, message.body)
    await connection.execute(_WRITTEN_OPEN, number, list(message.opened))
    await connection.execute(_WRITTEN_CLOSE, number, list(message.ended))
