"""Our bookings against EMIAS's own book."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.accounting import Account, Entry, lost_or_invented, made_twice, undone_but_made
from gateway.domain.booking import BookingState

NOON = datetime(2026, 12, 1, 9, tzinfo=UTC)
BOOKED = Account("b1", BookingState.BOOKED, "0101", "41001", NOON, "AP-1")
ENTRY = Entry("AP-1", "0101", "41001", NOON, "b1", active=True)


def test_equal_books_agree() -> None:
    """A booked row with its appointment is neither lost nor invented, and made once."""
    assert list(lost_or_invented({"b1": BOOKED}, [ENTRY], [ENTRY])) == []
    assert list(made_twice([ENTRY])) == []
    assert list(undone_but_made({"b1": BOOKED}, [ENTRY])) == []


@pytest.mark.parametrize(
    ("account", "entry"),
    [
        (BOOKED, None),
        (BOOKED, replace(ENTRY, active=False)),
        (BOOKED, replace(ENTRY, client_ref="b2")),
        (BOOKED, replace(ENTRY, starts_at=NOON + timedelta(minutes=12))),
        (BOOKED, replace(ENTRY, emias_doctor_id="41002")),
        (replace(BOOKED, state=BookingState.CANCELLED), ENTRY),
    ],
    ids=["absent", "cancelled", "another's", "another time", "another doctor", "not cancelled"],
)
def test_a_row_that_says_other_than_emias_is_named(account: Account, entry: Entry | None) -> None:
    """A row whose appointment is missing, cancelled, another's or elsewhere is named once."""
    after = [entry] if entry else []
    assert len(list(lost_or_invented({"b1": account}, [], after))) == 1


@pytest.mark.parametrize("state", [BookingState.SUBMITTING, BookingState.IN_DOUBT, BookingState.MANUAL])
def test_a_doubt_may_be_either(state: BookingState) -> None:
    """A row that claims nothing yet is right with and without its appointment."""
    account = replace(BOOKED, state=state, appointment_id=None)
    for after in ([], [ENTRY]):
        assert list(lost_or_invented({"b1": account}, after, after)) == []


def test_an_appointment_without_a_row_is_named() -> None:
    """An appointment that stood before our rows were read must have one; a later one may have come since."""
    assert list(lost_or_invented({}, [ENTRY], [ENTRY])) == ["appointment AP-1: no booking"]
    assert list(lost_or_invented({}, [], [ENTRY])) == []


def test_an_appointment_by_our_reference_counts_where_no_id_was_told() -> None:
    """A booked row without an id is matched by the reference that EMIAS keeps."""
    assert list(lost_or_invented({"b1": replace(BOOKED, appointment_id=None)}, [ENTRY], [ENTRY])) == []


def test_a_second_appointment_is_named_even_when_one_is_cancelled() -> None:
    """Two appointments for one booking are one too many; those without a reference are not ours to judge."""
    assert list(made_twice([ENTRY, replace(ENTRY, id="AP-2", active=False)])) == ["booking b1: 2 appointments"]
    assert list(made_twice([replace(ENTRY, client_ref=None), replace(ENTRY, id="AP-2", client_ref=None)])) == []


@pytest.mark.parametrize("state", [BookingState.REJECTED, BookingState.FAILED])
def test_a_failed_row_whose_appointment_stands_is_named(state: BookingState) -> None:
    """What was told as not made must not stand in EMIAS; a cancelled appointment is no harm."""
    account = replace(BOOKED, state=state)
    assert len(list(undone_but_made({"b1": account}, [ENTRY]))) == 1
    assert list(undone_but_made({"b1": account}, [replace(ENTRY, active=False)])) == []
