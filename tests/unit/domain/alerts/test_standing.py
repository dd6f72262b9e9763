"""An alert opens once and closes once, however the readings wobble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.alerts.alert import Alert, AlertState, Finding, Rule, Severity
from gateway.domain.alerts.orders import ORDERS, Order
from gateway.domain.alerts.standing import judge
from gateway.domain.moscow import MOSCOW

BEGIN = datetime(2026, 11, 23, 10, 0, tzinfo=MOSCOW)
TURN = timedelta(seconds=30)
LASTING, CALM = 300, 120
ORDER = Order(Severity.CRITICAL, opens_after=LASTING, closes_after=CALM)
Reading = bool | None


@dataclass
class Desk:
    """Keeps the living alert from turn to turn, and what became of it."""

    order: Order = ORDER
    now: datetime = BEGIN
    live: list[Alert] = field(default_factory=list)
    told: list[tuple[str, datetime]] = field(default_factory=list)
    ended: list[Alert] = field(default_factory=list)

    def turn(self, reading: Reading, step: int = 0) -> None:
        """Judge one reading, half a minute after the last."""
        self.now += TURN
        finding = Finding(Rule.BREAKER_OPEN, "0101 reads", reading, step, figures=FIGURES)
        moved = judge(self.live, [finding], {**ORDERS, Rule.BREAKER_OPEN: self.order}, self.now)
        for alert in moved:
            if alert.opened_at == self.now:
                self.told.append(("open", self.now))
            if alert.state is AlertState.CLOSED:
                self.told.append(("overtaken" if alert.is_overtaken else "close", self.now))
                self.ended.append(alert)
        alive = {AlertState.PENDING, AlertState.OPEN}
        if moved:
            self.live = [alert for alert in moved if alert.state in alive]


FIGURES: dict[str, str | int | float] = {"lpu_code": "0101", "lane": "reads", "minutes": 5}


def run(readings: Sequence[Reading]) -> Desk:
    """Judge one after the other."""
    desk = Desk()
    for reading in readings:
        desk.turn(reading)
    return desk


def bad(seconds: int) -> list[Reading]:
    """Readings of trouble for so long."""
    return [True] * (seconds // 30 + 1)


def good(seconds: int) -> list[Reading]:
    """Readings of calm for so long."""
    return [False] * (seconds // 30 + 1)


def test_trouble_that_lasts_opens_once_and_closes_once() -> None:
    """Five minutes of trouble open one alert, two minutes of calm close it, and nothing is told in between."""
    desk = run([*bad(3600), *good(600)])
    assert [word for word, _ in desk.told] == ["open", "close"]
    assert desk.told[0][1] - BEGIN == TURN + timedelta(seconds=LASTING)
    assert desk.live == []


def test_trouble_that_does_not_last_is_dropped() -> None:
    """Trouble a little shorter than it must last is nobody's affair."""
    desk = run([*bad(270), False, *bad(270), False])
    assert desk.told == []
    assert desk.live == []


@given(st.lists(st.sampled_from([True, False, None]), max_size=200))
def test_openings_and_closings_alternate(readings: list[Reading]) -> None:
    """Whatever the readings, an alert opens, then closes, then opens: never the same twice."""
    words = [word for word, _ in run(readings).told]
    assert words == [("open", "close")[place % 2] for place in range(len(words))]


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 20)), max_size=30))
def test_short_calms_tell_nothing(wobbles: list[tuple[int, int]]) -> None:
    """While an alert is open, calm that never lasts two minutes neither closes nor opens anything."""
    readings: list[Reading] = [*bad(LASTING)]
    for calm, trouble in wobbles:
        readings += [False] * calm + [True] * trouble
    assert [word for word, _ in run(readings).told] == ["open"]


@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), max_size=30))
def test_short_troubles_tell_nothing(wobbles: list[tuple[int, int]]) -> None:
    """While all is well, trouble that never lasts five minutes opens nothing."""
    readings: list[Reading] = []
    for trouble, calm in wobbles:
        readings += [True] * trouble + [False] * calm
    assert run(readings).told == []


@given(st.lists(st.sampled_from([True, False, None]), max_size=200))
def test_it_opens_only_after_lasting_trouble(readings: list[Reading]) -> None:
    """At every opening, all that was known of the five minutes before was trouble."""
    desk = run(readings)
    known = [(BEGIN + TURN * place, reading) for place, reading in enumerate(readings, 1) if reading is not None]
    for word, at in desk.told:
        wanted, span = (True, LASTING) if word == "open" else (False, CALM)
        assert all(reading is wanted for when, reading in known if at - timedelta(seconds=span) <= when <= at)


def test_a_stretch_without_a_word_does_not_count() -> None:
    """Trouble, an hour in which nobody could tell, and trouble again is not an hour of trouble."""
    desk = run([*bad(240), *[None] * 120, True])
    assert desk.told == []
    desk.now += timedelta(hours=1)
    desk.turn(reading=True)
    assert desk.told == []


def test_a_word_missed_now_and_then_changes_nothing() -> None:
    """A reading that could not be had neither opens, closes nor forgets."""
    desk = run([True, None, *bad(300), None, False, None, None])
    assert [word for word, _ in desk.told] == ["open"]
    assert [alert.state for alert in desk.live] == [AlertState.OPEN]


def test_each_step_is_told_once_and_the_end_once() -> None:
    """Days that run out overtake the alert step by step; a step back tells nothing; the end is told for all of them."""
    desk = Desk(Order(Severity.WARNING, closes_after=60))
    for step in [1, 1, 2, 1, 2, 3, 3]:
        desk.turn(reading=True, step=step)
    for _ in range(4):
        desk.turn(reading=False)
    words = [word for word, _ in desk.told]
    assert words == ["open", "overtaken", "open", "overtaken", "open", "close"]
    assert [alert.step for alert in desk.ended] == [1, 2, 3]


def test_what_is_gone_is_well() -> None:
    """An alert of which no rule speaks any more closes like one that is well."""
    desk = run(bad(LASTING))
    states = []
    for _ in range(6):
        desk.now += TURN
        moved = judge(desk.live, [], ORDERS, desk.now)
        states += [alert.state for alert in moved]
        desk.live = [alert for alert in moved if alert.state is AlertState.OPEN]
    assert states == [*[AlertState.OPEN] * 4, AlertState.CLOSED]


def test_a_clock_that_steps_back_opens_nothing() -> None:
    """When the database's clock is set back, no span counts as longer for it."""
    desk = run(bad(240))
    desk.live = [replace(alert, judged_at=alert.judged_at + timedelta(hours=1)) for alert in desk.live]
    desk.turn(reading=True)
    assert desk.told == []
