"""Who is told what, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from gateway.domain.alerts.alert import Alert, AlertState, Rule, Severity
from gateway.domain.alerts.quiet import QuietHours
from gateway.domain.alerts.telling import compose, next_try, trial_message
from gateway.domain.moscow import MOSCOW

DAY = datetime(2026, 11, 23, 12, 0, tzinfo=MOSCOW)
NIGHT = DAY.replace(hour=23)
QUIET = QuietHours.parse("22:00-08:00")


def an_alert(number: int = 1, severity: Severity = Severity.WARNING, at: datetime = DAY) -> Alert:
    """Make an open alert that nobody was told of."""
    return Alert(
        rule=Rule.SYNC_LAG,
        subject="0101",
        severity=severity,
        state=AlertState.OPEN,
        bad_since=at,
        last_seen=at,
        judged_at=at,
        opened_at=at,
        what=f"расписания {number} · schedules {number}",
        advice="посмотрите · look",
        panel="lag",
        id=number,
    )


def ended(alert: Alert, at: datetime, *, told: bool) -> Alert:
    """End an alert of whose beginning people were told or not."""
    return replace(alert, state=AlertState.CLOSED, closed_at=at, is_open_written=told, is_told_open=told)


def test_alerts_of_one_moment_share_a_message() -> None:
    """What is critical is one message, the rest another, both in two languages with the way to the dashboard."""
    alerts = [an_alert(1), an_alert(2), an_alert(3, Severity.CRITICAL)]
    critical, rest = compose(alerts, DAY, link="https://admin.example")
    assert (critical.severity, critical.opened) == (Severity.CRITICAL, (3,))
    assert (rest.severity, rest.opened, rest.ended) == (Severity.WARNING, (1, 2), ())
    for told in ("расписания 1", "schedules 1", "расписания 2", "https://admin.example/dashboard#lag", "посмотрите"):
        assert told in rest.body
    assert "срочно (1)" in critical.title
    assert "critical (1)" in critical.title


def test_nobody_is_told_twice() -> None:
    """An alert whose beginning is written, or whose end is, makes no further message."""
    told = replace(an_alert(), is_open_written=True, is_told_open=True)
    assert compose([told], DAY) == []
    over = ended(an_alert(), DAY, told=True)
    [message] = compose([over], DAY + timedelta(minutes=7))
    assert (message.opened, message.ended) == ((), (1,))
    assert compose([replace(over, is_close_written=True)], DAY) == []


def test_the_end_waits_until_the_beginning_has_arrived() -> None:
    """While the first message has reached nobody, the second is not written."""
    unheard = replace(ended(an_alert(), DAY, told=True), is_told_open=False)
    assert compose([unheard], DAY) == []


def test_quiet_hours_let_only_the_critical_through() -> None:
    """At night the rest waits; in the morning it comes as one message, with what began and ended untold in it once."""
    open_one = an_alert(1, at=NIGHT)
    passed = ended(an_alert(2, at=NIGHT), NIGHT + timedelta(hours=1), told=False)
    urgent = an_alert(3, Severity.CRITICAL, NIGHT)
    assert [message.opened for message in compose([open_one, passed, urgent], NIGHT, QUIET)] == [(3,)]
    morning = NIGHT.replace(hour=8) + timedelta(days=1)
    [message] = compose([open_one, passed], morning, QUIET)
    assert (message.opened, message.ended) == ((1, 2), (2,))
    assert "Закончилось за 60 мин: расписания 2" in message.body
    assert "с 23:00 МСК" in message.body


def test_a_muted_alert_waits_for_the_end_of_its_mute() -> None:
    """Until then nothing of it is told; what ended meanwhile, untold, stays untold."""
    until = DAY + timedelta(hours=1)
    muted = replace(an_alert(), muted_until=until)
    assert compose([muted], DAY) == []
    assert len(compose([muted], until)) == 1
    over = replace(ended(an_alert(), DAY + timedelta(minutes=9), told=False), muted_until=until)
    assert compose([over], until) == []


def test_what_was_overtaken_is_not_told() -> None:
    """The worse alert speaks for the one before it."""
    assert compose([replace(ended(an_alert(), DAY, told=True), is_overtaken=True)], DAY) == []


def test_a_storm_is_one_message_of_bounded_length() -> None:
    """A hundred alerts are told in one message, the first of them in full and the rest as a number."""
    [message] = compose([an_alert(number) for number in range(1, 101)], DAY)
    assert len(message.opened) == 100
    assert "more: 85" in message.body
    assert len(message.body) < 4_000


@pytest.mark.parametrize(
    ("hours", "hour", "expected"),
    [
        ("22:00-08:00", 22, True),
        ("22:00-08:00", 7, True),
        ("22:00-08:00", 8, False),
        ("13:00-14:00", 13, True),
        ("13:00-14:00", 14, False),
        ("08:00-08:00", 8, False),
    ],
)
def test_quiet_hours_by_the_clock(hours: str, hour: int, expected: bool) -> None:  # noqa: FBT001 - the expectation
    """The end belongs to the day, over midnight or not, by Moscow's clock whatever the instant's zone."""
    instant = DAY.replace(hour=hour)
    assert QuietHours.parse(hours).covers(instant.astimezone()) is expected


@pytest.mark.parametrize("written", ["22-8", "25:00-08:00", "22:00", "22:00-08:00-", ""])
def test_wrong_hours_are_refused(written: str) -> None:
    """Hours that are none are refused."""
    with pytest.raises(ValueError, match="22:00-08:00"):
        QuietHours.parse(written)


def test_waits_grow_up_to_a_quarter_of_an_hour() -> None:
    """Each failed try waits twice as long as the one before, a quarter of an hour at most."""
    waits = [next_try(tries).total_seconds() for tries in range(40)]
    assert waits[:5] == [30, 60, 120, 240, 480]
    assert max(waits) == waits[-1] == 900


def test_a_test_says_that_it_is_one() -> None:
    """The test message can be mistaken for no alert."""
    message = trial_message(DAY)
    assert (message.severity, message.opened, message.ended) == (Severity.INFO, (), ())
    assert "12:00:00" in message.body
