"""Instants of every style are Moscow time."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.moscow import MOSCOW
from gateway.emias.instants import InstantReader

READER = InstantReader("Europe/Moscow")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T15:00:00+03:00",
        "2026-11-24T15:00:00",
        "2026-11-24T12:00:00Z",
        "2026-11-24T12:00:00.0000000Z",
        "2026-11-24T19:00:00.000+07:00",
        " 2026-11-24T15:00:00+03:00\n",
    ],
)
def test_styles_of_dates(text: str) -> None:
    """Local, unspecified and UTC dates name the same instant, in Moscow's zone."""
    instant = READER.read(text)

    assert instant == datetime(2026, 11, 24, 15, 0, tzinfo=MOSCOW)
    assert instant is not None
    assert instant.tzinfo is MOSCOW


def test_a_day_begins_in_moscow() -> None:
    """The last hours of a UTC day belong to the next day in Moscow."""
    instant = READER.read("2026-11-24T21:30:00Z")

    assert instant is not None
    assert instant.date().isoformat() == "2026-11-25"


def test_an_instant_without_offset_is_of_the_profiles_zone() -> None:
    """Samara's wall clock is an hour ahead."""
    assert InstantReader("Europe/Samara").read("2026-11-24T16:00:00") == datetime(2026, 11, 24, 15, 0, tzinfo=MOSCOW)


@pytest.mark.parametrize("text", [None, "", "  ", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"])
def test_no_date_is_absent(text: str | None) -> None:
    """Nothing and .NET's year 1 are no date."""
    assert READER.read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "завтра утром",
        "2026-11-24",
        "20261124T150000",
        "2026-11-24 15:00:00",
        "2026-13-24T15:00:00",
        "2026-11-24T15:00:00+3",
        "2026-W48-2T15:00:00",
        "9999-12-31T23:59:59Z",
        "２026-11-24T15:00:00",
    ],
)
def test_what_is_not_xs_datetime_is_refused(text: str) -> None:
    """Laxer forms and dates beyond the calendar are errors, never guesses."""
    with pytest.raises(ValueError, match=r"instant|calendar|month|isoformat"):
        READER.read(text)


@given(st.text(max_size=40) | st.from_regex(r"\A\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})?\Z"))
def test_any_text_is_an_instant_absent_or_an_error(text: str) -> None:
    """No text brings any other end."""
    try:
        instant = READER.read(text)
    except ValueError:
        return
    assert instant is None or instant.tzinfo is MOSCOW


def test_an_offset_may_be_required() -> None:
    """Where the contract promises offsets, an instant without one is not believed."""
    strict = InstantReader("Europe/Moscow", needs_offset=True)

    assert strict.read("2026-11-24T12:00:00Z") == strict.read("2026-11-24T15:00:00+03:00")
    with pytest.raises(ValueError, match="offset"):
        strict.read("2026-11-24T15:00:00")
