"""What a schedule read changes: the least write, and the reply too strange to believe."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.diff import KnownSlot, SlotDiff, diff_slots, is_suspicious
from gateway.domain.moscow import MOSCOW
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow

DOCTOR = EmiasDoctorRef("0101", "700")
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 3)
MIDNIGHT = datetime(2026, 12, 1, tzinfo=MOSCOW)
TODAY = date(2026, 12, 1)


def _window(slots: Iterable[RemoteSlot], first: date = FIRST, last: date = LAST) -> ScheduleWindow:
    return ScheduleWindow(DOCTOR, tuple(slots), first, last, "digest")


def _at(hours: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hours)


def _known(hours: float, *, free: bool = True, closed: bool = False) -> KnownSlot:
    return KnownSlot(_at(hours).astimezone(UTC), f"s{hours}", free, None, None, closed)


def _remote(hours: float, *, free: bool = True) -> RemoteSlot:
    return RemoteSlot(_at(hours), f"s{hours}", free)


def _apply(rows: Iterable[KnownSlot], diff: SlotDiff) -> dict[datetime, KnownSlot]:
    """Do to rows what the slot table does."""
    table = {row.starts_at: row for row in rows}
    assert not table.keys() & {slot.starts_at for slot in diff.insert}
    assert table.keys() >= {slot.starts_at for slot in diff.update} | set(diff.close)
    for slot in (*diff.insert, *diff.update):
        table[slot.starts_at] = KnownSlot(
            slot.starts_at, slot.emias_slot_id, slot.is_free, slot.ends_at, slot.room, closed=False
        )
    for starts_at in diff.close:
        table[starts_at] = table[starts_at]._replace(is_free=False, closed=True)
    return table


# Half hours from the eve of the window to the day after it, so that rows and slots meet and miss each other.
_starts = st.integers(-24, 5 * 48).map(lambda half: _at(half / 2))
_ids = st.sampled_from(["a", "b"])
_ends = st.none() | st.just(_at(300))
_rooms = st.sampled_from([None, "7"])
_rows = st.lists(
    st.builds(KnownSlot, _starts, _ids, st.booleans(), _ends, _rooms, st.booleans()),
    unique_by=lambda row: row.starts_at,
    max_size=40,
).map(lambda rows: [row._replace(is_free=row.is_free and not row.closed) for row in rows])
_slots = st.lists(st.builds(RemoteSlot, _starts, _ids, st.booleans(), _ends, _rooms), max_size=40)


@settings(deadline=None)
@given(_rows, _slots)
def test_applying_the_diff_gives_the_window(rows: list[KnownSlot], slots: list[RemoteSlot]) -> None:
    """The open rows of the covered days are then exactly the starts that EMIAS listed, free if one twin is."""
    window = _window(slots)
    table = _apply(rows, diff_slots(rows, window))
    listed = {slot.starts_at for slot in slots if window.covers(slot.starts_at)}
    assert {at for at, row in table.items() if not row.closed and window.covers(at)} == listed
    for at in listed:
        row = table[at]
        twins = [slot for slot in slots if slot.starts_at == at]
        assert row.is_free == any(twin.is_free for twin in twins)
        assert RemoteSlot(at, row.emias_slot_id, row.is_free, row.ends_at, row.room) in twins


@settings(deadline=None)
@given(_rows, _slots)
def test_rows_outside_the_window_stay(rows: list[KnownSlot], slots: list[RemoteSlot]) -> None:
    """What lies outside the covered days is neither changed nor added to."""
    window = _window(slots)
    table = _apply(rows, diff_slots(rows, window))
    outside = {row.starts_at: row for row in rows if not window.covers(row.starts_at)}
    assert {at: row for at, row in table.items() if not window.covers(at)} == outside


@settings(deadline=None)
@given(_rows, _slots)
def test_the_same_reply_again_writes_nothing(rows: list[KnownSlot], slots: list[RemoteSlot]) -> None:
    """Once a reply is in the table, reading it again keeps every slot and writes none."""
    window = _window(slots)
    table = _apply(rows, diff_slots(rows, window))
    again = diff_slots(table.values(), window)
    assert again == SlotDiff(kept=len({slot.starts_at for slot in slots if window.covers(slot.starts_at)}))


def test_only_what_changed_is_written() -> None:
    """A new slot, a vanished one, a sold one and a kept one each end in their place."""
    rows = [_known(9), _known(10), _known(11)]
    diff = diff_slots(rows, _window([_remote(8), _remote(9), _remote(10, free=False)]))
    assert diff == SlotDiff((_remote(8),), (_remote(10, free=False),), (_at(11),), kept=1)


@pytest.mark.parametrize(
    "slot",
    [
        _remote(9)._replace(emias_slot_id="new"),
        _remote(9)._replace(room="9"),
        _remote(9)._replace(ends_at=_at(10)),
        _remote(9)._replace(is_free=False),
    ],
)
def test_every_attribute_counts(slot: RemoteSlot) -> None:
    """Another EMIAS id, room, end or sale state is a change."""
    assert diff_slots([_known(9)], _window([slot])).update == (slot,)


def test_a_closed_row_opens_again() -> None:
    """A slot that vanished and came back is written, even with the same attributes."""
    assert diff_slots([_known(9, closed=True)], _window([_remote(9)])).update == (_remote(9),)


def test_a_closed_row_stays_closed_quietly() -> None:
    """A row already closed is not closed again."""
    assert diff_slots([_known(9, closed=True)], _window([])) == SlotDiff()


def test_twins_count_as_one() -> None:
    """Two slots of one start are one slot, free when either is."""
    assert diff_slots([], _window([_remote(9, free=False), _remote(9)])).insert == (_remote(9),)


def test_a_slot_outside_the_covered_days_is_not_believed() -> None:
    """A reply that lists more than it speaks of adds nothing beyond its days."""
    assert diff_slots([], _window([_remote(-1), _remote(72)])) == SlotDiff()


def _day(hours_from: float, count: int) -> list[float]:
    return [hours_from + number / 4 for number in range(count)]


def test_less_than_half_of_many_is_suspicious() -> None:
    """Half of what was known is believed, less is not."""
    rows = [_known(hour) for hour in _day(24 + 8, 20)]
    assert not is_suspicious(rows, _window(_remote(hour) for hour in _day(32, 10)), TODAY)
    assert is_suspicious(rows, _window(_remote(hour) for hour in _day(32, 9)), TODAY)
    assert is_suspicious(rows, _window([]), TODAY)


def test_a_handful_is_too_few_to_judge() -> None:
    """Nineteen slots may vanish without suspicion."""
    assert not is_suspicious([_known(hour) for hour in _day(32, 19)], _window([]), TODAY)


def test_today_empties_by_itself() -> None:
    """The slots of today neither raise suspicion nor allay it."""
    assert not is_suspicious([_known(hour) for hour in _day(8, 30)], _window([]), TODAY)
    rows = [_known(hour) for hour in _day(32, 20)]
    assert is_suspicious(rows, _window(_remote(hour) for hour in _day(8, 30)), TODAY)


def test_the_first_day_counts_when_it_is_not_today() -> None:
    """A read that begins tomorrow judges tomorrow too."""
    rows = [_known(hour) for hour in _day(32, 20)]
    assert is_suspicious(rows, _window([], first=date(2026, 12, 2)), TODAY)


def test_closed_and_uncovered_rows_do_not_count() -> None:
    """What had vanished before, and what the reply does not speak of, is no loss."""
    closed = [_known(hour, closed=True) for hour in _day(32, 20)]
    beyond = [_known(hour) for hour in _day(24 * 5, 20)]
    assert not is_suspicious([*closed, *beyond], _window([]), TODAY)


def test_one_slot_repeated_allays_nothing() -> None:
    """The same start listed many times over is one slot."""
    rows = [_known(hour) for hour in _day(32, 20)]
    assert is_suspicious(rows, _window([_remote(32)] * 20), TODAY)
