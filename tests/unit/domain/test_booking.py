"""The states of a booking, and the same table in the database."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from gateway.domain.booking import LIVE_STATES, MOVES, BookingState, may_move

SCHEMA = files("gateway.store").joinpath("schema", "0001_first.sql").read_text(encoding="utf-8")
TERMINAL = {BookingState.REJECTED, BookingState.FAILED, BookingState.CANCELLED}


def _reachable(start: BookingState) -> set[BookingState]:
    seen, ahead = {start}, [start]
    while ahead:
        fresh = MOVES[ahead.pop()] - seen
        seen |= fresh
        ahead.extend(fresh)
    return seen


def test_every_state_has_its_line() -> None:
    """The table of moves speaks of every state and of no other."""
    assert set(MOVES) == set(BookingState)


def test_every_state_can_be_reached() -> None:
    """From the intent a booking can come to each state."""
    assert _reachable(BookingState.SUBMITTING) == set(BookingState)


def test_terminal_states_have_no_exit() -> None:
    """Nothing moves a booking that was rejected, failed or cancelled."""
    assert {state for state, after in MOVES.items() if not after} == TERMINAL


def test_every_live_state_can_end() -> None:
    """No live booking is stuck: a terminal state can be reached, and live states are all the rest."""
    assert set(BookingState) - TERMINAL == LIVE_STATES
    assert all(_reachable(state) & TERMINAL for state in LIVE_STATES)


def test_nothing_returns_to_the_beginning() -> None:
    """No booking is submitted a second time, and none stands still as a move."""
    assert not any(BookingState.SUBMITTING in after for after in MOVES.values())
    assert not any(may_move(state, state) for state in BookingState)


@pytest.mark.parametrize("doubt", [BookingState.IN_DOUBT, BookingState.MANUAL, BookingState.CANCEL_IN_DOUBT])
def test_a_doubt_can_end_as_booked(doubt: BookingState) -> None:
    """Whatever is doubted may turn out to be an appointment."""
    assert may_move(doubt, BookingState.BOOKED)


def test_a_booking_is_cancelled_by_way_of_an_intent() -> None:
    """A booked state is left through `cancelling` only."""
    assert MOVES[BookingState.BOOKED] == {BookingState.CANCELLING}


def test_the_database_holds_the_same_moves() -> None:
    """The pairs that the guard of the table allows are the pairs of the domain."""
    values = re.search(r"INSERT INTO booking_moves VALUES(.*?);", SCHEMA, re.DOTALL)
    assert values
    pairs = re.findall(r"\('(\w+)', '(\w+)'\)", values[1])
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == {(before, after) for before, moves in MOVES.items() for after in moves}


def test_the_database_knows_the_same_states() -> None:
    """The check of the bookings' state lists every state."""
    check = re.search(r"CREATE TABLE bookings \(.*?CHECK \(state IN \((.*?)\)\)", SCHEMA, re.DOTALL)
    assert check
    assert set(re.findall(r"'(\w+)'", check[1])) == set(BookingState)


def test_the_database_calls_the_same_states_live() -> None:
    """The unique index over live bookings, and the slots kept from sale, go by the domain's live states."""
    index = re.search(r"UNIQUE INDEX bookings_one_live_per_slot.*?IN \((.*?)\)", SCHEMA, re.DOTALL)
    view = re.search(r"VIEW slots_for_sale.*?b\.state IN \((.*?)\)", SCHEMA, re.DOTALL)
    assert index
    assert view
    assert set(re.findall(r"'(\w+)'", index[1])) == set(re.findall(r"'(\w+)'", view[1])) == LIVE_STATES
